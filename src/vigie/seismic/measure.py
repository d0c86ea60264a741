"""Measuring one signal: onset, frequency, polarization or f-k, amplitudes, wave type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.records import Amplitude, Detection, format_iso
from vigie.records.time import add_seconds, seconds_between
from vigie.seismic.amplitude import measure_a52
from vigie.seismic.sbsnr import measure_sbsnr
from vigie.seismic.triggers import group_snr
from vigie.seismic.wave_type import Features, wave_type_probabilities
from vigie.signal.filters import filter_causal
from vigie.signal.onset import Onset, refine_onset
from vigie.signal.spectra import Spectrum, dominant_frequency, multitaper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import ChannelId, Mask, Station, Waveform
    from vigie.seismic.conditioning import ConditionedChannel
    from vigie.seismic.recipe import StationRecipe
    from vigie.seismic.triggers import Group, Trigger
    from vigie.signal.filters import BandPass


@dataclass(frozen=True, slots=True)
class Measured:
    """A detection with remarks on what could not be measured."""

    detection: Detection
    notes: tuple[str, ...] = ()


def measure_group(
    group: Group,
    channels: Sequence[ConditionedChannel],
    station: Station | None,
    recipe: StationRecipe,
    not_before_ns: int | None = None,
) -> Measured | None:
    """Measure the signal that a group of triggers belongs to; None without an onset.

    The onset is sought after ``not_before_ns``, where another signal was at its height.
    """
    by_id = {c.channel: c for c in channels}
    read = _read_onset(group, by_id, recipe, not_before_ns)
    if read is None:
        return None
    trigger, onset = read
    channel = by_id[trigger.channel]
    run = channel.run_at(trigger.on_ns)
    assert run is not None
    snr = group_snr(group)
    freq_hz, freq_sigma = _frequency(run, onset.time_ns)
    amplitudes = _amplitudes(channel, run, onset.time_ns, recipe)
    a52 = next((a for a in amplitudes if a.type == "A5/2"), None)
    in_nm = a52 if a52 is not None and a52.unit == "nm" else None
    hv = _horizontal_over_vertical(trigger, channel, channels, onset.time_ns)
    duration_s = max(t.duration_s for t in group if t.band == trigger.band)
    features = Features(
        freq_hz=freq_hz,
        hv_ratio=hv,
        snr=snr,
        duration_s=duration_s,
        on_horizontal=trigger.direction == "horizontal",
    )
    code = station.code if station else trigger.channel.station
    detection = Detection(
        id=f"{code}-{format_iso(onset.time_ns, digits=3)}",
        station=code,
        network=trigger.channel.network,
        channel=trigger.channel,
        time_ns=onset.time_ns,
        time_sigma_s=onset.sigma_s,
        freq_hz=freq_hz,
        freq_hz_sigma=freq_sigma,
        snr=snr,
        snr_sigma=_snr_sigma(trigger, snr, recipe),
        duration_s=duration_s,
        amplitude_nm=in_nm.value if in_nm else None,
        amplitude_nm_sigma=in_nm.sigma if in_nm else None,
        period_s=a52.period_s if a52 else None,
        amplitudes=amplitudes,
        wave_type_probabilities=wave_type_probabilities(features, recipe.wave_type),
        elements=(trigger.channel.channel,),
        masks=_masks(group, by_id, onset.time_ns, recipe),
        method=f"STA/LTA {trigger.band}, AIC posterior",
    )
    return Measured(detection)


def _read_onset(
    group: Group,
    by_id: dict[ChannelId, ConditionedChannel],
    recipe: StationRecipe,
    not_before_ns: int | None,
) -> tuple[Trigger, Onset] | None:
    """Read the onset on each good band, and take the sharpest reading."""
    vertical = [t for t in group if t.direction == "vertical"]
    strongest = max(t.snr for t in group)
    usable = vertical if vertical and max(t.snr for t in vertical) > 0.6 * strongest else group
    best = max(t.score for t in usable)
    readings: list[tuple[Trigger, Onset]] = []
    for trigger in usable:
        if trigger.score < 0.5 * best:
            continue
        run = by_id[trigger.channel].run_at(trigger.on_ns)
        if run is None:
            continue
        trace = filtered_window(run, trigger.band, trigger.on_ns, recipe)
        if not_before_ns is not None:
            trace = trace.slice(not_before_ns, trace.end_ns + 1)
        onset = refine_onset(trace, trigger.on_ns, trigger.band, trigger.snr, recipe.onset)
        if onset is not None:
            readings.append((trigger, onset))
    return min(readings, key=lambda r: r[1].sigma_s) if readings else None


def filtered_window(run: Waveform, band: BandPass, time_ns: int, recipe: StationRecipe) -> Waveform:
    """Filter a stretch about a trigger, long enough before it for the filter to settle."""
    before_s = recipe.onset.lead_s + recipe.onset.noise_s
    settle_s = 4.0 * band.ring_s + 5.0
    begin_ns = add_seconds(time_ns, -before_s - settle_s)
    cut = run.slice(begin_ns, add_seconds(time_ns, 15.0))
    filtered = cut.with_samples(filter_causal(cut.samples, cut.rate_hz, band))
    if cut.start_ns > add_seconds(begin_ns, 1.0):
        # The run begins here: its first oscillation is all there is to lose.
        settle_s = 0.5 * band.ring_s
    return filtered.slice(add_seconds(cut.start_ns, settle_s), filtered.end_ns + 1)


def _frequency(run: Waveform, onset_ns: int) -> tuple[float | None, float | None]:
    """Dominant frequency of the first 4 s, noise spectrum taken off."""
    signal = run.slice(onset_ns, add_seconds(onset_ns, 4.0)).samples
    noise = run.slice(add_seconds(onset_ns, -10.0), add_seconds(onset_ns, -1.0)).samples
    n = round(4.0 * run.rate_hz)
    if len(signal) < max(n - 1, 8) or len(noise) < n:
        return None, None
    # Equal lengths, so that both spectra have the same frequencies.
    ours = multitaper(signal[: n - 1], run.rate_hz)
    theirs = multitaper(noise[-(n - 1) :], run.rate_hz)
    clean = Spectrum(ours.freq_hz, np.maximum(ours.psd - theirs.psd, 0.0), ours.dof)
    freq, sigma = dominant_frequency(clean, 0.5, min(12.0, 0.4 * run.rate_hz))
    return (freq, sigma) if np.isfinite(freq) else (None, None)


def _amplitudes(
    channel: ConditionedChannel, run: Waveform, onset_ns: int, recipe: StationRecipe
) -> tuple[Amplitude, ...]:
    if channel.direction != "vertical":
        return ()
    calibration = channel.calibration(run)
    found = (
        measure_a52(run, onset_ns, calibration, recipe.a52),
        measure_sbsnr([run], onset_ns, [calibration], recipe.sbsnr),
    )
    return tuple(a for a in found if a is not None)


def _horizontal_over_vertical(
    trigger: Trigger,
    channel: ConditionedChannel,
    channels: Sequence[ConditionedChannel],
    onset_ns: int,
) -> float | None:
    """Amplitude ratio of the first seconds in the trigger's band."""
    same_site = [c for c in channels if c.site == channel.site]
    horizontal = [
        r for c in same_site if c.direction == "horizontal" and (r := _rms(c, trigger, onset_ns))
    ]
    vertical = [
        r for c in same_site if c.direction == "vertical" and (r := _rms(c, trigger, onset_ns))
    ]
    if len(horizontal) < 2 or not vertical:
        return None
    return float(np.hypot(*horizontal[:2]) / vertical[0])


