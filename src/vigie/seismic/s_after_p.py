"""S within seconds of P: a rise on the horizontals that the vertical does not share.

Near an event S follows while P still holds the detectors, and its triggers join those of P. An
analyst sees it on the horizontals. So does this: after P of a three-component sensor the level
of both horizontals together (rms in a window of twice the inverse of the bandwidth) is compared
with the highest since P (``steps``). It is S when it exceeds that by a factor, stands clear of the
noise before P, and the motion turns: horizontal over vertical must be large and must have grown,
as neither another P nor the coda of P does. The onset is read on the horizontal direction in which
S is strongest; the coda of P is the noise there, of unknown variance (``signal.onset``).

Ours; horizontals and the change of polarization as in Cichowicz (1993), BSSA 83, 180-189. Assumes
horizontals of one rate, with about the vertical's gain. Blind to S that is not ``ratio`` times as
strong on the horizontals as P, or nearer to P than some windows (0.5 to 1.5 s).
Accuracy: ``docs/methods/detection.md``. Cost: 5 ms per P.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.records.time import add_seconds
from vigie.seismic.conditioning import HORIZONTAL, VERTICAL
from vigie.seismic.onset_reading import Reading
from vigie.seismic.sensor import sensor_of
from vigie.seismic.steps import Step, find_steps
from vigie.seismic.triggers import Trigger
from vigie.signal.detectors import moving_sum
from vigie.signal.filters import filter_causal
from vigie.signal.onset import refine_onset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.records import Waveform
    from vigie.seismic.recipe import StationRecipe
    from vigie.seismic.recording import Recording
    from vigie.signal.filters import BandPass

FloatArray = NDArray[np.float64]


class Motion(NamedTuple):
    """Vertical and two horizontals about P in one band, on one time axis."""

    band: BandPass
    components: tuple[Waveform, ...]
    """Vertical first."""
    at_p: int
    """Index of P."""

    @property
    def rate_hz(self) -> float:
        """Samples per second."""
        return self.components[0].rate_hz

    @property
    def vertical(self) -> FloatArray:
        """Samples of the vertical."""
        return np.asarray(self.components[0].samples, dtype=np.float64)

    @property
    def pair(self) -> FloatArray:
        """Samples of the horizontals, shape (2, n)."""
        return np.stack([np.asarray(c.samples, dtype=np.float64) for c in self.components[1:]])


class _Rise(NamedTuple):
    """S as seen in one band."""

    motion: Motion
    step: Step
    ratio: float
    """Level over that since P."""

    @property
    def on_ns(self) -> int:
        return self.motion.components[0].time_ns(self.step.on)

    @property
    def score(self) -> float:
        return self.ratio * math.sqrt(self.motion.band.width_hz)


def read_s(p: Reading, recording: Recording, until_ns: int) -> Reading | None:
    """Read S after a P that was read on a vertical.

    Parameters
    ----------
    p : Reading
        The P.
    recording : Recording
        All channels of the station.
    until_ns : int
        When the next group of triggers begins, which may be S.

    Returns
    -------
    Reading or None
        None where there is no S, or no three-component sensor to see it.
    """
    params = recording.recipe.s_after_p
    until_ns = add_seconds(until_ns, params.overlap_s)
    rises = [r for m in _motions(p, recording) if (r := _rise(m, recording.recipe, until_ns))]
    if not rises:
        return None
    # A band that sees only a later rise says nothing of the first.
    last_ns = add_seconds(min(r.on_ns for r in rises), params.same_s)
    rises = [r for r in rises if r.on_ns <= last_ns]
    best = max(r.score for r in rises)
    readings = [_read(r, recording) for r in rises if r.score >= 0.5 * best]
    return min((r for r in readings if r), key=lambda r: r.onset.sigma_s, default=None)


def _motions(p: Reading, recording: Recording) -> Iterator[Motion]:
    """Yield the motion of P's sensor in each band; nothing without three components."""
    recipe, at_ns = recording.recipe, p.onset.time_ns
    if recording.array is not None or p.trigger.direction != VERTICAL:
        return
    sensor = sensor_of(recording, p.trigger.channel, at_ns).components
    ordered = sorted(sensor, key=lambda c: (c.direction != VERTICAL, c.channel))
    runs = [r for c in ordered if (r := c.run_at(at_ns)) is not None]
    if len(runs) != 3 or len({r.rate_hz for r in runs}) != 1:
        return
    end_ns = add_seconds(at_ns, recipe.s_after_p.reach_s + recipe.s_after_p.record_s)
    for band in recipe.s_after_p.bands:
        if not band.fits(runs[0].rate_hz):
            continue
        begin_ns = add_seconds(at_ns, -recipe.onset.noise_s - 4.0 * band.ring_s - 5.0)
        begin_ns = max([begin_ns, *(r.start_ns for r in runs)])
        cuts = [r.slice(begin_ns, end_ns) for r in runs]
        n = min(len(c.samples) for c in cuts)
        filtered = tuple(
            c.with_samples(filter_causal(c.samples[:n], c.rate_hz, band)) for c in cuts
        )
        yield Motion(band, filtered, round(cuts[0].index_of(at_ns)))


