"""Elements at one arrival: those that come and go, and those that nothing ever judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from benchmarks.array_errors import geometry
from tests.infrasound.test_doubt import TRUE_AZIMUTH_DEG, off_deg, recorded, signals, with_faults
from tests.infrasound.test_infrasound_chain import (
    AZIMUTHS_DEG,
    RANGES_KM,
    RATE_HZ,
    largest,
    recordings,
    station,
)

from vigie.infrasound import InfrasoundRecipe, process_array
from vigie.infrasound.elements import judge_elements
from vigie.infrasound.recipe import ElementParams

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.infrasound.chain import ArrayResult
    from vigie.infrasound.verdict import Verdict
    from vigie.records import Waveform

TRUTH_DEG = 75.0


def arrival(n: int, snr: float = 4.0, velocity_m_s: float = 340.0) -> list[Waveform]:
    return recordings([(300.0, TRUTH_DEG, velocity_m_s)], n=n, length_s=1200.0, snr=snr)


def from_then(waveform: Waveform, time_s: float) -> Waveform:
    return waveform.slice(waveform.time_ns(round(time_s * RATE_HZ)), waveform.end_ns + 1)


def holds_truth(result: ArrayResult) -> bool:
    """Tell whether every signal's azimuth is right within its error, or not given."""
    return all(
        d.azimuth_deg is None or off_deg(d, TRUTH_DEG) < max(3.0 * (d.azimuth_deg_sigma or 0), 1.5)
        for d in signals(result)
    )


@pytest.mark.slow
@pytest.mark.parametrize("wrong", range(4))
@pytest.mark.parametrize("fault", ["late", "reversed"])
def test_an_element_that_starts_later_switches_no_check_off(wrong: int, fault: str) -> None:
    waveforms = arrival(5)
    waveforms[4] = from_then(waveforms[4], 700.0)
    bad = waveforms[wrong]
    if fault == "late":
        waveforms[wrong] = replace(bad, start_ns=bad.start_ns + 10**9)
    else:
        waveforms[wrong] = bad.with_samples(np.negative(bad.samples, dtype=np.float64))
    result = process_array(waveforms, station(5))
    assert signals(result)
    assert holds_truth(result)
    told = [e.element for d in signals(result) for e in d.excluded_elements] + list(result.notes)
    assert any(f"S{wrong}" in text for text in told)
    assert any("S4 has no part in" in note for note in result.notes)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(("late", "flipped"), [("", "W42CE"), ("W42CW", "")])
def test_gaps_of_one_recorded_element_switch_no_check_off(
    shared_data: Path, late: str, flipped: str
) -> None:
    waveforms, place = recorded(shared_data, "W420")
    out: list[Waveform] = []
    for w in with_faults(waveforms, late=late, flipped=flipped):
        if w.channel.station != "W42SW":
            out.append(w)
            continue
        period, kept = round(15.0 * w.rate_hz), round(12.0 * w.rate_hz)
        out += [
            w.with_samples(w.samples[k : k + kept], start_ns=w.time_ns(k))
            for k in range(0, len(w.samples), period)
        ]
    detection = largest(signals(process_array(out, place)))
    assert (late or flipped) in {e.element for e in detection.excluded_elements}
    assert off_deg(detection, TRUE_AZIMUTH_DEG["W420"]) < 4.0


@pytest.mark.parametrize("n", [4, 7])
@pytest.mark.parametrize("velocity_m_s", [4000.0, 600.0, 200.0])
def test_a_wave_of_another_speed_puts_no_array_in_doubt(n: int, velocity_m_s: float) -> None:
    waves = [(300.0, TRUTH_DEG, 340.0)] + [
        (500.0 + 35.0 * k, 200.0, velocity_m_s) for k in range(8)
    ]
    result = process_array(recordings(waves, n=n, length_s=1200.0), station(n))
    blast = largest([d for d in signals(result) if off_deg(d, TRUTH_DEG) < 2.0])
    assert blast.amplitudes
    assert not blast.remarks
    assert not any("no plane wave" in note for note in result.notes)


def test_of_three_elements_what_is_not_as_fast_as_sound_has_no_azimuth() -> None:
    waves = [(300.0, TRUTH_DEG, 340.0), (700.0, 200.0, 700.0)]
    result = process_array(recordings(waves, n=3, length_s=1000.0), station(3))
    assert off_deg(largest(signals(result)), TRUTH_DEG) < 3.0
    fast = [d for d in result.detections if d.time_ns > result.start_ns + 650 * 10**9]
    assert fast
    assert all(d.azimuth_deg is None for d in fast)
    assert any("mistimed" in remark for d in fast for remark in d.remarks)


def unable() -> InfrasoundRecipe:
    """Return a recipe whose windows are never coherent enough to judge."""
    elements = InfrasoundRecipe().elements
    return InfrasoundRecipe(
        elements=replace(elements, faults=replace(elements.faults, coherent=0.999))
    )


@pytest.mark.parametrize("n", [4, 6])
def test_elements_that_nothing_judges_cost_a_clean_array_little(n: int) -> None:
    detection = largest(process_array(arrival(n), station(n), unable()).detections)
    assert any("elements not judged" in r for r in detection.remarks)
    assert off_deg(detection, TRUTH_DEG) < 1.0
    assert (detection.azimuth_deg_sigma or 99.0) < 2.0
    assert detection.amplitudes


