"""Decay of a release on its way into a sample, against brute force and published-size numbers."""

from __future__ import annotations

import numpy as np
import pytest

from vigie.errors import ParameterError, UnknownNuclideError
from vigie.facts.nuclides import nuclide
from vigie.transport.sample_decay import sample_decay

HOUR = 3600.0
XENON = ["Xe-133", "Xe-133m", "Xe-131m", "Xe-135"]


def brute_force(name: str, collection_s: float, interval_s: float, interval: int) -> float:
    """Follow atoms: released, carried into the sampler at some time, counted, reported."""
    rate = nuclide(name).decay_constant_per_s
    n = 3000
    released = -(interval + (np.arange(n) + 0.5) / n) * interval_s
    # Every release reaches the sampler at its own time, after it and within the collection.
    rng = np.random.default_rng(1)
    arrived = np.maximum(released, -collection_s) * rng.random(n)
    in_air = np.exp(-rate * (arrived - released))
    at_end = in_air * np.exp(rate * arrived)
    # The report takes a constant concentration: collected at one rate all along, decaying.
    steady = np.exp(-rate * collection_s * (np.arange(n) + 0.5) / n).mean()
    return float(at_end.mean() / steady)


@pytest.mark.parametrize("name", XENON)
@pytest.mark.parametrize("hours", [6.0, 12.0, 24.0])
def test_brute_force_gives_the_same(name: str, hours: float) -> None:
    found = sample_decay(name, collection_s=hours * HOUR, interval_s=3 * HOUR, n_intervals=40)
    for interval in (0, 1, 5, 39):
        expected = brute_force(name, hours * HOUR, 3 * HOUR, interval)
        assert found[interval] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "half_day", "day", "within"),
    [
        # Computed with half-lives of 5.2475 d, 2.19 d, 11.84 d and 9.14 h; the table of nuclides
        # differs from them by up to 0.8 %, which moves the third digit by one at most.
        ("Xe-133", 1.033, 1.068, 0.992),
        ("Xe-133m", 1.081, 1.167, 0.981),
        ("Xe-131m", 1.015, 1.030, 0.996),
        ("Xe-135", 1.523, 2.172, 0.894),
    ],
)
def test_the_brackets_have_their_known_size(
    name: str, half_day: float, day: float, within: float
) -> None:
    def bracket(hours: float, interval_s: float) -> float:
        values = sample_decay(name, collection_s=hours * HOUR, interval_s=interval_s, n_intervals=1)
        return float(values[0])

    tiny = 1e-3
    assert bracket(12.0, tiny) == pytest.approx(half_day, abs=1.1e-3)
    assert bracket(24.0, tiny) == pytest.approx(day, abs=1.1e-3)
    assert bracket(0.0, 3 * HOUR) == pytest.approx(within, abs=1.1e-3)


def test_the_habit_of_peers_is_a_factor_of_two_off_for_xenon_135() -> None:
    # exp(-lambda n dt) alone; computed: 6 %, 14 %, 3 % and a factor of 1.94.
    factors = [
        sample_decay(name, collection_s=24 * HOUR, interval_s=3 * HOUR, n_intervals=1)[0]
        for name in XENON
    ]
    assert factors == pytest.approx([1.06, 1.145, 1.026, 1.94], abs=5e-3)


def test_intervals_follow_each_other_by_decay_alone() -> None:
    values = sample_decay("Xe-133", collection_s=86400.0, interval_s=10800.0, n_intervals=50)
    rate = nuclide("Xe-133").decay_constant_per_s
    np.testing.assert_allclose(values[1:] / values[:-1], np.exp(-rate * 10800.0), rtol=1e-13)
    # Two intervals of half the length release as much as one.
    halves = sample_decay("Xe-133", collection_s=86400.0, interval_s=5400.0, n_intervals=100)
    np.testing.assert_allclose(halves.reshape(50, 2).mean(axis=1), values, rtol=1e-13)


def test_what_makes_no_sense_is_refused() -> None:
    for interval, number in ((0.0, 3), (-1.0, 3), (3600.0, 0)):
        with pytest.raises(ParameterError):
            sample_decay("Xe-133", collection_s=1.0, interval_s=interval, n_intervals=number)
    with pytest.raises(ParameterError):
        sample_decay("Xe-133", collection_s=-1.0, interval_s=1.0, n_intervals=1)
    with pytest.raises(UnknownNuclideError):
        sample_decay("Xx-1", collection_s=1.0, interval_s=1.0, n_intervals=1)
