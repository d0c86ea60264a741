"""Jumps on several elements of an array: fronts of shocks are kept, glitches are masked."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import firwin

from vigie.geodesy import destination
from vigie.infrasound.array import sound_array
from vigie.infrasound.shared_jumps import without_shared_jumps
from vigie.records import ChannelId, MaskKind, Site, Station, Technology, Waveform, parse_iso
from vigie.signal.quality import QualityParams, find_masks
from vigie.signal.segments import assemble

RANGES_KM = np.array([0.0, 0.3, 0.4, 0.35])
AZIMUTHS_DEG = np.array([0.0, 20.0, 140.0, 260.0])
OVER = 20
LENGTH_S, ONSET_S, GLITCH_S = 120.0, 60.0, 50.0

if TYPE_CHECKING:
    from collections.abc import Callable

GLITCHES = (MaskKind.SPIKE, MaskKind.STEP)

FloatArray = NDArray[np.float64]


def station() -> Station:
    latitude, longitude = destination(40.0, 10.0, AZIMUTHS_DEG, RANGES_KM / 111.195)
    sites = tuple(
        Site(code=f"S{k}", latitude=float(a), longitude=float(b), elevation_m=0.0)
        for k, (a, b) in enumerate(zip(latitude, longitude, strict=True))
    )
    return Station(
        code="S", latitude=40.0, longitude=10.0, elevation_m=0.0,
        technology=Technology.INFRASOUND, sites=sites,
    )  # fmt: skip


def n_wave(t_s: FloatArray, length_s: float, rise_s: float) -> FloatArray:
    """Return a shock of height 1, its linear fall to -1, and the shock back to 0."""
    up = np.clip(t_s / rise_s, 0.0, 1.0)
    back = 1.0 - np.clip((t_s - length_s) / rise_s, 0.0, 1.0)
    fall = 1.0 - 2.0 * np.clip(t_s, 0.0, length_s) / length_s
    return np.asarray(np.where(t_s > 0.0, up * fall * back, 0.0))


def blast(t_s: FloatArray, positive_s: float) -> FloatArray:
    """Return the pulse of Friedlander (1946), whose positive phase lasts so long."""
    late = np.maximum(t_s, 0.0) / positive_s
    return np.asarray(np.where(t_s >= 0.0, (1.0 - late) * np.exp(-late), 0.0))


def long_shock(t_s: FloatArray) -> FloatArray:
    """Return the shock of something large and supersonic."""
    return n_wave(t_s, 0.8, 0.02)


def recorded(
    rate_hz: float,
    glitches: dict[int, float],
    snr: float = 0.0,
    shape: Callable[[FloatArray], FloatArray] = long_shock,
) -> list[Waveform]:
    """Return noise with a shock from 70 deg behind an anti-alias filter, and glitches."""
    rng = np.random.default_rng(3)
    n = round(LENGTH_S * rate_hz)
    freq = np.fft.rfftfreq(n, 1.0 / rate_hz)
    angle = np.radians(AZIMUTHS_DEG)
    offsets = RANGES_KM[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    delays = -offsets @ np.array([np.sin(np.radians(70.0)), np.cos(np.radians(70.0))]) / 0.345
    smooth = firwin(20 * OVER + 1, 0.8 / OVER)
    out = []
    for k, delay_s in enumerate(delays):
        noise = np.fft.irfft(np.fft.rfft(rng.normal(size=n)) / np.maximum(freq, 0.05), n)
        t = np.arange(n * OVER) / (rate_hz * OVER) - ONSET_S - delay_s
        wave = np.convolve(shape(t), smooth, "same")[::OVER]
        samples = noise / noise.std() + snr * wave
        samples[round(GLITCH_S * rate_hz)] += glitches.get(k, 0.0)
        out.append(
            Waveform(
                ChannelId("XX", f"S{k}", "", "BDF"),
                parse_iso("2020-01-01T00:00:00Z"),
                rate_hz,
                np.rint(1000.0 * samples).astype(np.int32),
            )
        )
    return out


def masked(waveforms: list[Waveform]) -> list[str]:
    """Return the elements with a spike or step."""
    array, _ = sound_array(waveforms, station(), QualityParams())
    return [e.site for e in array.elements if any(m.kind in GLITCHES for m in e.masks)]


@pytest.mark.parametrize("rate_hz", [20.0, 50.0])
@pytest.mark.parametrize("snr", [10.0, 100.0])
def test_the_front_of_a_shock_is_no_glitch(rate_hz: float, snr: float) -> None:
    waveforms = recorded(rate_hz, {}, snr)
    assert masked(waveforms) == []
    array, _ = sound_array(waveforms, station(), QualityParams())
    for one, raw in zip(array.elements, waveforms, strict=True):
        np.testing.assert_array_equal(one.runs[0].samples, raw.samples)


@pytest.mark.parametrize("rate_hz", [20.0, 50.0])
@pytest.mark.parametrize("snr", [30.0, 300.0])
@pytest.mark.parametrize(
    "shape",
    [
        partial(blast, positive_s=0.05),
        partial(blast, positive_s=0.1),
        partial(n_wave, length_s=0.08, rise_s=0.002),
    ],
    ids=["50 ms", "100 ms", "N 80 ms"],
)
def test_a_short_blast_is_no_spike(
    rate_hz: float, snr: float, shape: Callable[[FloatArray], FloatArray]
) -> None:
    """1 t of TNT has a positive phase of 42 ms at 1 km, 10 t one of 90 ms."""
    assert masked(recorded(rate_hz, {}, snr, shape)) == []


def test_one_channel_alone_takes_a_short_blast_for_a_spike() -> None:
    found = [find_masks(one) for one in recorded(20.0, {}, 300.0, partial(blast, positive_s=0.05))]
    assert any(m.kind is MaskKind.SPIKE for masks in found for m in masks)


def test_steps_of_two_groups_of_clocks_stay_masked() -> None:
    waveforms = recorded(40.0, {})
    times = {k: [t + (0.3 if k > 1 else 0.0) for t in (20.0, 50.0, 80.0)] for k in range(4)}
    with_jumps(waveforms, times, MaskKind.STEP)
    assert masked(waveforms) == ["S0", "S1", "S2", "S3"]


def test_elements_of_unlike_gain_keep_a_front() -> None:
    waveforms = recorded(50.0, {}, 100.0)
    gains = (1.0, 1.0, 2.5, 4.0)
    unlike = [
        replace(one, samples=np.rint(one.samples * gain).astype(np.int32))
        for one, gain in zip(waveforms, gains, strict=True)
    ]
    assert masked(unlike) == []


def test_one_channel_alone_takes_the_front_for_a_glitch() -> None:
    """So the test above has something to undo."""
    assert any(find_masks(one) for one in recorded(50.0, {}, 100.0))


def test_a_glitch_of_one_element_is_masked_also_beside_a_shock() -> None:
    assert masked(recorded(40.0, {1: 50.0})) == ["S1"]
    assert masked(recorded(40.0, {1: 80.0}, snr=20.0)) == ["S1"]


def test_a_jump_of_all_elements_at_one_sample_is_the_digitizers() -> None:
    assert masked(recorded(40.0, dict.fromkeys(range(4), 50.0))) == ["S0", "S1", "S2", "S3"]


def with_jumps(waveforms: list[Waveform], at_s: dict[int, list[float]], kind: MaskKind) -> None:
    """Add spikes, or steps, of 70 times the noise at times of each element."""
    for k, times in at_s.items():
        for time_s in times:
            first = round(time_s * waveforms[k].rate_hz)
            last = first + 1 if kind is MaskKind.SPIKE else None
            waveforms[k].samples[first:last] += 70_000


def test_spikes_that_each_element_has_at_its_own_time_stay_masked() -> None:
    """So do clocks' pulses: their constant delays would close, and make a wave of them."""
    waveforms = recorded(40.0, {})
    with_jumps(waveforms, {k: [20.0 + 0.4 * k, 50.0 + 0.4 * k] for k in range(4)}, MaskKind.SPIKE)
    assert masked(waveforms) == ["S0", "S1", "S2", "S3"]


