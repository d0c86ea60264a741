"""Amplitudes: near stations hear louder, and what is called SNR need not be an amplitude."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import KM_PER_DEG, destination, distance_azimuths
from vigie.network.association import associate
from vigie.network.association.loudness import (
    TRUST,
    amplitude_evidence,
    learned_trust,
    likelihood_ratio,
    loudness_of,
)
from vigie.network.loss import loss_at
from vigie.records import Detection, Inventory, Station

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

START_NS = 1_400_000_000_000_000_000
AK135 = load_predictor("ak135")
SOURCE = Hypocentre(41.0, 129.0, 5.0)
NUMBERS = st.floats(-2.0, 5.0)


def test_ratio_equals_that_of_two_normal_laws_where_nothing_is_cut_off() -> None:
    # By the densities themselves: norm.logpdf of each amplitude about its fitted level.
    from scipy.stats import norm

    y, loss = np.array([3.2, 2.1, 1.9, 1.6, 1.5]), np.array([2.0, 2.7, 3.1, 3.2, 3.3])
    size = np.mean(y + loss)
    expected = norm.logpdf(y, size - loss, 0.5).sum() - norm.logpdf(y, y.mean(), 0.5).sum()
    assert likelihood_ratio(y, loss, np.ones(5), 0.5) == pytest.approx(expected, rel=1e-12)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=30), NUMBERS)
def test_only_differences_between_stations_count(
    rows: list[tuple[float, float]], shift: float
) -> None:
    y, loss = np.array(rows).T
    one = np.ones(len(y))
    found = likelihood_ratio(y, loss, one, 0.5)
    assert likelihood_ratio(y + shift, loss, one, 0.5) == pytest.approx(found, abs=1e-6)
    assert likelihood_ratio(y, loss + shift, one, 0.5) == pytest.approx(found, abs=1e-6)
    # One more station at the mean of both changes nothing; equal losses say nothing.
    assert likelihood_ratio(y, np.full(len(y), shift), one, 0.5) == pytest.approx(0.0, abs=1e-6)
    # No amplitude counts for more than its bound.
    assert abs(found) <= 4.5 * len(y) + 1e-9


def test_amplitude_over_period_comes_before_snr() -> None:
    def heard(**measured: float) -> Detection:
        return Detection(id="a", station="A", time_ns=START_NS, **measured)  # type: ignore[arg-type]

    rows = [
        heard(amplitude_nm=20.0, period_s=0.5, snr=8.0),
        heard(snr=100.0),
        heard(),
        heard(snr=0.0),
    ]
    found = loudness_of(rows)
    expected = np.array(
        [[np.log10(40.0), np.log10(8.0)], [np.nan, 2.0], [np.nan] * 2, [np.nan] * 2]
    )
    np.testing.assert_allclose(found, expected)


def test_a_measure_that_does_not_fall_with_distance_is_found_out() -> None:
    amplitude: list[Any] = [SimpleNamespace(loudness=(0.0, 4.0)) for _ in range(20)]
    level: list[Any] = [SimpleNamespace(loudness=(0.0, -9.0)) for _ in range(20)]
    assert learned_trust([]) == (TRUST, TRUST)
    high, low = learned_trust(amplitude)[1], learned_trust(level)[1]
    assert high > 0.9
    assert low < 0.1
    # Then even the worst ratio costs no more than what has been learned to be worth.
    assert amplitude_evidence((0.0, -500.0), (TRUST, low)) > -0.1


def one_sided_network(rng: np.random.Generator) -> tuple[Station, ...]:
    """Return four stations south of the source, 3 to 11 deg away."""
    distances = np.array([3.2, 4.5, 8.5, 10.5])
    latitudes, longitudes = destination(41.0, 129.0, rng.uniform(140.0, 220.0, 4), distances)
    places = zip(latitudes, longitudes, strict=True)
    return tuple(
        Station(code=f"S{k}", latitude=float(a), longitude=float(b), elevation_m=0.0)
        for k, (a, b) in enumerate(places)
    )


def heard_by(stations: Sequence[Station], rng: np.random.Generator) -> list[Detection]:
    """Return P as a network would report it: times to 0.3 s, SNR to 0.4 of a unit of magnitude."""
    latitudes, longitudes = (
        np.array([getattr(s, k) for s in stations]) for k in ("latitude", "longitude")
    )
    sites = Sites(latitudes, longitudes, np.zeros(len(stations)))
    times = AK135.predict(["P"] * len(stations), SOURCE, sites).time_s
    delta, _, _ = distance_azimuths(SOURCE.latitude, SOURCE.longitude, latitudes, longitudes)
    snr: NDArray[np.float64] = 10.0 ** (
        4.7 - loss_at(delta, 5.0) + 0.4 * rng.normal(size=len(times))
    )
    late = times + 0.3 * rng.normal(size=len(times))
    return [
        Detection(
            id=s.code,
            station=s.code,
            time_ns=START_NS + round(t * 1e9),
            phase="P",
            time_sigma_s=0.3,
            snr=float(q),
        )
        for s, t, q in zip(stations, late, snr, strict=True)
    ]


@pytest.mark.slow
def test_amplitudes_bring_one_sided_events_home() -> None:
    away: dict[bool, list[float]] = {True: [], False: []}
    for seed in range(24, 48):
        rng = np.random.default_rng(seed)
        stations = one_sided_network(rng)
        picks = heard_by(stations, rng)
        for loud in (True, False):
            heard = picks if loud else [replace(d, snr=None) for d in picks]
            for event in associate(heard, Inventory(stations), AK135).bulletin.events:
                assert event.origin is not None
                delta, _, _ = distance_azimuths(
                    SOURCE.latitude, SOURCE.longitude, event.origin.latitude, event.origin.longitude
                )
                away[loud].append(float(delta) * KM_PER_DEG)
    near = {loud: sum(km < 300.0 for km in found) for loud, found in away.items()}
    # Measured: 23 of 24 near and all found, beside 22 and 23.
    assert near[True] >= near[False]
    assert len(away[True]) > len(away[False])
