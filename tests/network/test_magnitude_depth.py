"""What an uncertain depth does to the standard error of a magnitude."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from benchmarks.magnitude_depth import Scene, event, summary
from hypothesis import given
from hypothesis import strategies as st

from vigie.network.magnitude import MB, MS, MagnitudeParams, mb_correction, ml_scale, size_event
from vigie.network.magnitude.depth import depth_law, sigma_from_depth
from vigie.network.screening import screen_event
from vigie.records import Event, Magnitude, Origin, StationMagnitude

PARAMS = MagnitudeParams(scales=(MB,))
DELTAS = (25.0, 40.0, 60.0, 95.0)
STATIONS = tuple(
    StationMagnitude(station=str(d), type="mb", value=5.0, delta_deg=d) for d in DELTAS
)


def origin(**given: object) -> Origin:
    known: dict[str, object] = {
        "id": "o", "time_ns": 0, "latitude": 0.0, "longitude": 0.0, "depth_km": 0.0,
    }  # fmt: skip
    return Origin(**(known | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("depth_km", "law"),
    [
        (0.0, MagnitudeParams().default_depth_sigmas_km),
        (10.0, ((20.0, 1.0),)),
        (50.0, ((10.0, 1.0),)),
        (150.0, ((80.0, 1.0),)),
    ],
)
def test_it_is_the_root_mean_square_over_the_depths(
    depth_km: float, law: tuple[tuple[float, float], ...]
) -> None:
    rng = np.random.default_rng(3)
    sigmas, weights = np.array(law).T
    drawn = depth_km + rng.normal(size=(30_000, len(law))) * sigmas
    delta = np.array(DELTAS)[:, None]
    total = 0.0
    for column, weight in zip(drawn.T, weights, strict=True):
        depths = column[(column >= 0.0) & (column <= 800.0)]
        shift = np.mean(mb_correction(delta, depths) - mb_correction(delta, depth_km), axis=0)
        total += float(weight * np.mean(shift**2))
    found = sigma_from_depth(STATIONS, MB, depth_km, law)
    assert found == pytest.approx(math.sqrt(total), rel=0.03)


def test_a_default_depth_makes_mb_uncertain_by_a_fifth() -> None:
    law = depth_law(
        origin(depth_reason="default", depth_sigma_km=15.0, depth_fixed=True),
        MagnitudeParams().default_depth_sigmas_km,
    )
    assert sigma_from_depth(STATIONS, MB, 0.0, law) == pytest.approx(0.18, abs=0.01)


def test_a_depth_that_was_chosen_or_does_not_matter_adds_nothing() -> None:
    params = MagnitudeParams()
    held = depth_law(
        origin(depth_reason="operator", depth_fixed=True), params.default_depth_sigmas_km
    )
    assert sigma_from_depth(STATIONS, MB, 0.0, held) == 0.0
    for scale in (MS, ml_scale()):
        assert sigma_from_depth(STATIONS, scale, 0.0, params.default_depth_sigmas_km) == 0.0
    left_out = tuple(replace(s, defining=False) for s in STATIONS)
    assert sigma_from_depth(left_out, MB, 0.0, params.default_depth_sigmas_km) == 0.0


@given(
    depth_km=st.floats(0.0, 700.0),
    sigma_km=st.floats(0.01, 300.0),
    deltas=st.lists(st.floats(20.0, 105.0), min_size=1, max_size=4),
)
def test_it_is_finite_and_small_errors_do_little(
    depth_km: float, sigma_km: float, deltas: list[float]
) -> None:
    stations = tuple(
        StationMagnitude(station=str(d), type="mb", value=5.0, delta_deg=d) for d in deltas
    )
    found = sigma_from_depth(stations, MB, depth_km, ((sigma_km, 1.0),))
    assert 0.0 <= found < 2.0
    # Nowhere is Q steeper than 0.06 in a kilometre.
    assert found <= 0.06 * sigma_km + 1e-9


def test_the_parts_of_the_error_are_told() -> None:
    (mb,) = size_event(event(Scene(law="assumed"), 0.0, np.random.default_rng(1)), params=PARAMS)
    assert mb.sigma is not None
    assert mb.sigma_from_depth is not None
    assert mb.sigma_from_depth == pytest.approx(0.20, abs=0.01)
    readings = np.std([s.value for s in mb.stations], ddof=1) / math.sqrt(30)
    assert mb.sigma == pytest.approx(math.hypot(readings, mb.sigma_from_depth), abs=1e-9)


def test_screening_asks_of_the_surface_where_mb_has_no_error_of_depth() -> None:
    mb = Magnitude(type="mb", value=4.5, sigma=0.1, n_stations=9, origin_id="o")
    ms = Magnitude(type="Ms", value=4.6, sigma=0.1, n_stations=5, origin_id="o")
    place = Event(id="e", origins=(origin(),), magnitudes=(mb, ms))
    whole = replace(mb, sigma=math.hypot(0.1, 0.2), sigma_from_depth=0.2)
    plain, uncertain = screen_event(place), screen_event(replace(place, magnitudes=(whole, ms)))
    assert plain[0].score == pytest.approx(uncertain[0].score)


@pytest.mark.slow
def test_the_stated_error_covers_the_truth_where_that_of_the_readings_does_not() -> None:
    found = summary(Scene(law="assumed", n_events=100), seed=11)
    assert 0.85 < found["within_90_percent"] < 0.97
    assert found["within_90_percent_of_readings"] < 0.65
