"""Particles in moving air."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from tests.transport.weather.examples import HOUR_NS, START_NS, weather

from vigie.errors import ParameterError
from vigie.records import global_grid
from vigie.transport import twin
from vigie.transport.air import Flow, eta_of, motion_at, pressure_pa
from vigie.transport.backward import Receptor, follow_back
from vigie.transport.forward import Release, follow_forward
from vigie.transport.march import MarchSettings
from vigie.transport.sphere import positions_of
from vigie.transport.starts import box_at
from vigie.transport.weather.sequence import WeatherSequence

GRID = global_grid(5.0, 5.0, latitude_phase=2.5, longitude_phase=2.5)
HOURS = 48


@cache
def sequence(seed: int | None = 1, *, region: bool = False) -> WeatherSequence:
    """Return three days of made weather, every six hours."""
    changes: dict[str, Any] = {"longitude": np.arange(24) * 2.0 - 24.0} if region else {}
    times = [START_NS + 6 * k * HOUR_NS for k in range(13)]
    return WeatherSequence(times, lambda k: weather(6.0 * k, seed=seed, **changes))


def receptor(**changes: Any) -> Receptor:  # noqa: ANN401 — fields of the record
    """Return a sample of 12 hours at 50 deg north."""
    values: dict[str, Any] = {
        "station": "AAA",
        "box": box_at(50.0, 7.0),
        "start_ns": START_NS + 48 * HOUR_NS,
        "stop_ns": START_NS + 60 * HOUR_NS,
    }
    return Receptor(**{**values, **changes})


def settings(**changes: Any) -> MarchSettings:  # noqa: ANN401 — as above
    """Return few particles on cells of 5 deg."""
    values: dict[str, Any] = {"grid": GRID, "particles": 600, "threads": 1}
    return MarchSettings(**{**values, **changes})


def test_the_lookup_equals_the_twin() -> None:
    flow: Flow = sequence().flow(0.0, 100.0)
    rng = np.random.default_rng(2)
    n = 400
    latitude = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, n)))
    places = positions_of(latitude, rng.uniform(-180.0, 180.0, n))
    eta = rng.uniform(0.2, 1.0, n)
    wind, rate, _ = twin.motion(flow, places, eta, 5000.0)
    found = np.array(
        [motion_at(flow, tuple(p), float(e), 5000.0) for p, e in zip(places, eta, strict=True)]
    )
    np.testing.assert_allclose(found[:, :3], wind, rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(found[:, 3], rate, rtol=1e-5, atol=1e-12)


def test_level_and_pressure_belong_together() -> None:
    flow = sequence().flow(0.0, 100.0)
    for eta in np.linspace(0.2, 1.0, 33):
        pressure = pressure_pa(flow, float(eta), 98765.0)
        for near in (0, len(flow.eta) // 2, len(flow.eta) - 2):
            assert eta_of(flow, pressure, 98765.0, near) == pytest.approx(eta, abs=1e-12)


def test_the_residence_is_that_of_the_particles() -> None:
    found = follow_back([receptor()], sequence(), settings(), hours=HOURS)
    one = found.sensitivities[0]
    assert found.lost == (0.0,)
    assert one.n_steps == 16
    inside = one.value * GRID.cell_areas_m2(one.cell) * 150.0
    share = np.bincount(one.step, weights=inside, minlength=16)
    # While the collection lasts, ever more particles have begun: 1/8, 3/8, 5/8 and 7/8 on average.
    assert np.all(share <= np.array([1 / 8, 3 / 8, 5 / 8, 7 / 8] + [1.0] * 12) * 1.02)
    assert share[0] > 0.05
    assert np.all(share[:4] > 0.0)


def test_air_comes_from_where_the_wind_blows() -> None:
    # Solid rotation at 20 m/s of the equator by the ground: 0.648 deg further west each hour.
    one = follow_back(
        [receptor(start_ns=START_NS + 59 * HOUR_NS)], sequence(None), settings(), hours=24
    ).sensitivities[0]
    for step in (3, 7):
        chosen = one.step == step
        latitude, longitude = one.grid.centres(one.cell[chosen])
        weight = one.value[chosen]
        east = (longitude - 7.0 + 180.0) % 360.0 - 180.0
        mean = np.average(east, weights=weight)
        hours = 3.0 * step + 1.0
        low = -np.degrees(20.0 * hours * 3600.0 / 6371e3)
        # Higher up the wind is faster.
        assert 1.3 * low - 2.0 < mean < low + 2.0
        assert np.average(latitude, weights=weight) == pytest.approx(50.0, abs=3.0)


def test_threads_and_company_change_no_bit() -> None:
    other = receptor(station="BBB", box=box_at(-20.0, 130.0))
    alone = follow_back([receptor()], sequence(), settings(), hours=HOURS).sensitivities[0]
    pair = follow_back([receptor(), other], sequence(), settings(threads=3), hours=HOURS)
    assert pair.sensitivities[0].same_as(alone)
    assert pair.sensitivities[1].station == "BBB"
    again = follow_back([receptor()], sequence(), settings(seed=2), hours=HOURS).sensitivities[0]
    assert not again.same_as(alone)


def test_samples_that_end_at_other_hours_stay_apart() -> None:
    shifted = receptor(
        station="BBB", start_ns=START_NS + 47 * HOUR_NS, stop_ns=START_NS + 59 * HOUR_NS
    )
    earlier = receptor(
        station="CCC", start_ns=START_NS + 42 * HOUR_NS, stop_ns=START_NS + 54 * HOUR_NS
    )
    told: list[float] = []
    found = follow_back(
        [shifted, earlier, receptor()], sequence(), settings(), hours=24, progress=told.append
    ).sensitivities
    assert [one.station for one in found] == ["BBB", "CCC", "AAA"]
    assert [one.collection_stop_ns for one in found] == [
        START_NS + h * HOUR_NS for h in (59, 54, 60)
    ]
    assert all(a <= b for a, b in pairwise(told))
    assert told[-1] == 1.0


def test_what_leaves_a_region_is_counted() -> None:
    one = receptor(box=box_at(50.0, -10.0))
    found = follow_back([one], sequence(region=True), settings(), hours=HOURS)
    assert found.lost[0] > 0.9
    assert found.sensitivities[0].n_rows > 0
    away = follow_back(
        [receptor(box=box_at(50.0, 100.0))], sequence(region=True), settings(), hours=HOURS
    )
    assert away.lost == (1.0,)


@pytest.mark.parametrize(
    ("changes", "hours", "words"),
    [
        ({}, 400.0, "outside of the weather"),
        ({"stop_ns": START_NS + 73 * HOUR_NS}, 48.0, "outside of the weather"),
        ({"start_ns": START_NS + 60 * HOUR_NS}, 48.0, "collection that rises"),
        ({}, 9.0, "within the 9 h back"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    changes: dict[str, object], hours: float, words: str
) -> None:
    with pytest.raises(ParameterError, match=words):
        follow_back([receptor(**changes)], sequence(), settings(), hours=hours)


def test_receptors_and_releases_above_the_lid_are_refused() -> None:
    # The highest level is at 0.3, the lid half a layer above it: 200 hPa, at 11.8 km.
    high = box_at(50.0, 7.0, 0.0, 11_900.0)
    with pytest.raises(ParameterError, match=r"AAA = 11900 m above ground: .*lid.* 11,[678]\d\d m"):
        follow_back([receptor(box=high)], sequence(), settings(), hours=HOURS)
    release = Release(
        name="R", box=high, start_ns=START_NS + 5 * HOUR_NS, stop_ns=START_NS + 9 * HOUR_NS
    )
    with pytest.raises(ParameterError, match=r"R = 11900 m above ground: .*levels reach higher"):
        follow_forward([release], sequence(), settings(), hours=24.0)
    below = box_at(50.0, 7.0, 11_000.0, 11_500.0)
    found = follow_back([receptor(box=below)], sequence(), settings(), hours=12.0)
    assert found.sensitivities[0].n_rows == 0


def test_the_air_at_a_time_can_be_had() -> None:
    assert sequence().air(2).time_ns == START_NS + 12 * HOUR_NS