def _rise(motion: Motion, recipe: StationRecipe, until_ns: int) -> _Rise | None:
    """Return the first rise of the horizontals after P that is S."""
    params, rate_hz, at = recipe.s_after_p, motion.rate_hz, motion.at_p
    level = np.hypot(*motion.pair)
    window_s = params.window_product / motion.band.width_hz
    n = max(round(window_s * rate_hz), 1)
    quiet = level[: max(at - n, 0)][-round(recipe.onset.noise_s * rate_hz) :]
    if len(quiet) < recipe.onset.min_noise_s * rate_hz:
        return None
    rule = replace(
        recipe.step,
        ratio=params.ratio,
        level_s=window_s,
        gap_s=0.6 * window_s,
        settled_s=1.4 * window_s,
        reach_s=params.reach_s,
    )
    for step in find_steps(level, rate_hz, at, rule):
        if motion.components[0].time_ns(step.on) >= until_ns:
            return None
        before, after = slice(at, step.on - n), slice(step.on - n // 2, step.on + n)
        clear = _rms_or_zero(level[after]) >= params.min_snr * _rms_or_zero(quiet)
        if clear and _turns(motion, before, after, recipe):
            return _Rise(motion, step, _rms_or_zero(level[after]) / _rms_or_zero(level[before]))
    return None


def _turns(motion: Motion, before: slice, after: slice, recipe: StationRecipe) -> bool:
    """Tell whether the motion turns from the vertical to the horizontals."""
    level, vertical = np.hypot(*motion.pair), motion.vertical
    was, is_now = (
        _rms_or_zero(level[part]) / max(_rms_or_zero(vertical[part]), 1e-300)
        for part in (before, after)
    )
    params = recipe.s_after_p
    return is_now >= params.min_hv and is_now >= params.hv_growth * was


def _read(rise: _Rise, recording: Recording) -> Reading | None:
    """Read the onset on the direction in which S is strongest."""
    motion, step = rise.motion, rise.step
    strong = motion.pair[:, step.on : step.on + round(motion.rate_hz)]
    direction = np.linalg.eigh(strong @ strong.T)[1][:, 1]
    trace = motion.components[1].with_samples(direction @ motion.pair)
    # Up to its highest level the motion of P still grew.
    known_ns = trace.time_ns(max(step.peak_before, motion.at_p))
    onset = refine_onset(
        trace.slice(known_ns, trace.time_ns(len(trace.samples))),
        rise.on_ns,
        motion.band,
        replace(recording.recipe.onset, fit_noise=True),
    )
    channel = motion.components[1 + int(np.argmax(np.abs(direction)))].channel
    run = recording.by_id[channel].run_at(rise.on_ns)
    noise = _noise(rise, trace, recording.recipe)
    # A channel that was dead before P has no noise to compare with.
    if onset is None or run is None or noise <= 0.0:
        return None
    trigger = _trigger(rise, replace(trace, channel=channel), (known_ns, noise), recording.recipe)
    return Reading(trigger, onset, run, trigger.snr, "step of horizontals")


def _noise(rise: _Rise, trace: Waveform, recipe: StationRecipe) -> float:
    """Return the noise before P."""
    last = max(rise.motion.at_p - round(recipe.step.gap_s * trace.rate_hz), 0)
    quiet = np.asarray(trace.samples, dtype=np.float64)[:last]
    return _rms_or_zero(quiet[-round(recipe.onset.noise_s * trace.rate_hz) :])


def _trigger(
    rise: _Rise, trace: Waveform, before: tuple[int, float], recipe: StationRecipe
) -> Trigger:
    """Describe S as a detector's trigger; ``before``: when P was highest, and its noise."""
    known_ns, noise = before
    rate_hz, on = trace.rate_hz, rise.step.on
    samples = np.asarray(trace.samples, dtype=np.float64)
    n = max(round(recipe.sta_lta.sta_s * rate_hz), 1)
    level = np.sqrt(moving_sum(samples[on:] ** 2, n) / n)
    peak = int(np.argmax(level[: 3 * n]))
    faded = level[peak:] < recipe.trigger.end_ratio * noise
    end = peak + (int(np.argmax(faded)) if faded.any() else len(faded))
    return Trigger(
        channel=trace.channel,
        direction=HORIZONTAL,
        band=rise.motion.band,
        on_ns=rise.on_ns,
        peak_ns=trace.time_ns(on + peak),
        snr=float(level[peak]) / noise,
        noise=noise,
        duration_s=end / rate_hz,
        after_ns=known_ns,
    )


def _rms_or_zero(samples: FloatArray) -> float:
    return float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0
