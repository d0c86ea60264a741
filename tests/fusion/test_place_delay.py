"""Ellipses as weights of cells, and the law of the delay."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.fusion.delay import DelayPrior
from vigie.fusion.place import (
    ASSUMED_KM,
    Epicentre,
    cell_weights,
    epicentre_of,
    epicentre_points,
)
from vigie.geodesy import distance_azimuths
from vigie.records import Ellipse, EllipseKind, Origin, global_grid

FloatArray = NDArray[np.float64]
GRID = global_grid(1.0, 1.0, latitude_phase=0.5, longitude_phase=0.5)
WIDE = Epicentre(
    latitude=10.0, longitude=179.7, sigma_major_km=300.0, sigma_minor_km=120.0, strike_deg=30.0
)


def drawn(where: Epicentre, n: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Walk great circles from the epicentre by vectors, without vigie's geodesy (twin)."""
    along = where.sigma_major_km * rng.normal(size=n)
    across = where.sigma_minor_km * rng.normal(size=n)
    strike = math.radians(where.strike_deg)
    north = along * math.cos(strike) - across * math.sin(strike)
    east = along * math.sin(strike) + across * math.cos(strike)
    # vigie's latitudes are geographic: to geocentric and back.
    flat = (1.0 - 1.0 / 298.257223563) ** 2
    phi = math.atan(flat * math.tan(math.radians(where.latitude)))
    lam = math.radians(where.longitude)
    up = np.array([math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)])
    to_north = np.array([-math.sin(phi) * math.cos(lam), -math.sin(phi) * math.sin(lam),
                         math.cos(phi)])  # fmt: skip
    to_east = np.array([-math.sin(lam), math.cos(lam), 0.0])
    angle = np.hypot(north, east) / 6371.0
    way = (np.outer(north, to_north) + np.outer(east, to_east)) / np.hypot(north, east)[:, None]
    there = np.outer(np.cos(angle), up) + np.sin(angle)[:, None] * way
    geocentric = np.arcsin(there[:, 2])
    latitude = np.degrees(np.arctan(np.tan(geocentric) / flat))
    return latitude, np.degrees(np.arctan2(there[:, 1], there[:, 0]))


