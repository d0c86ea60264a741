"""Measuring one signal: onset, frequency, f-k or polarization, amplitudes, wave type."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.records import Amplitude, ChannelId, Detection, MaskKind, Waveform, format_iso
from vigie.records.time import add_seconds, seconds_between
from vigie.seismic.amplitude import measure_a52_and_period
from vigie.seismic.conditioning import HORIZONTAL, VERTICAL, ConditionedChannel
from vigie.seismic.direction import (
    EVER,
    Alone,
    as_wave,
    horizontal_over_vertical,
    measure_direction,
)
from vigie.seismic.onset_reading import Reading, read_onset
from vigie.seismic.s_after_p import read_s
from vigie.seismic.sbsnr import SBSNR_BAND, measure_sbsnr
from vigie.seismic.triggers import Trigger, group_snr
from vigie.seismic.wave_type import Features, wave_type_probabilities
from vigie.signal.spectra import Spectrum, dominant_frequency, multitaper

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.records import Mask
    from vigie.seismic.recipe import StationRecipe
    from vigie.seismic.recording import Recording
    from vigie.seismic.triggers import Group


LATEST_NS = 2**62
"""After any record."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A detection with remarks on what could not be measured."""

    detection: Detection
    height: float
    """SNR of all that the group holds, S behind P included: what the coda after it has."""
    notes: tuple[str, ...] = ()


def measure_group(
    group: Group,
    recording: Recording,
    span_ns: tuple[int | None, int] = (None, LATEST_NS),
    accept: Callable[[int, float], bool] = lambda *_: True,
) -> list[Measured]:
    """Measure the signal that a group of triggers belongs to, and S behind it.

    The onset is sought after the first of ``span_ns``, where another signal was at its height; S
    up to the last, where the next group begins. Empty without an onset, or where ``accept``
    refuses its time and the height of the group.
    """
    read = read_onset(group, recording, span_ns[0])
    if read is None or not accept(read.onset.time_ns, group_snr(group)):
        return []
    s = read_s(read, recording, span_ns[1])
    if s is None:
        return [_measure(group, read, recording)]
    gap_s = seconds_between(s.onset.time_ns, read.onset.time_ns)
    return [
        _measure(group, read, recording, Alone(until_s=gap_s)),
        _measure((s.trigger,), s, recording, Alone(from_s=0.0)),
    ]


def _measure(group: Group, read: Reading, recording: Recording, alone: Alone = EVER) -> Measured:
    """Measure a signal; its direction while no other wave stands beside it."""
    trigger, onset = read.trigger, read.onset
    direction = measure_direction(recording, trigger, onset.time_ns, alone)
    detection = _with_amplitudes(_basic(group, read, recording), recording, read)
    features = Features(
        slowness_s_per_deg=direction.slowness_s_per_deg,
        slowness_sigma=direction.slowness_s_per_deg_sigma,
        freq_hz=detection.freq_hz,
        hv_ratio=horizontal_over_vertical(recording, trigger, onset.time_ns, alone),
        rectilinearity=direction.rectilinearity,
        snr=detection.snr,
        duration_s=detection.duration_s,
        on_horizontal=trigger.direction == HORIZONTAL,
        behind_p=alone.behind_p,
        before_s=alone.before_s,
    )
    wave_types = wave_type_probabilities(features, recording.recipe.wave_type)
    direction = as_wave(direction, recording, wave_types)
    complete = replace(
        detection,
        azimuth_deg=direction.azimuth_deg,
        azimuth_deg_sigma=direction.azimuth_deg_sigma,
        slowness_s_per_deg=direction.slowness_s_per_deg,
        slowness_s_per_deg_sigma=direction.slowness_s_per_deg_sigma,
        rectilinearity=direction.rectilinearity,
        rectilinearity_sigma=direction.rectilinearity_sigma,
        wave_type_probabilities=wave_types,
        elements=direction.elements or (trigger.channel.channel,),
        excluded_elements=direction.excluded,
        method=f"{read.method} {trigger.band}, onset posterior{direction.method}",
    )
    return Measured(complete, group_snr(group), direction.notes)


def _with_amplitudes(detection: Detection, recording: Recording, read: Reading) -> Detection:
    """Return the detection with frequency, amplitudes and period."""
    freq_hz, freq_sigma = _frequency(read.run, detection.time_ns)
    amplitudes, period_sigma_s = _amplitudes(recording, read.trigger, detection.time_ns)
    a52 = next((a for a in amplitudes if a.type == "A5/2"), None)
    in_nm = a52 if a52 is not None and a52.unit == "nm" else None
    return replace(
        detection,
        freq_hz=freq_hz,
        freq_hz_sigma=freq_sigma,
        amplitude_nm=in_nm.value if in_nm else None,
        amplitude_nm_sigma=in_nm.sigma if in_nm else None,
        period_s=a52.period_s if a52 else None,
        period_s_sigma=period_sigma_s,
        amplitudes=amplitudes,
    )


def _basic(group: Group, read: Reading, recording: Recording) -> Detection:
    """Return the detection with what the detector and the picker say."""
    trigger, onset = read.trigger, read.onset
    code = recording.code(trigger.channel)
    duration_s = max(t.duration_s for t in group if t.band == trigger.band)
    return Detection(
        id=f"{code}-{format_iso(onset.time_ns, digits=3)}",
        station=code,
        network=trigger.channel.network,
        channel=trigger.channel,
        time_ns=onset.time_ns,
        time_sigma_s=onset.sigma_s,
        onset=_sharpness(onset.sigma_s),
        snr=read.snr,
        snr_sigma=_snr_sigma(trigger, read.snr, recording.recipe),
        duration_s=duration_s,
        # The end is where a fluctuating envelope meets the noise: good to a third.
        duration_s_sigma=max(0.3 * duration_s, recording.recipe.sta_lta.sta_s),
        masks=_masks(group, recording, onset.time_ns),
    )


