"""Polarization of a detection: names and directions of components, rates, gaps."""

from __future__ import annotations

import numpy as np
import pytest

from vigie.records import NS_PER_S, ChannelId, Waveform
from vigie.seismic.polarization_measure import ComponentAxis, measure_polarization

AZIMUTH_DEG = 63.0
ONSET_NS = 60 * NS_PER_S


def records(
    letters: str = "ZNE",
    *,
    rates_hz: tuple[float, float, float] = (40.0, 40.0, 40.0),
    turn_deg: float = 0.0,
    start_ns: int = 0,
) -> list[Waveform]:
    """Return 70 s of three components; the horizontals point to turn and turn + 90."""
    away, incidence = np.radians(AZIMUTH_DEG + 180.0), np.radians(25.0)
    north = np.sin(incidence) * np.cos(away)
    east = np.sin(incidence) * np.sin(away)
    turn = np.radians(turn_deg)
    parts = (
        np.cos(incidence),
        north * np.cos(turn) + east * np.sin(turn),
        -north * np.sin(turn) + east * np.cos(turn),
    )
    rng = np.random.default_rng(3)
    out = []
    for letter, part, rate_hz in zip(letters, parts, rates_hz, strict=True):
        time = start_ns / NS_PER_S + np.arange(round(70 * rate_hz)) / rate_hz - 60.0
        wave = np.where(time > 0.0, np.sin(2 * np.pi * 1.8 * time) * np.exp(-time), 0.0)
        samples = 1000.0 * part * wave + rng.normal(size=len(time))
        out.append(Waveform(ChannelId("XX", "STA", "", f"BH{letter}"), start_ns, rate_hz, samples))
    return out


def turn_error_deg(azimuth_deg: float | None) -> float:
    assert azimuth_deg is not None
    return abs((azimuth_deg - AZIMUTH_DEG + 180.0) % 360.0 - 180.0)


def test_north_and_east_need_no_metadata() -> None:
    found = measure_polarization(records(), ONSET_NS)
    assert turn_error_deg(found.azimuth_deg) < 1.0
    assert found.rectilinearity is not None
    assert found.rectilinearity > 0.98
    assert found.incidence_deg == pytest.approx(25.0, abs=1.0)
    assert not found.reason


def test_order_of_components_does_not_matter() -> None:
    waves = records()
    one = measure_polarization(waves, ONSET_NS)
    other = measure_polarization([waves[2], waves[0], waves[1]], ONSET_NS)
    assert one.azimuth_deg == pytest.approx(other.azimuth_deg, abs=1e-9)


def test_one_and_two_are_turned_by_their_azimuths() -> None:
    axes = [
        ComponentAxis(dip_deg=-90.0),
        ComponentAxis(azimuth_deg=37.0),
        ComponentAxis(azimuth_deg=127.0),
    ]
    found = measure_polarization(records("Z12", turn_deg=37.0), ONSET_NS, axes)
    assert turn_error_deg(found.azimuth_deg) < 1.0


def test_one_and_two_without_azimuths_give_no_azimuth_and_say_so() -> None:
    found = measure_polarization(records("Z12", turn_deg=37.0), ONSET_NS)
    assert found.azimuth_deg is None
    assert found.azimuth_deg_sigma is None
    assert found.incidence_deg == pytest.approx(25.0, abs=1.0)
    assert "not known" in found.reason


def test_a_vertical_that_points_down_is_turned_up() -> None:
    waves = records()
    down = waves[0].with_samples(-np.asarray(waves[0].samples, dtype=np.float64))
    axes = [ComponentAxis(dip_deg=90.0), ComponentAxis(), ComponentAxis()]
    found = measure_polarization([down, *waves[1:]], ONSET_NS, axes)
    assert turn_error_deg(found.azimuth_deg) < 1.0


def test_components_of_different_rates_are_brought_together() -> None:
    found = measure_polarization(records(rates_hz=(20.0, 40.0, 50.0)), ONSET_NS)
    assert turn_error_deg(found.azimuth_deg) < 1.5
    assert found.rectilinearity is not None
    assert found.rectilinearity > 0.97


def test_starts_may_differ() -> None:
    waves = [records(start_ns=s)[i] for i, s in enumerate((0, 7_000_000, 1_013_000_000))]
    assert turn_error_deg(measure_polarization(waves, ONSET_NS).azimuth_deg) < 1.5


def test_a_gap_in_the_signal_is_said() -> None:
    waves = records()
    samples = np.asarray(waves[1].samples, dtype=np.float64).copy()
    samples[2420:2430] = np.nan
    found = measure_polarization([waves[0], waves[1].with_samples(samples), waves[2]], ONSET_NS)
    assert found.azimuth_deg is None
    assert "gap" in found.reason


def test_a_record_without_noise_before_the_signal_still_works() -> None:
    waves = [w.slice(ONSET_NS - 3 * NS_PER_S, ONSET_NS + 8 * NS_PER_S) for w in records()]
    assert turn_error_deg(measure_polarization(waves, ONSET_NS).azimuth_deg) < 3.0


def test_two_components_are_not_enough() -> None:
    assert "2 components" in measure_polarization(records()[:2], ONSET_NS).reason


def test_a_record_that_ends_too_early_is_said() -> None:
    waves = [w.slice(0, ONSET_NS + NS_PER_S) for w in records()]
    assert measure_polarization(waves, ONSET_NS).reason
