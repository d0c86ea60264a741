"""Signed roots of simulated measurements, many at once.

What it computes: r(0) of one nuclide in counts drawn from a model without it, nuisances held:
with so few counts they say nothing of a nuisance. Cost: 0.1 ms for 10 cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.poisson_kernel import minimise

if TYPE_CHECKING:
    from vigie.radionuclide.noble_gas.cell_model import CellModel

FloatArray = NDArray[np.float64]


def toy_roots(
    drawn: FloatArray,
    k: int,
    free: NDArray[np.bool_],
    setting: tuple[FloatArray, CellModel, FloatArray],
) -> FloatArray:
    """Return r(0) of nuclide ``k`` in each of n drawn measurements.

    Parameters
    ----------
    drawn : ndarray, shape (n, C, 3)
    free : ndarray of bool
        Parameters free in the fit of the sample.
    setting : point, model, scaled design
        ``point``: where the counts were drawn from.
    """
    point, model, design = setting
    n = 2 * design.shape[2]
    factor = 1.0 + np.einsum("j,jck->ck", point[n:], model.relative)
    nothing = np.zeros((0, *design.shape[1:]))
    start = point[:n].copy()
    start[k] = 0.0
    return _roots(drawn, k, free[:n].copy(), start, model.ratio, (design * factor, nothing))


@njit(cache=True, nogil=True)
def _roots(
    drawn: FloatArray,
    k: int,
    free: NDArray[np.bool_],
    start: FloatArray,
    ratio: FloatArray,
    responses: tuple[FloatArray, FloatArray],
) -> FloatArray:
    design, nothing = responses
    held = free.copy()
    held[k] = False
    roots = np.empty(len(drawn))
    for n in range(len(drawn)):
        null_value, null_point, _, _ = minimise(start, held, drawn[n], ratio, design, nothing)
        value, point, _, _ = minimise(null_point, free, drawn[n], ratio, design, nothing)
        size = np.sqrt(max(2.0 * (null_value - value), 0.0))
        roots[n] = size if point[k] > 0.0 else -size
    return roots
