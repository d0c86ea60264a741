"""Le Pichon 2012: published check values, interpolation, edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth.atmosphere import transmission
from vigie.earth.atmosphere.attenuation import BETA, FREQ_HZ, RATIO, coefficients
from vigie.errors import ParameterError

RANGES_KM = (50.0, 100.0, 180.0, 300.0, 500.0, 1000.0, 3000.0)
# 20 log10 A by frequency and V, at the ranges above.
LEVELS = {
    (0.1, 1.00): (-46.66, -54.89, -46.58, -44.85, -48.58, -54.00, -62.59),
    (0.4, 1.00): (-53.40, -72.10, -51.12, -49.56, -53.98, -60.00, -69.54),
    (0.4, 1.18): (-53.34, -68.32, -44.36, -42.13, -45.88, -51.00, -59.11),
    (0.4, 0.85): (-53.46, -77.12, -66.88, -66.90, -72.87, -81.00, -93.88),
    (0.8, 0.85): (-57.48, -86.55, -82.66, -84.23, -91.76, -102.00, -118.22),
    (1.6, 1.00): (-63.48, -95.56, -57.89, -56.97, -62.08, -69.00, -79.97),
    (3.2, 0.85): (-68.48, -109.00, -114.26, -118.90, -129.55, -144.00, -166.90),
    (3.2, 1.18): (-68.48, -108.08, -60.15, -59.45, -64.78, -72.00, -83.45),
}


@pytest.mark.parametrize(("freq_hz", "ratio"), LEVELS)
def test_levels_are_the_published_ones(freq_hz: float, ratio: float) -> None:
    found = transmission(freq_hz, RANGES_KM, ratio)
    np.testing.assert_allclose(found.level_db, LEVELS[freq_hz, ratio], atol=0.0051)
    assert not found.clamped.any()


def test_interpolation_is_bilinear_in_log_frequency_and_ratio() -> None:
    _, _, beta = coefficients(np.array([np.sqrt(0.2 * 0.4)]), np.array([0.955]))
    assert beta[0] == pytest.approx(BETA[1:3, 3:5].mean())
    _, sigma, _ = coefficients(np.array([np.sqrt(0.2 * 0.4)]), np.array([0.955]))
    assert sigma[0] == pytest.approx(0.5 * (55.0 + 43.0))


@pytest.mark.parametrize(
    ("outside", "edge"),
    [
        ((0.01, 500.0, 1.0), (0.1, 500.0, 1.0)),
        ((10.0, 500.0, 1.0), (3.2, 500.0, 1.0)),
        ((0.4, 500.0, 0.7), (0.4, 500.0, 0.85)),
        ((0.4, 500.0, 1.5), (0.4, 500.0, 1.18)),
        ((0.4, 0.1, 1.0), (0.4, 1.0, 1.0)),
    ],
)
def test_outside_the_table_the_edge_is_taken_and_said(
    outside: tuple[float, float, float], edge: tuple[float, float, float]
) -> None:
    found = transmission(*outside)
    assert found.clamped.all()
    assert found.ratio[0] == transmission(*edge).ratio[0]


def test_every_row_of_the_table_is_reproduced() -> None:
    f, v = (x.ravel() for x in np.meshgrid(FREQ_HZ, RATIO, indexing="ij"))
    np.testing.assert_allclose(coefficients(f, v)[2], BETA.ravel(), atol=1e-12)
    assert not transmission(f, 500.0, v).clamped.any()


@given(freq=st.floats(0.05, 5.0), ratio=st.floats(0.8, 1.25), far=st.floats(400.0, 8000.0))
def test_beyond_the_shadow_pressure_falls_with_range(freq: float, ratio: float, far: float) -> None:
    near, further = transmission(freq, [far, 1.1 * far], ratio).ratio
    assert 0.0 < further < near < 1.0


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf")])
def test_values_that_are_none_are_refused(bad: float) -> None:
    with pytest.raises(ParameterError, match="freq_hz"):
        transmission(bad, 100.0, 1.0)
    with pytest.raises(ParameterError, match="ratio"):
        transmission(1.0, 100.0, bad)