@pytest.mark.parametrize("late_s", [0.0, 0.05])
def test_steps_of_all_at_once_stay_masked_also_beside_another(late_s: float) -> None:
    """One element has another glitch a second before; one clock may be two samples off."""
    waveforms = recorded(40.0, {})
    times = {0: [70.0], 1: [70.0], 2: [69.0, 70.0], 3: [70.0 + late_s]}
    with_jumps(waveforms, times, MaskKind.STEP)
    assert masked(waveforms) == ["S0", "S1", "S2", "S3"]


def test_two_channels_at_one_place_are_one_vote() -> None:
    waveforms = recorded(50.0, {}, 100.0)
    twice = [
        replace(one, channel=ChannelId("XX", one.channel.station, "10", "BDF")) for one in waveforms
    ]
    assert masked(waveforms + twice[:2]) == []
    assert masked(waveforms + twice) == []
    spiked = recorded(40.0, {1: 50.0})
    twice = [
        replace(one, channel=ChannelId("XX", one.channel.station, "10", "BDF")) for one in spiked
    ]
    # The same sensor's spike twice is one element's.
    assert set(masked(spiked + twice)) == {"S1"}


def test_lost_packets_do_not_make_a_blast_a_spike() -> None:
    """A blast comes soon after a gap of each element, and in another segment than the reach."""
    whole = recorded(20.0, {}, 300.0, partial(blast, positive_s=0.05))
    torn = []
    for k, one in enumerate(whole):
        gap_s = ONSET_S - 1.5 - 0.7 * k
        cut = round(gap_s * one.rate_hz)
        late_ns = one.start_ns + round((cut + 2) / one.rate_hz * 1e9)
        torn += [
            replace(one, samples=one.samples[:cut]),
            replace(one, start_ns=late_ns, samples=one.samples[cut + 2 :]),
        ]
    assert masked(torn) == []


