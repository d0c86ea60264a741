"""Two and more waves taken out of a window at once, with all that enters and leaves in between.

In a window that stands, elements apart by much of its length see other parts of a wave, and a
projection in each bin leaves what differs: as false waves beside the true ones. So the window is
widened by the delays of the waves on both sides, x_i(t) = sum_k s_k(t - tau_ik) is solved by least
squares in each bin of the wide window, and the rest is cut to the window. Directions are improved
first, one after the other: that of wave k from the rest with wave k put back.

Source: least-squares separation of plane waves of known slowness (Smart 1972, Geophys. J. R. astr.
Soc. 29, 1-19, solves for two); the wide window is ours. Cost: some milliseconds per window.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.signal.filters import cosine_taper
from vigie.signal.fk_refine import climbed, relative_power

if TYPE_CHECKING:
    from vigie.signal.array_spectra import Spectra
    from vigie.signal.fk_params import FkParams

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
ComplexArray = NDArray[np.complex128]

SWEEPS = 6
"""How often the directions are improved in turn."""
REACH = 4
"""Half steps of the grid by which a direction found in a standing window may be off."""
RIDGE = 1e-4
"""Waves that a frequency cannot tell apart get no wild amplitudes there."""
AT_ONCE = 64
"""Windows that are solved together: some megabytes."""


class Record(NamedTuple):
    """The whitened elements, and how windows of them are searched."""

    white: FloatArray
    rate_hz: float
    offsets_km: FloatArray
    fk: FkParams

    @property
    def length(self) -> int:
        """Samples in a window."""
        return round(self.fk.window_s * self.rate_hz)


def without_waves(
    record: Record, slowness: FloatArray, spectra: Spectra, starts: IntArray
) -> tuple[Spectra, FloatArray, NDArray[np.bool_]]:
    """Take several waves out of windows.

    Parameters
    ----------
    record : Record
    slowness : ndarray, shape (windows, waves, 2)
        In s/km, east and north, as found.
    spectra : Spectra
        Of the windows, as they stand.
    starts : ndarray of int
        First samples of the windows.

    Returns
    -------
    Spectra
        Of the rest.
    slowness : ndarray
        Improved.
    whole : ndarray of bool
        Windows that stay within the record and meet no gap when widened; the others are
        returned as they were.
    """
    margin = _margin(record, slowness)
    known = np.asarray(np.isfinite(record.white).all(axis=0), dtype=np.bool_)
    lost = np.concatenate([[0], np.cumsum(~known)])
    first, last = starts - margin, starts + record.length + margin
    whole = (first >= 0) & (last <= len(known))
    whole[whole] = lost[last[whole]] == lost[first[whole]]
    values, better = spectra.values.copy(), slowness.copy()
    rows = np.flatnonzero(whole)
    for k in range(0, len(rows), AT_ONCE):
        part = rows[k : k + AT_ONCE]
        values[part], better[part] = _solved(record, slowness[part], spectra, first[part], margin)
    return replace(spectra, values=values), better, whole


def _margin(record: Record, slowness: FloatArray) -> int:
    """Return by how many samples windows are widened: thrice the largest delay and more."""
    delay_s = float(np.abs(slowness @ record.offsets_km.T).max()) if slowness.size else 0.0
    return int(np.ceil((3.0 * delay_s + 2.0 / max(record.fk.band_hz[0], 0.1)) * record.rate_hz))


def _solved(
    record: Record, slowness: FloatArray, spectra: Spectra, first: IntArray, margin: int
) -> tuple[ComplexArray, FloatArray]:
    length = record.length
    size = length + 2 * margin
    view = np.lib.stride_tricks.sliding_window_view(np.nan_to_num(record.white), size, axis=1)
    wide = view[:, first].transpose(1, 0, 2)
    wide = (wide - wide.mean(axis=2, keepdims=True)) * spectra.weights[:, None]
    # What circles around lies in the outer third, which fades out.
    wide = wide * cosine_taper(size, margin // 2)
    freq_hz = np.asarray(np.fft.rfftfreq(size, 1.0 / record.rate_hz), dtype=np.float64)
    low_hz, high_hz = record.fk.band_hz
    band = np.flatnonzero((freq_hz >= low_hz) & (freq_hz <= high_hz))
    whole = np.fft.rfft(wide, axis=2)
    own = replace(spectra, freq_hz=freq_hz[band], present=np.ones(whole.shape[:2], np.bool_))
    better = slowness.copy()
    for sweep in range(SWEEPS):
        for k in range(better.shape[1])[::-1]:
            rest, parts = _separated(whole[:, :, band], freq_hz[band], record.offsets_km, better)
            alone = replace(own, values=rest + parts[:, :, :, k])
            if not sweep:
                better[:, k] = _nearby(alone, record, better[:, k])
            better[:, k] = climbed(alone, record.offsets_km, better[:, k], record.fk)
    rest, _ = _separated(whole, freq_hz, record.offsets_km, better)
    cut = np.fft.irfft(rest, size, axis=2)[:, :, margin : margin + length]
    cut = cut - cut.mean(axis=2, keepdims=True)
    bins = np.round(spectra.freq_hz * length / record.rate_hz).astype(np.int64)
    return np.asarray(np.fft.rfft(cut, axis=2)[:, :, bins]), better


def _nearby(spectra: Spectra, record: Record, slowness: FloatArray) -> FloatArray:
    """Return the best of half steps of the grid about a slowness: climbing needs to start near."""
    step = 0.5 * record.fk.grid.step_s_per_km
    shifts = [(i, j) for i in range(-REACH, REACH + 1) for j in range(-REACH, REACH + 1)]
    places = np.stack([slowness + step * np.array(s) for s in shifts])
    power = np.stack([relative_power(spectra, record.offsets_km, p) for p in places])
    return np.asarray(places[power.argmax(axis=0), np.arange(len(slowness))])


def _separated(
    values: ComplexArray, freq_hz: FloatArray, offsets_km: FloatArray, slowness: FloatArray
) -> tuple[ComplexArray, ComplexArray]:
    """Return the rest, and the part of each wave in a last dimension."""
    delays = (slowness @ offsets_km.T).transpose(0, 2, 1)
    steering = np.exp(-2j * np.pi * freq_hz[None, None, :, None] * delays[:, :, None, :])
    normal = np.einsum("wnbk,wnbl->wbkl", steering.conj(), steering)
    normal += RIDGE * len(offsets_km) * np.eye(slowness.shape[1])
    right = np.einsum("wnbk,wnb->wbk", steering.conj(), values)
    amplitude = np.linalg.solve(normal, right[..., None])[..., 0]
    parts = steering * amplitude[:, None]
    return values - parts.sum(axis=3), parts
