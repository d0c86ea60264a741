"""Station processing as a whole: what is found, what is not, and that days join."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support_signals import (
    START_NS,
    VERTICAL,
    events_in_noise,
    glitches,
    noise,
    onset_signal,
    waveform,
)

from vigie.records import Detection, MaskKind, Waveform
from vigie.records.time import seconds_between
from vigie.seismic import StationRecipe, StationState, default_recipe, process_station
from vigie.seismic.recipe import TriggerParams

RATE_HZ = 40.0


def times_s(detections: tuple[Detection, ...]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([seconds_between(d.time_ns, START_NS) for d in detections])


@pytest.mark.slow
def test_strong_events_are_found_where_they_are() -> None:
    samples, onsets_s = events_in_noise(np.random.default_rng(3), 3600.0, RATE_HZ, 12)
    result = process_station([waveform(samples, RATE_HZ)])
    found = times_s(result.detections)
    for onset_s in onsets_s:
        if np.any((onset_s - onsets_s > 0) & (onset_s - onsets_s < 60.0)):
            continue
        best = int(np.argmin(np.abs(found - onset_s)))
        sigma_s = result.detections[best].time_sigma_s
        assert sigma_s is not None
        assert abs(found[best] - onset_s) < 4.0 * sigma_s + 0.1
    # One false trigger per hour of a Gaussian channel, and coda triggers.
    assert len(found) <= len(onsets_s) + 8


def test_every_measured_value_has_its_error_and_probabilities_sum_to_one() -> None:
    samples, _ = events_in_noise(np.random.default_rng(4), 900.0, RATE_HZ, 2)
    result = process_station([waveform(samples, RATE_HZ)])
    assert result.detections
    for d in result.detections:
        assert d.channel == VERTICAL
        assert d.phase in ("P", "Pn", "Pg", "Sn", "Lg", "N")
        assert sum(p for _, p in d.wave_type_probabilities) == pytest.approx(1.0)
        assert d.amplitude_nm is None
        assert {a.unit for a in d.amplitudes} <= {"count"}
        for name in ("time", "snr", "duration", "freq_hz", "period_s"):
            value = getattr(d, {"time": "time_ns", "duration": "duration_s"}.get(name, name))
            sigma = {"time": "time_sigma_s", "duration": "duration_s_sigma"}.get(
                name, f"{name}_sigma"
            )
            if value is not None:
                assert getattr(d, sigma) is not None, name


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(
    st.integers(0, 10**6), st.lists(st.floats(0.02, 0.98), min_size=1, max_size=3), st.booleans()
)
def test_a_record_in_pieces_gives_the_detections_of_the_whole(
    seed: int, cuts: list[float], broken: bool
) -> None:
    rng = np.random.default_rng(seed)
    samples, onsets_s = events_in_noise(rng, 1200.0, RATE_HZ, 4)
    # A second onset within the first signal, which hangs on its beginning.
    again = round((onsets_s[1] + 4.0) * RATE_HZ)
    samples += 2e4 * onset_signal(rng, len(samples), RATE_HZ, again, (0.1, 2.0)) / 5.0
    whole = waveform(glitches(rng, samples, RATE_HZ, 8) if broken else samples, RATE_HZ)
    expected = process_station([whole]).detections
    bounds = [0, *sorted(int(c * len(samples)) for c in cuts), len(samples)]
    found: list[Detection] = []
    state: StationState | None = None
    for first, stop in itertools.pairwise(bounds):
        piece = Waveform(VERTICAL, whole.time_ns(first), RATE_HZ, whole.samples[first:stop])
        result = process_station([piece], state=state, final=stop == bounds[-1])
        found.extend(result.detections)
        state = result.state
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert abs(ours.time_ns - theirs.time_ns) < 1_000_000
        assert ours.snr == pytest.approx(theirs.snr, rel=1e-6)
        assert ours.time_sigma_s == pytest.approx(theirs.time_sigma_s, rel=1e-3)
        assert (ours.phase, len(ours.amplitudes)) == (theirs.phase, len(theirs.amplitudes))


@pytest.mark.slow
def test_a_day_full_of_glitches_makes_few_detections_and_flags_them() -> None:
    rng = np.random.default_rng(5)
    n = round(21_600 * RATE_HZ)
    samples = glitches(rng, noise(rng, n, RATE_HZ), RATE_HZ, 100)
    result = process_station([waveform(samples, RATE_HZ)])
    clean = process_station([waveform(noise(rng, n, RATE_HZ), RATE_HZ)])
    assert len(result.masks) > 80
    assert {m.kind for m in result.masks} >= {MaskKind.SPIKE, MaskKind.STEP, MaskKind.DEAD}
    assert clean.masks == ()
    unflagged = [d for d in result.detections if not d.masks]
    assert len(unflagged) <= len(clean.detections) + 12


def test_a_record_that_begins_seconds_before_its_signal_is_enough() -> None:
    rng = np.random.default_rng(6)
    n = round(100 * 25.0)
    samples = noise(rng, n, 25.0)
    samples += 2e3 * onset_signal(rng, n, 25.0, 8.0 * 25.0, (0.1, 1.5))
    result = process_station([waveform(samples, 25.0)])
    assert abs(times_s(result.detections)[0] - 8.0) < 0.5


def test_gaps_and_missing_components_do_not_matter() -> None:
    samples, onsets_s = events_in_noise(np.random.default_rng(7), 900.0, RATE_HZ, 1)
    whole = waveform(samples, RATE_HZ)
    at = int((onsets_s[0] - 50.0) * RATE_HZ)
    pieces = [
        Waveform(VERTICAL, whole.start_ns, RATE_HZ, samples[: at - 400]),
        Waveform(VERTICAL, whole.time_ns(at), RATE_HZ, samples[at:]),
    ]
    result = process_station(pieces)
    assert [m.kind for m in result.masks] == [MaskKind.GAP]
    assert np.min(np.abs(times_s(result.detections) - onsets_s[0])) < 0.5
    level = [replace_channel(w, "BHN") for w in pieces]
    assert len(process_station(level).detections) > 0


def replace_channel(trace: Waveform, code: str) -> Waveform:
    channel = trace.channel._replace(channel=code)
    return Waveform(channel, trace.start_ns, trace.rate_hz, trace.samples)


def three_components(s_size: float) -> list[Waveform]:
    """P from azimuth 30 at 200 s, S 40 s later on the horizontals; Z at 100 Hz, N and E at 20."""
    rng = np.random.default_rng(8)
    traces = []
    for code, rate_hz, p, s in (
        ("Z", 100.0, 1.0, 0.2),
        ("N", 20.0, -0.45, 1.0),
        ("E", 20.0, -0.26, 1.0),
    ):
        n = round(400 * rate_hz)
        seconds = noise(rng, n, rate_hz)
        t = np.arange(n) / rate_hz
        # The same wavelet on every component, so that P is linearly polarized.
        for at_s, size in ((200.0, p), (240.0, s * s_size)):
            late = np.maximum(t - at_s, 0.0)
            wavelet = np.sin(2 * np.pi * 1.8 * late) * late * np.exp(-late)
            seconds += 6e3 * size * wavelet
        channel = VERTICAL._replace(channel=f"BH{code}")
        traces.append(Waveform(channel, START_NS, rate_hz, seconds))
    return traces


def test_three_components_of_two_rates_give_azimuth_and_an_s() -> None:
    result = process_station(three_components(3.0))
    p, s = result.detections[0], result.detections[1]
    assert times_s((p, s)) == pytest.approx([200.0, 240.0], abs=0.6)
    assert p.azimuth_deg == pytest.approx(30.0, abs=6.0)
    assert p.azimuth_deg_sigma is not None
    assert p.rectilinearity is not None
    assert p.rectilinearity > 0.9
    assert set(p.elements) == {"BHZ", "BHN", "BHE"}
    assert s.phase in ("Sn", "Lg")
    # S moves across its path: its motion tells neither azimuth nor, by the rule of P, slowness.
    assert (s.azimuth_deg, s.azimuth_deg_sigma) == (None, None)
    assert (s.slowness_s_per_deg, s.slowness_s_per_deg_sigma) == (None, None)
    assert s.rectilinearity is not None


@pytest.mark.slow
def test_errors_of_snr_are_as_large_as_stated() -> None:
    rng = np.random.default_rng(1)
    pulls: list[float] = []
    for amplitude in (300.0, 1e4):
        for _ in range(8):
            shape = (0.2, float(rng.uniform(1.2, 3.5)), 3)
            signal = onset_signal(rng, 6000, RATE_HZ, 4000.3, shape)
            signal *= amplitude / np.abs(signal).max()
            noisy = [waveform(signal + noise(rng, 6000, RATE_HZ), RATE_HZ) for _ in range(10)]
            found = [d for w in noisy for d in process_station([w]).detections if d.snr]
            near = [d for d in found if abs(seconds_between(d.time_ns, START_NS) - 100.0) < 2.0]
            snr = np.array([d.snr for d in near], dtype=np.float64)
            sigma = np.array([d.snr_sigma for d in near], dtype=np.float64)
            pulls += list((snr - np.median(snr)) / np.median(sigma))
    assert len(pulls) > 140
    assert 0.7 < float(np.std(pulls)) < 1.6


@pytest.mark.parametrize("gap_s", [3.0, 4.0, 6.0])
def test_the_snr_of_p_is_its_own_whatever_s_follows(gap_s: float) -> None:
    found = []
    for s_size in (0.0, 4.0, 20.0):
        rng = np.random.default_rng(8)
        traces = []
        for code, p, s in (("Z", 1.0, 0.3), ("N", -0.2, 1.0), ("E", -0.15, 1.0)):
            samples = noise(rng, 16_000, 40.0)
            for at_s, size in ((200.0, p), (200.0 + gap_s, s * s_size)):
                late = np.maximum(np.arange(16_000) / 40.0 - at_s, 0.0)
                wavelet = np.sin(6.0 * np.pi * late) * late * np.exp(-2.0 * late)
                samples += 1200.0 * size * wavelet
            traces.append(waveform(samples, 40.0, VERTICAL._replace(channel=f"BH{code}")))
        found.append(process_station(traces).detections[0])
    assert times_s(tuple(found)) == pytest.approx([200.0] * 3, abs=0.4)
    # S reaches 40 and 200 within the group.
    assert [d.snr for d in found] == pytest.approx([found[0].snr] * 3, rel=0.05)


def test_coda_raises_the_threshold() -> None:
    traces = three_components(0.03)
    calm = StationRecipe(trigger=TriggerParams(coda_raise=0.0))
    strict = StationRecipe(trigger=TriggerParams(coda_raise=3.0))
    few = process_station(traces, recipe=strict).detections
    many = process_station(traces, recipe=calm).detections
    assert len(few) < len(many)
    assert few[0] == replace(many[0], phase=few[0].phase)


def test_a_clipped_signal_says_so_in_its_amplitudes() -> None:
    samples = np.asarray(three_components(1.0)[0].samples)
    level = 0.4 * np.abs(samples).max()
    clipped = waveform(np.clip(samples, -level, level).round().astype(np.int32), 100.0)
    whole = waveform(samples.round().astype(np.int32), 100.0)
    for trace, expected in ((clipped, True), (whole, False)):
        first = process_station([trace]).detections[0]
        assert {a.clipped for a in first.amplitudes} == {expected}
        assert any(m.kind is MaskKind.CLIPPED for m in first.masks) is expected


def test_no_samples_is_no_error() -> None:
    assert process_station([]).detections == ()
    empty = waveform(np.zeros(0), RATE_HZ)
    assert process_station([empty]).notes == ("no samples",)


def test_long_period_channels_alone_give_a_note_and_no_detections() -> None:
    slow = waveform(
        noise(np.random.default_rng(9), 600, 1.0), 1.0, VERTICAL._replace(channel="LHZ")
    )
    result = process_station([slow])
    assert result.detections == ()
    assert "too few" in result.notes[0]
    fast = waveform(noise(np.random.default_rng(9), 4000, RATE_HZ), RATE_HZ)
    assert process_station([slow, fast]).notes == ()


@given(st.sampled_from([10.0, 20.0, 25.0, 40.0, 50.0, 100.0, 200.0]))
def test_default_recipes_fit_their_rate(rate_hz: float) -> None:
    for use in ("any", "teleseismic", "regional"):
        recipe = default_recipe(rate_hz, use)
        assert all(b.fits(rate_hz) for b in recipe.bands)
    assert hash(default_recipe(rate_hz)) == hash(default_recipe(rate_hz))