@pytest.mark.parametrize("latitude", [10.0, 78.0, -89.0])
def test_the_weights_of_cells_are_those_of_great_circles_over_date_line_and_pole(
    latitude: float,
) -> None:
    where = Epicentre(
        latitude=latitude, longitude=179.7, sigma_major_km=300.0, sigma_minor_km=120.0,
        strike_deg=30.0,
    )  # fmt: skip
    cells, weights = cell_weights(where, GRID)
    own = np.zeros(GRID.n_cells)
    own[cells] = weights
    n = 400_000
    hits = GRID.cells_at(*drawn(where, n, np.random.default_rng(5)))
    other = np.bincount(hits, minlength=GRID.n_cells) / n
    # By 5 deg blocks, since a single cell near a pole is a sliver.
    block = (GRID.centres(np.arange(GRID.n_cells))[0] // 2.0).astype(int) + 90
    assert np.bincount(block, own, 181) == pytest.approx(np.bincount(block, other, 181), abs=3e-3)
    assert own == pytest.approx(other, abs=3e-3)
    assert weights.sum() == pytest.approx(1.0)


def test_a_shift_of_the_longitude_shifts_the_cells_over_the_seam() -> None:
    here = cell_weights(WIDE, GRID)
    there = cell_weights(
        Epicentre(latitude=10.0, longitude=99.7, sigma_major_km=300.0, sigma_minor_km=120.0,
                  strike_deg=30.0), GRID)  # fmt: skip
    one, two = np.zeros(GRID.n_cells), np.zeros(GRID.n_cells)
    one[here[0]], two[there[0]] = here[1], there[1]
    shape = (GRID.n_latitude, GRID.n_longitude)
    moved = np.roll(two.reshape(shape), 80, axis=1)
    assert one.reshape(shape) == pytest.approx(moved, abs=1e-3)


def test_the_ellipse_holds_its_probability() -> None:
    latitude, longitude = epicentre_points(WIDE)
    delta, azimuth, _ = distance_azimuths(10.0, 179.7, latitude, longitude)
    km = delta * 111.19492664
    turn = np.radians(azimuth - 30.0)
    major, minor = WIDE.semi_axes_km(0.9)
    inside = (km * np.cos(turn) / major) ** 2 + (km * np.sin(turn) / minor) ** 2 <= 1.0
    assert inside.mean() == pytest.approx(0.9, abs=1e-3)
    assert (np.cos(turn) > 0.0).mean() == pytest.approx(0.5, abs=2e-3)


def test_a_point_is_in_one_cell() -> None:
    cells, weights = cell_weights(
        Epicentre(latitude=10.2, longitude=20.2, sigma_major_km=0.0, sigma_minor_km=0.0), GRID
    )
    assert cells.tolist() == [int(GRID.cells_at(10.2, 20.2))]
    assert weights.tolist() == [1.0]


def origin(**more: object) -> Origin:
    return Origin(id="o", time_ns=0, latitude=1.0, longitude=2.0, depth_km=0.0, **more)  # type: ignore[arg-type]


def test_an_origin_tells_its_errors_by_ellipse_covariance_or_not_at_all() -> None:
    ellipse = Ellipse(kind=EllipseKind.COVERAGE, confidence=0.9, semi_major_km=30.0,
                      semi_minor_km=10.0, strike_deg=40.0)  # fmt: skip
    by_ellipse = epicentre_of(origin(ellipses=(ellipse,)))
    assert by_ellipse.semi_axes_km(0.9) == pytest.approx((30.0, 10.0))
    # North 2 km, east 3 km, correlated by 0.5.
    rows = ((4.0, 3.0, 0.0, 0.0), (3.0, 9.0, 0.0, 0.0), (0.0,) * 4, (0.0,) * 4)
    found = epicentre_of(origin(covariance=rows))
    turned = math.radians(found.strike_deg)
    major, minor = found.sigma_major_km**2, found.sigma_minor_km**2
    north = major * math.cos(turned) ** 2 + minor * math.sin(turned) ** 2
    cross = (major - minor) * math.sin(turned) * math.cos(turned)
    assert (north, cross) == pytest.approx((4.0, 3.0))
    nothing = epicentre_of(origin())
    assert not nothing.stated
    assert nothing.semi_axes_km(0.9) == pytest.approx((ASSUMED_KM, ASSUMED_KM))


@pytest.mark.parametrize("sigmas", [(1.0, 2.0), (-1.0, -2.0), (math.nan, 1.0)])
def test_an_epicentre_makes_sense(sigmas: tuple[float, float]) -> None:
    with pytest.raises(ParameterError):
        Epicentre(latitude=0.0, longitude=0.0, sigma_major_km=sigmas[0], sigma_minor_km=sigmas[1])


def test_the_law_of_the_delay_is_its_density_summed() -> None:
    prior = DelayPrior(prompt_weight=0.3, prompt_h=12.0, seepage_mean_d=10.0, longest_d=40.0)
    t = (np.arange(400_000) + 0.5) * 1e-4  # days, to 40
    seepage = np.exp(-t / 10.0)
    density = 0.7 * seepage / (seepage.sum() * 1e-4) + 0.3 * (t < 0.5) / 0.5
    for days in (0.1, 0.5, 3.0, 39.0):
        plain = density[t < days].sum() * 1e-4
        assert float(prior.below(days * 86400.0)) == pytest.approx(plain, abs=1e-5)
    assert prior.below([-5.0, 1e9]).tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    "wrong", [{"prompt_weight": 1.5}, {"prompt_h": 0.0}, {"longest_d": 0.5}, {"seepage_mean_d": -1}]
)
def test_a_delay_makes_sense(wrong: dict[str, float]) -> None:
    with pytest.raises(ParameterError):
        DelayPrior(**wrong)
