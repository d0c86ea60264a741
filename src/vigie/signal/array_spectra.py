"""Fourier coefficients of windows of array records.

Each window is demeaned, tapered and transformed; of the coefficients only those within a band
are kept. The number of independent ones, K = B T, is lowered by the taper:
K = B T (sum w^2)^2 / (n sum w^4). An element with a masked sample is left out of the window.
Elements of odd level in the band (median over the windows) are brought to the middle one, so that
none outweighs the others (``levels``); levels that agree are left as they are.
Source: textbook (Welch's windows). Cost: that of the transforms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.signal.filters import cosine_taper
from vigie.signal.levels import level_weights

if TYPE_CHECKING:
    from vigie.signal.fk_params import FkParams

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Spectra:
    """Fourier coefficients of windowed elements within a band."""

    values: NDArray[np.complex128]
    """Shape (windows, n, bins); 0 for an element that has no data there."""
    freq_hz: FloatArray
    independent_bins: float
    """K: number of independent coefficients, after taper and padding."""
    present: NDArray[np.bool_]
    """Shape (windows, n)."""
    weights: FloatArray
    """Factors that the elements were brought to one level by, shape (n,)."""


def window_spectra(
    samples: FloatArray, rate_hz: float, params: FkParams, starts: NDArray[np.intp] | None = None
) -> Spectra:
    """Cut, demean, taper and transform windows.

    Parameters
    ----------
    samples : ndarray, shape (n, m)
        NaN where an element is not to be trusted: it is left out of windows that hold one.
    rate_hz : float
    params : FkParams
    starts : ndarray of int, optional
        First samples of the windows; by default one every ``step_s``, none where the records are
        shorter than a window.

    Raises
    ------
    ParameterError
        The window is shorter than two samples or no bin of it lies in the band.
    """
    length = round(params.window_s * rate_hz)
    if starts is None:
        step = max(round(params.step_s * rate_hz), 1)
        starts = np.arange(0, max(samples.shape[1] - length + 1, 0), step)
    size = max(round(length * params.pad_factor), length)
    bins = _band_bins(size, rate_hz, params.band_hz)
    if samples.shape[1] < length:
        # What lies past the end is not known.
        past = ((0, 0), (0, length - samples.shape[1]))
        samples = np.pad(samples, past, constant_values=np.nan)
    view = np.lib.stride_tricks.sliding_window_view(samples, length, axis=1)
    cut = view[:, starts].transpose(1, 0, 2)
    present = np.asarray(np.isfinite(cut).all(axis=2), dtype=np.bool_)
    cut = np.where(present[:, :, None], cut, 0.0)
    taper = cosine_taper(length, int(params.taper_fraction * length / 2.0))
    cut = (cut - cut.mean(axis=2, keepdims=True)) * taper
    values = np.fft.rfft(cut, size, axis=2)[:, :, bins]
    shape = float(np.sum(taper**2) ** 2 / (size * np.sum(taper**4)))
    weights = _weights(values, present)
    values *= weights[:, None]
    return Spectra(values, bins * rate_hz / size, max(len(bins) * shape, 1.0), present, weights)


def _weights(values: NDArray[np.complex128], present: NDArray[np.bool_]) -> FloatArray:
    """Return the factor of each element, from its level in the band."""
    rms = np.sqrt(np.mean(np.abs(values) ** 2, axis=2))
    levels = [
        float(np.median(rms[heard, i])) if heard.any() else np.nan
        for i, heard in enumerate(present.T)
    ]
    return level_weights(np.array(levels))


def _band_bins(length: int, rate_hz: float, band_hz: tuple[float, float]) -> NDArray[np.intp]:
    low_hz, high_hz = band_hz
    freq_hz = np.arange(length // 2 + 1) * rate_hz / max(length, 1)
    bins = np.flatnonzero((freq_hz >= max(low_hz, 1e-9)) & (freq_hz <= high_hz))
    if length < 2 or not len(bins):
        raise ParameterError(
            name="band_hz, window_s",
            value=f"{band_hz}, {length / rate_hz:g} s at {rate_hz:g} Hz",
            expected="a window that resolves a frequency inside the band",
        )
    return bins
