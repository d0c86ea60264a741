"""Capon's high-resolution f-k on steered covariances, window by window.

P(s) = 1/(1^H R(s)^-1 1), R(s) = sum_f D(s,f) x x^H D(s,f)^H, D = diag(exp(+2 pi i f s.r_j)): the
elements are steered towards s over the whole window, then their covariance is taken over all bins
of the band (Krolik & Swingler 1989). It has full rank from the bins of one window. The textbook's
covariance of each bin takes sub-windows instead, and its coherence is lost where a wave takes as
long as a sub-window to cross the array: with apertures of 2 km and windows of 20 s the maximum
lay anywhere. Here only what crosses the edges of the window is lost, as with Bartlett.
Diagonal loading of 0.1 trace(R)/N guards against wave fronts that are not quite plane.

Capon's power is never above Bartlett's, P(s) <= 1^H R(s) 1/N^2: nodes are taken in the order of
Bartlett's power, until this bound falls below the largest P. Its maximum is narrower than a step
of the grid at large apertures: Bartlett's maxima are refined and tried, and the largest P is
climbed by steps that are halved.

Sources: Capon (1969), Proc. IEEE 57, 1408-1418; Krolik & Swingler (1989), IEEE Trans. ASSP 37,
1481-1494 (steered minimum variance); loading after Carlson (1988), IEEE Trans. Aerosp. Electron.
Syst. 24, 397-401. Assumes no wave that is coherent with another. Accuracy and cost as measured:
``docs/methods/fk.md``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

from vigie.signal.fk_kernels import power_one
from vigie.signal.fk_refine import refine

if TYPE_CHECKING:
    from vigie.signal.array_spectra import Spectra
    from vigie.signal.fk_params import FkParams

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

FINEST = 0.35
"""Largest step of the grid, in cycles across the array at the rms frequency of the band ..."""
MOST_NODES = 601
"""... up to so many nodes per axis; odd."""
LOBES = 24
"""Maxima of Bartlett's power that are refined and tried."""
HALVINGS = 6
"""Of a step of the grid, at the climb."""
ENOUGH = 12.0
"""Independent bins per element; with fewer the covariance says less, and loading grows."""
ABSENT = 1e9
"""Variance of an element without data, in mean powers: it has no weight."""


def capon_maxima(
    spectra: Spectra, offsets_km: FloatArray, params: FkParams
) -> tuple[FloatArray, NDArray[np.bool_], FloatArray]:
    """Return the slowness of largest Capon power of each window.

    Parameters
    ----------
    spectra : Spectra
    offsets_km : ndarray, shape (n, 2)
        Centred.
    params : FkParams

    Returns
    -------
    slowness_s_per_km : ndarray, shape (windows, 2)
    on_edge : ndarray of bool, shape (windows,)
    score : ndarray, shape (windows,)
        Capon power over the mean power of an element.
    """
    params = _fine(params, spectra, offsets_km)
    axis, step = params.grid.axis_s_per_km, params.grid.step_s_per_km
    slowness = np.zeros((len(spectra.values), 2))
    score = np.zeros(len(slowness))
    for w in range(len(slowness)):
        search = _Window(spectra, w, offsets_km, params.loading)
        bartlett = power_one(spectra.values[w], spectra.freq_hz, offsets_km, axis)
        lobes = _lobes(spectra, w, offsets_km, (params, bartlett))
        best, top = search.best(lobes)
        best, top = search.best_node(bartlett, axis, (best, top))
        slowness[w], score[w] = search.climbed(best, top, step)
    limit = params.grid.max_s_per_km
    slowness = np.clip(slowness, -limit, limit)
    return slowness, np.asarray((np.abs(slowness) >= limit - 0.5 * step).any(axis=1)), score


def _fine(params: FkParams, spectra: Spectra, offsets_km: FloatArray) -> FkParams:
    """Return a grid whose nodes stand as near each other as the main lobe is wide."""
    apart = np.linalg.norm(offsets_km[:, None] - offsets_km[None], axis=2)
    cycles = float(np.max(apart) * np.sqrt(np.mean(spectra.freq_hz**2)))
    times = int(np.ceil(params.grid.step_s_per_km * cycles / FINEST))
    nodes = min((params.grid.nodes - 1) * max(times, 1) + 1, max(MOST_NODES, params.grid.nodes))
    return replace(params, grid=replace(params.grid, nodes=nodes))


