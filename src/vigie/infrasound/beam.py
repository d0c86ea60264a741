"""The beam of a family: its elements read where its wave passes them, in pascals.

Elements are aligned by the slowness of the family's strongest pixel or of the whole (a wave train
turns). What an element records of the wave is compared with the others': its gain is the
regression of its samples on the sum of the others, each at its own level. One whose gain is far
from the middle one, and surely so, tells no pressure and is left out of the mean.

Source: delay and sum; gains ours. Assumes that a plane wave has the same pressure everywhere on an
array. Accuracy: ``docs/methods/infrasound.md``. Cost: some milliseconds for each family.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.infrasound.pressure import Pressure, pressure_of
from vigie.records.time import add_seconds
from vigie.signal.beams import delayed
from vigie.signal.elements import element_data
from vigie.signal.filters import BandPass, filter_zero_phase

if TYPE_CHECKING:
    from vigie.infrasound.array import SoundArray  # noqa: TC004 (a type only)

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

ODD_GAIN = 3.0
"""A gain so many times the middle one, or less than its inverse, is odd (sound that is focused or
blurred differs between the elements of one array by a factor of two) ..."""
SURE_SIGMAS = 5.0
"""... where it is surely not the middle one."""
MIN_COVERAGE = 0.9
"""Share of the samples that an element must have of those that the fullest has."""


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """An array as it was searched."""

    array: SoundArray
    """Without elements that are wrong, others turned over where they are reversed."""
    start_ns: int
    """From which pixels count."""


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """Elements of an array along one wave."""

    samples: FloatArray
    """Shape (n, m), in counts; NaN where not known."""
    rate_hz: float
    start_s: float
    """Of the first sample, from the search's first."""
    names: tuple[str, ...]
    pa_per_count: FloatArray
    """NaN where not known."""
    sigma: float
    """Relative standard error of the calibration."""

    @property
    def is_pa(self) -> bool:
        """Tell whether each element's calibration is known."""
        return bool(np.isfinite(self.pa_per_count).all())

    @property
    def levelled(self) -> FloatArray:
        """Samples in Pa where that is known of all, else in counts."""
        return self.samples * self.pa_per_count[:, None] if self.is_pa else self.samples

    def select(self, keep: BoolArray) -> Aligned:
        """Return some of the elements."""
        names = tuple(n for n, k in zip(self.names, keep, strict=True) if k)
        factors = self.pa_per_count[keep]
        return Aligned(self.samples[keep], self.rate_hz, self.start_s, names, factors, self.sigma)

    def cut(self, rows: FloatArray, span_s: tuple[float, float]) -> FloatArray:
        """Return the columns of rows on this time axis that lie within a span."""
        first, last = (round((t - self.start_s) * self.rate_hz) for t in span_s)
        return rows[:, max(first, 0) : max(last, 0)]

    def filtered(self, band: BandPass) -> FloatArray:
        """Return the levelled elements in a band, without delay; unknown samples are zero."""
        rows = self.levelled
        known = np.isfinite(rows)
        filled = np.where(known, rows - _means(rows, known), 0.0)
        return np.stack([filter_zero_phase(row, self.rate_hz, band) for row in filled])

    def equalised(self, band: BandPass) -> FloatArray:
        """Return the live elements without mean, each over its rms in a band."""
        rms = np.sqrt(np.mean(self.filtered(band) ** 2, axis=1))
        rows = self.levelled[rms > 0.0]
        return np.asarray((rows - _means(rows, np.isfinite(rows))) / rms[rms > 0.0, None])


