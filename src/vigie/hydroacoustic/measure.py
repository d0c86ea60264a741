"""Everything that is measured of one signal at a hydrophone station.

In the order in which one needs the other: hydrophones that recorded it; the octave in which it
stands out best; direction, and with it the alignment of the hydrophones; onset and end; features
of the bands and of the spectrum; repetitions about it; cepstrum. Hydrophones that do not hear one
wave are not aligned, and the onset's error then holds the time in which sound crosses the array.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import VigieError
from vigie.hydroacoustic.bands import Frames
from vigie.hydroacoustic.cepstrum import Cepstrum, cepstrum
from vigie.hydroacoustic.detect import Found, Span, mean_s
from vigie.hydroacoustic.direction import Direction, measure_direction
from vigie.hydroacoustic.features import (
    BandTable,
    SpectralShape,
    band_table,
    repetitions,
    spectral_shape,
    welch_log_mean,
)
from vigie.hydroacoustic.noise import ratio_exceeded, smoothed
from vigie.hydroacoustic.onset import weighted_onset
from vigie.signal.filters import BandPass, cosine_taper, filter_zero_phase

if TYPE_CHECKING:
    from vigie.hydroacoustic.recipe import HydroRecipe

FloatArray = NDArray[np.float64]

LEAD_S = 3.0
"""Before a detection, where its onset is looked for."""
CEPSTRUM_LEAD_S = 1.5
"""Before the onset: early modes that are cut off cost more bubbles than their noise does."""
RISE_SHARE = 1.0
"""Of the time from onset to peak, in the onset's error: emergent signals begin unseen."""
PULSES_S = 2.5
"""After the onset, in which a bubble pulse is looked for: the shock alone may be over sooner."""
LONGEST_CEPSTRUM_S = 30.0
NOISE_S = (62.0, 2.0)
"""Before the onset, where the noise spectrum is taken."""
MOST_NOISE_DB = 10.0
"""Below the best octave, octaves that still take part in direction."""
MARGIN_S = 2.0
ALIGN_S = 0.2
"""Beyond the longest delay, so that nothing is moved round the ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """What the measurement of a station's signals rests on."""

    frames: Frames
    found: Found
    rate_hz: float
    offsets_km: FloatArray
    window: Callable[[float, float], FloatArray]
    """Samples from one time to another (s from the first frame), shape (n, m); NaN if missing."""
    has_level: NDArray[np.bool_]
    """Hydrophones whose gain is that of the others, shape (n,)."""

    @property
    def crossing_s(self) -> float:
        """Longest time in which sound crosses the hydrophones."""
        apart = self.offsets_km[:, None] - self.offsets_km[None]
        return float(np.max(np.linalg.norm(apart, axis=2), initial=0.0)) / 1.4


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One signal. Times in s from the first frame, at the middle of the hydrophones."""

    onset_s: float
    onset_sigma_s: float
    end_s: float
    best: int
    """Band in which it stands out best."""
    band_hz: tuple[float, float]
    used: tuple[int, ...]
    """Hydrophones."""
    direction: Direction | None
    table: BandTable
    shape: SpectralShape
    noise_db: FloatArray
    repetitions: int
    cepstrum: Cepstrum | None

    @property
    def snr_db(self) -> float:
        """Peak over noise in the best band."""
        return float(self.table.snr_peak_db[self.best])


def measure_signal(record: Record, span: Span, recipe: HydroRecipe) -> Measured | None:
    """Measure one signal.

    Parameters
    ----------
    record : Record
    span : Span
    recipe : HydroRecipe

    Returns
    -------
    Measured or None
        None where no hydrophone recorded the whole of it.
    """
    frames, step = record.frames, record.frames.step_s
    widths = np.array([max(round(mean_s(b, recipe.detector) / step), 1) for b in frames.bands])
    cut = frames.cut(span.first, span.stop)
    used = np.flatnonzero(np.isfinite(cut[:, -1]).mean(axis=1) > 0.9)
    if not len(used):
        return None
    noise = record.found.noise_at(span.first)[used]
    ratios = _peak_ratios(cut[used], noise, widths)
    best = int(np.argmax(ratios[:-1]))
    band = _signal_band(frames.bands, ratios, best)
    direction = _direction(record, span, used, band, (best, int(widths[best])), recipe)
    times = direction.times_s if direction and direction.plausible else np.zeros(len(used))
    shifts = np.round(times / step).astype(int)
    told = record.has_level[used] if record.has_level[used].any() else np.ones(len(used), np.bool_)
    level_of, noise = (used[told], shifts[told]), noise[told]
    first, stop, sigma = _limits(record, span, level_of, best, noise, int(widths[best]))
    aligned = aligned_power(frames, level_of, round(first), stop)
    level = noise.mean(axis=0)
    table = band_table(aligned, level, step, widths)
    onset_s, end_s = first * step, stop * step
    clean = _lined_up(record, (used, times), onset_s - CEPSTRUM_LEAD_S, end_s + 0.1)
    last_s = max(end_s + 0.1, onset_s + PULSES_S)
    whole = _lined_up(record, (used, times), onset_s - CEPSTRUM_LEAD_S, last_s)
    before = record.window(onset_s - NOISE_S[0], onset_s - NOISE_S[1])[used]
    noise_psd = welch_log_mean(np.nan_to_num(before), record.rate_hz)
    shape = spectral_shape(
        welch_log_mean(clean, record.rate_hz).mean(axis=0), noise_psd.mean(axis=0), record.rate_hz
    )
    found = None
    if end_s - onset_s <= LONGEST_CEPSTRUM_S and np.isfinite(before).all():
        found = cepstrum(whole, noise_psd, record.rate_hz, recipe.cepstrum)
    if not (direction and direction.plausible):
        sigma = float(np.hypot(sigma, record.crossing_s / 12.0**0.5))
    return Measured(
        onset_s,
        sigma,
        end_s,
        best,
        (band.low_hz, band.high_hz),
        tuple(used.tolist()),
        direction,
        table,
        shape,
        10.0 * np.log10(level),
        _repeated(record, level_of, best, (round(first), stop), recipe),
        found,
    )


def _peak_ratios(
    cut: NDArray[np.float32], noise: FloatArray, widths: NDArray[np.int64]
) -> FloatArray:
    """Return the peak of smoothed power over noise of each band, the mean of the hydrophones."""
    peaks = [
        [np.nanmax(smoothed(row, int(w)), initial=0.0) for row, w in zip(rows, widths, strict=True)]
        for rows in cut
    ]
    return np.asarray(np.mean(np.array(peaks) / noise, axis=0))


def _signal_band(bands: tuple[BandPass, ...], ratios: FloatArray, best: int) -> BandPass:
    """Return the octaves about the best one in which the signal is seen too."""
    over_db = 10.0 * np.log10(np.maximum(ratios[:-1] - 1.0, 1e-3))
    needed = max(float(over_db[best]) - MOST_NOISE_DB, 3.0)
    low = high = best
    while low > 0 and over_db[low - 1] >= needed:
        low -= 1
    while high < len(over_db) - 1 and over_db[high + 1] >= needed:
        high += 1
    return BandPass(bands[low].low_hz, bands[high].high_hz)


def _direction(
    record: Record,
    span: Span,
    used: NDArray[np.intp],
    band: BandPass,
    best: tuple[int, int],
    recipe: HydroRecipe,
) -> Direction | None:
    if len(used) < 3:
        return None
    step = record.frames.step_s
    begin_s, end_s = span.first * step, span.stop * step
    longest = recipe.direction.window_s[1]
    if end_s - begin_s > longest:
        # The strongest part of a long signal tells its direction.
        power = record.frames.cut(span.first, span.stop)[used, best[0]].mean(axis=0)
        level = np.nan_to_num(smoothed(power, round(longest / step)))
        begin_s += max(float(np.argmax(level)) * step - 0.5 * longest, 0.0)
        end_s = begin_s + longest
    samples = record.window(begin_s - MARGIN_S, end_s + MARGIN_S)[used]
    if not np.all(np.isfinite(samples)) or samples.shape[1] < 16:
        return None
    taper = cosine_taper(samples.shape[1], round(0.5 * record.rate_hz))
    rows = [filter_zero_phase((r - r.mean()) * taper, record.rate_hz, band) for r in samples]
    keep = slice(round(0.5 * MARGIN_S * record.rate_hz), -round(0.5 * MARGIN_S * record.rate_hz))
    try:
        return measure_direction(
            np.stack(rows)[:, keep], record.rate_hz, record.offsets_km[used], recipe.direction
        )
    except VigieError:
        # Hydrophones in line, or one of them dead: the signal has no direction.
        return None


def aligned_power(
    frames: Frames, taking: tuple[NDArray[np.intp], NDArray[np.int64]], first: int, stop: int
) -> FloatArray:
    """Return the mean power of the hydrophones, each moved by its delay, shape (bands, m)."""
    rows = [frames.cut(first + s, stop + s)[i] for i, s in zip(*taking, strict=True)]
    known = np.isfinite(rows)
    total = np.where(known, rows, 0.0).sum(axis=0)
    return np.asarray(total / np.maximum(known.sum(axis=0), 1), dtype=np.float64)


def _limits(
    record: Record,
    span: Span,
    taking: tuple[NDArray[np.intp], NDArray[np.int64]],
    best: int,
    noise: FloatArray,
    width: int,
) -> tuple[float, int, float]:
    """Return onset and end in frames, and the onset's error in s."""
    step = record.frames.step_s
    lead = round(LEAD_S / step)
    begin = span.first - lead
    power = aligned_power(record.frames, taking, begin, span.stop)
    level = smoothed(power[best].astype(np.float32), width)
    top = lead + int(np.argmax(np.nan_to_num(level[lead:])))
    dof = float(record.found.dof_per_s[taking[0], best].sum()) * step
    mean_frames = max(round(min(width, 3.0 / max(dof, 1e-3))), 1)
    found = weighted_onset(
        power[best][: top + 1].astype(np.float32), float(noise[:, best].mean()), dof, mean_frames
    )
    first = begin + (found.frame if found else lead)
    rise_s = max(begin + top - first, 0.0) * step
    sigma = float(np.hypot((found.sigma_frames if found else width) * step, RISE_SHARE * rise_s))
    whitened = np.maximum(power[:-1] / noise.mean(axis=0)[:-1, None] - 1.0, 0.0).sum(axis=0)
    usual = np.median(whitened[:lead])
    # A short signal's onset may be read at its very end.
    at = int(np.clip(round(first) - begin, 0, len(whitened) - 1))
    total = np.cumsum(np.maximum(whitened[at:] - 2.0 * usual, 0.0))
    last = int(np.searchsorted(total, 0.99 * total[-1])) if total[-1] > 0.0 else len(total)
    stop = round(first) + max(last + 1, round(0.2 / step))
    return first, min(max(stop, round(first) + 2), span.stop + lead), sigma