class _Window:
    """Capon power of one window at any slowness, over the mean power of an element."""

    def __init__(self, spectra: Spectra, row: int, offsets_km: FloatArray, loading: float) -> None:
        present = spectra.present[row]
        values = spectra.values[row]
        mean = float(np.sum(np.abs(values) ** 2)) / max(int(present.sum()), 1)
        self._values = np.ascontiguousarray(values / np.sqrt(max(mean, 1e-300)))
        self._number = max(int(present.sum()), 1)
        few = ENOUGH * self._number / spectra.independent_bins
        self._loading = loading * max(few, 1.0) ** 2
        self._load = np.where(present, self._loading, ABSENT)
        self._omega = 2.0 * np.pi * spectra.freq_hz
        self._offsets = offsets_km
        self._scale = max(mean, 1e-300)

    def power(self, slowness: FloatArray) -> FloatArray:
        """Return the power at slownesses, shape (m, 2)."""
        return steered_power(self._values, self._omega, slowness @ self._offsets.T, self._load)

    def best(self, slowness: FloatArray) -> tuple[FloatArray, float]:
        """Return the slowness of largest power among some, and that power."""
        power = self.power(slowness)
        at = int(power.argmax())
        return slowness[at], float(power[at])

    def best_node(
        self, bartlett: FloatArray, axis: FloatArray, found: tuple[FloatArray, float]
    ) -> tuple[FloatArray, float]:
        """Return the best of ``found`` and of all nodes of the grid."""
        best, top = found
        bound = bartlett.ravel() / (self._scale * self._number**2) + self._loading / self._number
        order = np.argsort(-bound)
        block = 256
        for first in range(0, len(order), block):
            part = order[first : first + block]
            # Single precision of the bound.
            if bound[part[0]] * (1.0 + 1e-4) < top:
                break
            east, north = np.divmod(part, len(axis))
            node, power = self.best(np.stack([axis[east], axis[north]], axis=1))
            if power > top:
                best, top = node, power
        return best, top

    def climbed(self, best: FloatArray, top: float, step: float) -> tuple[FloatArray, float]:
        """Return the maximum near a slowness."""
        around = np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j], dtype=float)
        for _ in range(HALVINGS):
            step *= 0.5
            for _ in range(3):
                near, power = self.best(best + step * around)
                if not power > top:
                    break
                best, top = near, power
        return best, top


def _lobes(
    spectra: Spectra, row: int, offsets_km: FloatArray, search: tuple[FkParams, FloatArray]
) -> FloatArray:
    """Return the largest maxima of Bartlett's power, refined, shape (m, 2)."""
    params, power = search
    padded = np.pad(power, 1, constant_values=-1.0)
    rows, columns = power.shape
    shifts = [(i, j) for i in (0, 1, 2) for j in (0, 1, 2)]
    highest = np.max([padded[i : i + rows, j : j + columns] for i, j in shifts], axis=0)
    peaks = np.flatnonzero((power >= highest).ravel())
    peaks = peaks[np.argsort(-power.ravel()[peaks])][:LOBES]
    nodes = np.stack(np.divmod(peaks, columns), axis=1)
    same = replace(
        spectra,
        values=np.broadcast_to(spectra.values[row], (len(nodes), *spectra.values.shape[1:])),
        present=np.broadcast_to(spectra.present[row], (len(nodes), spectra.present.shape[1])),
    )
    return refine(same, offsets_km, params, nodes)[0]


@njit(cache=True)
def steered_power(
    values: ComplexArray, omega: FloatArray, delays_s: FloatArray, load: FloatArray
) -> FloatArray:
    """Return 1/(1^H (R + load)^-1 1) of elements that are steered by delays, shape (m,).

    Parameters
    ----------
    values : ndarray, shape (n, bins)
    omega : ndarray, shape (bins,)
        Evenly spaced.
    delays_s : ndarray, shape (m, n)
    load : ndarray, shape (n,)
    """
    number, bins = values.shape
    spacing = omega[1] - omega[0] if bins > 1 else 0.0
    power = np.empty(len(delays_s))
    steered = np.empty((number, bins), dtype=np.complex128)
    root = np.zeros((number, number), dtype=np.complex128)
    solved = np.zeros(number, dtype=np.complex128)
    for m in range(len(delays_s)):
        for j in range(number):
            turn = np.exp(1j * spacing * delays_s[m, j])
            phase = np.exp(1j * omega[0] * delays_s[m, j])
            for f in range(bins):
                steered[j, f] = values[j, f] * phase
                phase *= turn
        total = 0.0
        # Cholesky root L of R, and z of L z = 1: 1^H R^-1 1 = |z|^2.
        for i in range(number):
            solved[i] = 1.0
            for j in range(i + 1):
                covariance = 0.0j
                for f in range(bins):
                    covariance += steered[i, f] * steered[j, f].conjugate()
                for k in range(j):
                    covariance -= root[i, k] * root[j, k].conjugate()
                if i == j:
                    root[i, i] = np.sqrt(covariance.real + load[i])
                else:
                    root[i, j] = covariance / root[j, j]
                    solved[i] -= root[i, j] * solved[j]
            solved[i] /= root[i, i]
            total += abs(solved[i]) ** 2
        power[m] = 1.0 / total
    return power
