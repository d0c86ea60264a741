"""Capon's high-resolution f-k on a proper covariance, all windows at once.

P(s) = sum_f 1/(a^H R^-1 a), a_j = exp(-2 pi i f s.r_j). R is the mean of x x^H over
sub-windows of the window (half overlapping, cosine taper), so that it has full rank; one
snapshot, as some codes take, gives rank one and a meaningless result. Diagonal loading of
1e-2 trace(R)/N guards against wave fronts that are not quite plane.

Source: Capon (1969), Proc. IEEE 57, 1408-1418; loading after Carlson (1988), IEEE Trans.
Aerosp. Electron. Syst. 24, 397-401. A sub-window must be longer than the wave takes to
cross the array, otherwise the coherence is lost: use Bartlett for large arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.signal.filters import cosine_taper

if TYPE_CHECKING:
    from vigie.signal.fk_params import FkParams

FloatArray = NDArray[np.float64]


def capon_maxima(
    samples: FloatArray, rate_hz: float, offsets_km: FloatArray, params: FkParams
) -> tuple[NDArray[np.intp], FloatArray]:
    """Return the node of largest Capon power of each window, and power over mean element power."""
    covariance, freq_hz = window_covariance(samples, rate_hz, params)
    power = capon_map(covariance, freq_hz, offsets_km, params)
    flat = power.reshape(len(power), -1)
    best = flat.argmax(axis=1)
    node = np.stack(np.unravel_index(best, power.shape[1:]), axis=1)
    level = np.real(np.einsum("wfjj->w", covariance)) / offsets_km.shape[0]
    return node, flat[np.arange(len(flat)), best] / np.maximum(level, 1e-300)


def window_covariance(
    samples: FloatArray, rate_hz: float, params: FkParams
) -> tuple[NDArray[np.complex128], FloatArray]:
    """Return the covariance of each window and bin, shape (windows, bins, n, n), and the bins.

    Raises
    ------
    ParameterError
        The sub-windows are too short to resolve a frequency in the band.
    """
    number = samples.shape[0]
    length = round(params.window_s * rate_hz)
    snapshots = params.snapshots or 2 * number
    # Half-overlapping sub-windows: length = part * (snapshots + 1) / 2, and at least two
    # periods of the lowest frequency in each.
    shortest = int(np.ceil(2.0 * rate_hz / max(params.band_hz[0], 1e-3)))
    part = min(max(2 * length // (snapshots + 1), shortest), length)
    hop = max((length - part) // max(snapshots - 1, 1), 1)
    inner = np.arange(0, length - part + 1, hop)[:snapshots]
    freq_hz = np.arange(part // 2 + 1) * rate_hz / part
    bins = np.flatnonzero((freq_hz >= params.band_hz[0]) & (freq_hz <= params.band_hz[1]))
    if len(inner) < 2 or not len(bins):
        raise ParameterError(
            name="window_s",
            value=params.window_s,
            expected=f"longer: Capon needs several sub-windows of {part / rate_hz:g} s in it",
        )
    step = max(round(params.step_s * rate_hz), 1)
    starts = np.arange(0, max(samples.shape[1] - length + 1, 0), step)
    view = np.lib.stride_tricks.sliding_window_view(np.nan_to_num(samples), part, axis=1)
    cut = view[:, starts[:, None] + inner].transpose(1, 2, 0, 3)
    cut = (cut - cut.mean(axis=3, keepdims=True)) * cosine_taper(part, part // 2)
    spectra = np.fft.rfft(cut, axis=3)[..., bins]
    covariance = np.einsum("wkjf,wklf->wfjl", spectra, spectra.conj()) / len(inner)
    return covariance, freq_hz[bins]


def capon_map(
    covariance: NDArray[np.complex128],
    freq_hz: FloatArray,
    offsets_km: FloatArray,
    params: FkParams,
) -> FloatArray:
    """Return the Capon power, shape (windows, nodes east, nodes north)."""
    axis = params.grid.axis_s_per_km
    number = len(offsets_km)
    level = np.real(np.einsum("wfjj->wf", covariance)) / number
    load = np.maximum(params.loading * level, 1e-300)[:, :, None, None] * np.eye(number)
    inverse = np.linalg.inv(covariance + load)
    nodes = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    delays = nodes @ offsets_km.T
    power = np.zeros((len(covariance), len(nodes)))
    for index, freq in enumerate(freq_hz):
        steering = np.exp(-2j * np.pi * freq * delays)
        for window in range(len(covariance)):
            turned = steering.conj() @ inverse[window, index]
            power[window] += 1.0 / np.real(np.sum(turned * steering, axis=1))
    return power.reshape(len(covariance), len(axis), len(axis))