def aligned(
    searched: Searched,
    slowness_s_per_km: tuple[float, float],
    span_s: tuple[float, float],
    freq_hz: float,
) -> Aligned:
    """Return the elements that recorded a span, read along a wave.

    Parameters
    ----------
    searched : Searched
    slowness_s_per_km : tuple of float
        East and north; points where the wave goes.
    span_s : tuple of float
        From the search's first sample.
    freq_hz : float
        Where calibrations are wanted.
    """
    array = searched.array
    runs, places = array.runs()
    data = element_data(
        runs,
        places,
        start_ns=add_seconds(searched.start_ns, span_s[0]),
        end_ns=add_seconds(searched.start_ns, span_s[1]),
    )
    known = {e.channel: (e, n) for e, n in zip(array.elements, array.names, strict=True)}
    rows = delayed(data, slowness_s_per_km)
    parts = [known[c] for c in data.channels]
    calibrations = [pressure_of(e.runs[0], e.metadata, freq_hz) for e, _ in parts]
    share = np.isfinite(rows).mean(axis=1)
    heard = (share > 0.0) & (share >= MIN_COVERAGE * float(share.max()))
    return Aligned(
        rows[heard],
        data.rate_hz,
        span_s[0],
        tuple(name for (_, name), fine in zip(parts, heard, strict=True) if fine),
        np.array([_factor(c) for c in calibrations])[heard],
        max((c.sigma for c in calibrations), default=0.0),
    )


def _means(rows: FloatArray, known: BoolArray) -> FloatArray:
    total = np.where(known, rows, 0.0).sum(axis=1, keepdims=True)
    return np.asarray(total / np.maximum(known.sum(axis=1, keepdims=True), 1))


def _factor(pressure: Pressure) -> float:
    return float("nan") if pressure.pa_per_count is None else pressure.pa_per_count


def relative_gains(rows: FloatArray, independent: float) -> tuple[FloatArray, FloatArray]:
    """Return the gain of each element over the middle one, and its relative standard error.

    Parameters
    ----------
    rows : ndarray, shape (n, m)
        Aligned and filtered.
    independent : float
        Independent samples, 2 B T.

    Returns
    -------
    gain : ndarray, shape (n,)
        NaN where the others are silent.
    sigma : ndarray, shape (n,)
        Infinite where nothing coherent is recorded.

    Notes
    -----
    b_i is the sum of the others, each over its own rms. g_i = <x_i, b_i> / <b_i, b_i> up to one
    factor for all; its variance is (1 - c_i^2) / c_i^2 / (2 B T) of its square, c_i the
    correlation.
    """
    rms = np.sqrt(np.mean(rows**2, axis=1))
    scaled = rows / np.where(rms > 0.0, rms, 1.0)[:, None]
    others = scaled.sum(axis=0)[None] - scaled
    size = np.sqrt(np.mean(others**2, axis=1))
    correlation = np.mean(scaled * others, axis=1) / np.where(size > 0.0, size, 1.0)
    gain = np.where((rms > 0.0) & (size > 0.0), correlation * rms, np.nan)
    c2 = np.clip(correlation, 1e-6, 1.0 - 1e-12) ** 2
    sigma = np.sqrt((1.0 - c2) / c2 / max(independent, 1.0))
    middle = np.nanmedian(gain) if np.isfinite(gain).any() else np.nan
    return np.asarray(gain / middle), np.where(correlation > 0.0, sigma, np.inf)


def odd_gains(rows: FloatArray, independent: float) -> tuple[FloatArray, BoolArray]:
    """Return gains, and which elements record surely another pressure than the middle one.

    Parameters
    ----------
    rows : ndarray, shape (n, m)
    independent : float
    """
    none = np.zeros(len(rows), dtype=np.bool_)
    if len(rows) < 3:
        return np.full(len(rows), np.nan), none
    gain, sigma = relative_gains(rows, independent)
    with np.errstate(invalid="ignore"):
        off = np.abs(np.log(np.maximum(gain, 1e-12)))
    odd = np.isfinite(gain) & (off > np.log(ODD_GAIN)) & (off > SURE_SIGMAS * sigma)
    # The middle one must be that of more than half.
    return gain, odd if 2 * int(odd.sum()) < len(rows) else none