def _rms(channel: ConditionedChannel, trigger: Trigger, onset_ns: int) -> float | None:
    run = channel.run_at(onset_ns)
    if run is None or not trigger.band.fits(run.rate_hz):
        return None
    cut = run.slice(add_seconds(onset_ns, -15.0), add_seconds(onset_ns, 4.0))
    filtered = filter_causal(cut.samples, cut.rate_hz, trigger.band)
    signal = filtered[max(round(cut.index_of(onset_ns)), 0) :]
    return float(np.sqrt(np.mean(signal**2))) if len(signal) > 3 else None


def _snr_sigma(trigger: Trigger, snr: float, recipe: StationRecipe) -> float:
    """Return the standard error of an amplitude ratio: each window holds 2 B T values."""
    windows = recipe.sta_lta
    width_hz = trigger.band.width_hz
    n_sta, n_lta = (max(2.0 * width_hz * t, 1.0) for t in (windows.sta_s, windows.lta_s))
    return float(snr * np.sqrt(0.5 / n_sta + 0.5 / n_lta))


def _masks(
    group: Group,
    by_id: dict[ChannelId, ConditionedChannel],
    onset_ns: int,
    recipe: StationRecipe,
) -> tuple[Mask, ...]:
    """Masks of the channels that triggered, about the onset."""
    before_ns = add_seconds(onset_ns, -recipe.quality.ring_s)
    after_ns = add_seconds(onset_ns, 6.0)
    touched = {t.channel for t in group}
    return tuple(m for c in sorted(touched) for m in by_id[c].masks_between(before_ns, after_ns))


__all__ = ["Measured", "filtered_window", "measure_group", "seconds_between"]