def _sharpness(sigma_s: float) -> str:
    if sigma_s <= 0.1:
        return "i"
    return "e" if sigma_s <= 0.6 else "q"


def _frequency(run: Waveform, onset_ns: int) -> tuple[float | None, float | None]:
    """Dominant frequency of the first 4 s, noise spectrum taken off."""
    signal = run.slice(onset_ns, add_seconds(onset_ns, 4.0)).samples
    noise = run.slice(add_seconds(onset_ns, -10.0), add_seconds(onset_ns, -1.0)).samples
    n = int(4.0 * run.rate_hz)
    if len(signal) < max(n, 8) or len(noise) < n:
        return None, None
    # Equal lengths, so that both spectra have the same frequencies.
    ours = multitaper(signal[:n], run.rate_hz)
    theirs = multitaper(noise[-n:], run.rate_hz)
    clean = Spectrum(ours.freq_hz, np.maximum(ours.psd - theirs.psd, 0.0), ours.dof)
    freq, sigma = dominant_frequency(clean, 0.5, min(12.0, 0.4 * run.rate_hz))
    return (freq, sigma) if math.isfinite(freq) else (None, None)


def _amplitudes(
    recording: Recording, trigger: Trigger, onset_ns: int
) -> tuple[tuple[Amplitude, ...], float | None]:
    """Measure A5/2 and SBSNR, and the standard error of the former's period.

    At an array the median of the elements, and the incoherent beam.
    """
    recipe = recording.recipe
    if recording.array is not None and trigger.direction == VERTICAL:
        sources: Sequence[ConditionedChannel] = recording.array.elements
    else:
        sources = [recording.by_id[trigger.channel]]
        if trigger.direction != VERTICAL:
            return (), None
    present = [(c, r) for c in sources if (r := c.run_at(onset_ns)) is not None]
    # A clipped element says too little; it counts only where every one is clipped.
    pairs = [(c, r) for c, r in present if not _is_clipped(c, onset_ns)] or present
    clipped = any(_is_clipped(c, onset_ns) for c, _ in pairs)
    calibrations = [c.calibration(r) for c, r in pairs]
    single = [
        measure_a52_and_period(r, onset_ns, k, recipe.a52)
        for (_, r), k in zip(pairs, calibrations, strict=True)
    ]
    a52, period_sigma_s = _median_amplitude([a for a in single if a is not None])
    found = [a52]
    equal = [i for i, (_, r) in enumerate(pairs) if r.rate_hz == pairs[0][1].rate_hz]
    if equal:
        levelled = _levelled([pairs[i] for i in equal], recording)
        found.append(
            measure_sbsnr(
                levelled,
                onset_ns,
                [calibrations[i] for i in equal],
                recipe.sbsnr,
            )
        )
    return tuple(replace(a, clipped=clipped) for a in found if a is not None), period_sigma_s


def _levelled(
    pairs: Sequence[tuple[ConditionedChannel, Waveform]], recording: Recording
) -> list[Waveform]:
    """Return the runs; in counts, elements of odd level are brought to that of the others."""
    runs = [r for _, r in pairs]
    in_nm = all(c.calibration(r).nm_per_count(SBSNR_BAND.centre_hz) for c, r in pairs)
    if recording.array is None or len(pairs) == 1 or in_nm:
        return runs
    return [recording.array.levelled(run) for run in runs]


def _is_clipped(channel: ConditionedChannel, onset_ns: int) -> bool:
    """Tell whether the wave is clipped where amplitudes are measured."""
    near = channel.masks_between(add_seconds(onset_ns, -0.5), add_seconds(onset_ns, 6.0))
    return any(m.kind is MaskKind.CLIPPED for m in near)


def _median_amplitude(
    found: Sequence[tuple[Amplitude, float | None]],
) -> tuple[Amplitude | None, float | None]:
    """Return the amplitude of the element in the middle; in nm if any is."""
    in_nm = [a for a in found if a[0].unit == "nm"] or list(found)
    if not in_nm:
        return None, None
    return sorted(in_nm, key=lambda a: a[0].value)[(len(in_nm) - 1) // 2]


def _snr_sigma(trigger: Trigger, snr: float, recipe: StationRecipe) -> float:
    """Return the standard error of a signal's SNR.

    The noise window holds 2 B T values, of which half are taken for independent, as noise is not
    white in its band; noise in the signal's window adds to it.
    """
    windows, width_hz = recipe.sta_lta, trigger.band.width_hz
    n_sta, n_lta = (max(2.0 * width_hz * t, 1.0) for t in (windows.sta_s, windows.lta_s))
    return snr * math.sqrt(1.0 / n_lta + 1.0 / (n_sta * max(snr, 1.0) ** 2))


def _masks(group: Group, recording: Recording, onset_ns: int) -> tuple[Mask, ...]:
    """Return the masks of the channels that triggered, about the onset."""
    before_ns = add_seconds(onset_ns, -recording.recipe.quality.ring_s)
    after_ns = add_seconds(onset_ns, 6.0)
    touched: set[ChannelId] = {t.channel for t in group}
    if recording.array is not None:
        touched |= {e.channel for e in (*recording.array.elements, *recording.array.blank)}
    known = (recording.by_id[c] for c in sorted(touched) if c in recording.by_id)
    return tuple(m for c in known for m in c.masks_between(before_ns, after_ns))