def test_a_blast_at_the_start_of_a_record_is_no_spike() -> None:
    whole = recorded(20.0, {}, 300.0, partial(blast, positive_s=0.05))
    cut = round((ONSET_S - 3.0) * 20.0)
    late = [
        replace(one, start_ns=one.start_ns + round(cut / 20.0 * 1e9), samples=one.samples[cut:])
        for one in whole
    ]
    assert masked(late) == []


@pytest.mark.parametrize("number", [0, 7000])
def test_a_dead_element_has_no_vote_for_glitches(number: int) -> None:
    """Of five elements three have spikes of their own, one has none, and one is dead."""
    angle = np.radians([0.0, 72.0, 144.0, 216.0, 288.0])
    places = dict(enumerate(0.4 * np.stack([np.sin(angle), np.cos(angle)], axis=1)))
    samples = np.rint(1000.0 * np.random.default_rng(2).standard_normal((5, 4000))).astype(np.int32)
    for k, late in enumerate((0, 23, -17)):
        samples[k, 2000 + late] += 70_000
    samples[4] = number
    start_ns = parse_iso("2020-01-01T00:00:00Z")
    channels = [ChannelId("XX", f"S{k}", "", "BDF") for k in range(5)]
    records = {
        c: assemble([Waveform(c, start_ns, 40.0, row)])
        for c, row in zip(channels, samples, strict=True)
    }
    found = {c: find_masks(one.segments[0]) for c, one in records.items()}
    kept = without_shared_jumps(records, found, {c: places[k] for k, c in enumerate(channels)})
    assert [k for k, c in enumerate(channels) if any(m.kind in GLITCHES for m in kept[c])] == [
        0, 1, 2,
    ]  # fmt: skip


def test_an_element_of_a_higher_rate_keeps_a_short_blast() -> None:
    shape = partial(blast, positive_s=0.1)
    fast, slow = recorded(100.0, {}, 300.0, shape), recorded(50.0, {}, 300.0, shape)
    assert masked([*slow[:2], *fast[2:]]) == []


def test_an_element_a_hundred_km_off_does_not_keep_the_others_masked() -> None:
    waveforms = recorded(40.0, {}, 300.0, partial(blast, positive_s=0.05))
    wrong = station()
    sites = (*wrong.sites[:3], replace(wrong.sites[3], latitude=41.0))
    array, _ = sound_array(waveforms, replace(wrong, sites=sites), QualityParams())
    found = [e.site for e in array.elements if any(m.kind in GLITCHES for m in e.masks)]
    assert not {"S0", "S1", "S2"} & set(found)