@pytest.mark.slow
@pytest.mark.parametrize("wrong", range(4))
@pytest.mark.parametrize("fault", ["late", "reversed"])
def test_a_fault_that_nothing_judges_gives_no_confident_azimuth(wrong: int, fault: str) -> None:
    waveforms = arrival(4)
    bad = waveforms[wrong]
    if fault == "late":
        waveforms[wrong] = replace(bad, start_ns=bad.start_ns + 10**9)
    else:
        waveforms[wrong] = bad.with_samples(np.negative(bad.samples, dtype=np.float64))
    result = process_array(waveforms, station(4), unable())
    assert all(any("not judged" in r for r in d.remarks) for d in result.detections)
    # Small families of few bands may be lobes, of right elements too.
    found = largest(signals(result))
    assert found.azimuth_deg is None or off_deg(found, TRUTH_DEG) < 3.0 * (
        found.azimuth_deg_sigma or 0.0
    )


def test_a_clipped_element_is_named_at_the_arrival() -> None:
    waveforms = arrival(4)
    samples = np.asarray(waveforms[2].samples, dtype=np.float64)
    # For half a second each it stays at one of two levels.
    flat = np.repeat(np.sign(samples[::10]), 10)[: len(samples)] * 0.2 * np.max(np.abs(samples))
    samples[round(250 * RATE_HZ) : round(360 * RATE_HZ)] = flat[
        round(250 * RATE_HZ) : round(360 * RATE_HZ)
    ]
    waveforms[2] = waveforms[2].with_samples(np.round(samples))
    result = process_array(waveforms, station(4))
    detection = largest(result.detections)
    (lost,) = detection.excluded_elements
    assert lost.element == "S2"
    assert "clipped" in lost.reason
    assert any("three elements" in note for note in result.notes)


def in_microbaroms(n: int, sources: int, seed: int) -> Verdict:
    """Return what two hours of microbaroms, from some directions at once, say of clean elements."""
    rng = np.random.default_rng(seed)
    offsets, rate_hz = geometry(np.random.default_rng(n), n, 2.0), 10.0
    count = round(7200.0 * rate_hz)
    freq = np.fft.rfftfreq(count, 1.0 / rate_hz)
    shape = np.exp(-0.5 * (np.log(np.maximum(freq, 1e-3) / 0.2) / 0.35) ** 2)
    white = rng.normal(size=(n, len(freq))) + 1j * rng.normal(size=(n, len(freq)))
    rows = np.fft.irfft(white / np.maximum(freq, 0.02), count, axis=1)
    inside = (freq > 0.1) & (freq < 0.4)
    level = np.fft.irfft(np.where(inside, white / np.maximum(freq, 0.02), 0.0), count, axis=1).std()
    for azimuth_deg in rng.uniform(0.0, 360.0, sources):
        turn = np.radians(azimuth_deg)
        delay = -offsets @ np.array([np.sin(turn), np.cos(turn)]) / 0.345
        source = shape * np.exp(2j * np.pi * rng.random(len(freq)))
        wave = np.fft.irfft(source * np.exp(-2j * np.pi * freq * delay[:, None]), count, axis=1)
        rows += 2.0 * level * wave / wave.std()
    names = [f"S{k}" for k in range(n)]
    return judge_elements(rows, rate_hz, offsets, names, ElementParams())


@pytest.mark.slow
@pytest.mark.parametrize("n", [4, 6, 9])
def test_microbaroms_put_few_clean_arrays_in_doubt(n: int) -> None:
    one, two = ([in_microbaroms(n, k, 100 * n + seed) for seed in range(4)] for k in (1, 2))
    assert all(v.n_windows > 10 and not v.doubt and not v.excluded for v in one)
    # Three free numbers of four elements close by chance more often than those of more.
    assert sum(bool(v.doubt or v.excluded) for v in two) <= (2 if n == 4 else 1)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["late", "reversed", "none"])
def test_an_element_is_named_by_a_wave_of_ten_seconds(fault: str) -> None:
    rng = np.random.default_rng(4)
    plain = arrival(6)
    count = len(plain[0].samples)
    freq = np.fft.rfftfreq(2 * count, 1.0 / RATE_HZ)
    shape = np.zeros(2 * count)
    shape[round(400 * RATE_HZ) : round(700 * RATE_HZ)] = 1.0
    wave = np.fft.irfft(
        np.where((freq > 0.08) & (freq < 0.2), np.fft.rfft(rng.normal(size=2 * count)), 0.0)
    )
    spectrum = np.fft.rfft(shape * wave / wave.std())
    waveforms = []
    for k, w in enumerate(plain):
        apart = RANGES_KM[k] * np.cos(np.radians(AZIMUTHS_DEG[k] - 200.0))
        moved = np.fft.irfft(spectrum * np.exp(2j * np.pi * freq * apart / 0.34))[:count]
        noise = np.cumsum(rng.normal(size=count + 1))[1:]
        noise -= np.convolve(noise, np.ones(801) / 801, mode="same")
        row = 3.0 * moved + 1.0 * noise / noise.std()
        if k == 2 and fault == "reversed":
            row = -row
        waveforms.append(
            replace(
                w.with_samples(np.round(1e3 * row)),
                start_ns=w.start_ns + (10**9 if k == 2 and fault == "late" else 0),
            )
        )
    detection = largest(process_array(waveforms, station(6)).detections)
    assert [e.element for e in detection.excluded_elements] == ([] if fault == "none" else ["S2"])
    assert off_deg(detection, 200.0) < 3.0 * (detection.azimuth_deg_sigma or 0.0)
