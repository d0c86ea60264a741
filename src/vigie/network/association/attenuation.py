"""High frequencies do not come from afar: what the frequency of a detection says of its distance.

Beyond 20 deg the mantle takes exp(-pi f t*) from amplitudes, whatever the source. A detection
whose dominant frequency lies above what such a path leaves is unlikely to have come along it: its
log likelihood falls by pi t* for each Hz above that frequency. t* of P is least under shields,
0.1 to 0.2 s at several Hz (Bache 1985, BSSA 75, 1553-1570); that of S is four times that of P.
PKPdf crosses the mantle twice and spends up to 200 s in the inner core, whose Q of 440 for P (PREM,
Dziewonski & Anderson 1981, PEPI 25, 297-356) takes 0.2 to 0.4 s more. So four picks of 8 Hz within
a second are a local event, not a core phase, though both fit as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.hypothesis import deltas_deg
from vigie.network.loss import CORE_DEG

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.network.association.context import Context

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

FAR_DEG = 20.0
T_STAR_S = np.array([[0.2, 0.8], [0.5, 0.8]])
"""Of P and S through the mantle, and beyond CORE_DEG."""
USUAL_HZ = np.array([[3.0, 1.0], [1.5, 1.0]])
"""Frequencies up to which signals of P and S do come from afar, and from beyond CORE_DEG."""
MOST_NATS = 6.0
"""Per detection: the frequency may have been measured on something else."""


def frequency_evidence(
    context: Context, unit: FloatArray, stations: IntArray, index: IntArray, member: FloatArray
) -> float:
    """Return what the frequencies of the picks say of a place, nats, 0 at most.

    Parameters
    ----------
    context : Context
    unit : ndarray, shape (3,)
        Direction of the place.
    stations : ndarray, shape (n,)
    index, member : ndarray, shape (n, 2)
        Picks taken for P and S, negative where none, and the probability that they are.
    """
    delta = deltas_deg(unit, context.columns.unit[stations])
    far = delta > FAR_DEG
    if not far.any():
        return 0.0
    core = (delta[far] > CORE_DEG).astype(np.int64)
    frequency = np.where(index[far] >= 0, context.frequency_hz[index[far]], 0.0)
    nats = np.pi * T_STAR_S[core] * np.maximum(frequency - USUAL_HZ[core], 0.0)
    return -float(np.sum(member[far] * np.minimum(nats, MOST_NATS)))