def _lined_up(
    record: Record, taking: tuple[NDArray[np.intp], FloatArray], begin_s: float, end_s: float
) -> FloatArray:
    """Return samples of some hydrophones, each from when a wave comes to it; 0 if missing."""
    rows, times_s = taking
    margin = round((float(np.max(np.abs(times_s))) + ALIGN_S) * record.rate_hz)
    wide_s = margin / record.rate_hz
    samples = record.window(begin_s - wide_s, end_s + wide_s)[rows]
    known = np.isfinite(samples)
    means = np.where(known, samples, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    level = np.where(known, samples - means[:, None], 0.0)
    count = level.shape[1]
    turn = np.exp(2j * np.pi * np.fft.rfftfreq(count, 1.0 / record.rate_hz) * times_s[:, None])
    moved = np.fft.irfft(np.fft.rfft(level, axis=1) * turn, count, axis=1)
    return np.asarray(moved[:, margin : count - margin])


def _repeated(
    record: Record,
    taking: tuple[NDArray[np.intp], NDArray[np.int64]],
    best: int,
    own: tuple[int, int],
    recipe: HydroRecipe,
) -> int:
    step = record.frames.step_s
    reach = round(recipe.classes.context_s / step)
    begin = own[0] - reach
    power = aligned_power(record.frames, taking, begin, own[1] + reach)[best]
    used = taking[0]
    width = max(round(mean_s(record.frames.bands[best], recipe.detector) / step), 1)
    dof = float(record.found.dof_per_s[used, best].sum()) * step * width
    level = smoothed(power.astype(np.float32), width)
    noise = float(record.found.noise_at(own[0])[used, best].mean())
    least = ratio_exceeded(1e-5, max(dof, 1.0))
    return repetitions(level, noise, (own[0] - begin, own[1] - begin), least)
