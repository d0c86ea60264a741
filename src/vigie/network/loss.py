"""How much of P is left at a distance: what makes near events likelier than far ones.

Small events are many and large ones few (ten times fewer for each unit of magnitude), and a far
event must be larger to be heard: so of two places that explain a set of times alike, the nearer
is likelier by ten to the power of the difference in loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

CORE_DEG = 110.0
"""Beyond it first P are those through the core."""
B_VALUE = 1.0
"""Of the Gutenberg-Richter law: the mean of the world (Frohlich & Davis 1993, JGR 98, 631-644)."""
REACH_SCATTER = 0.35
"""Scatter of station magnitudes, which blurs the reach of an event."""
_LOSS_DEG = np.array(
    [0, 0.05, 0.1, 0.3, 0.6, 1, 2, 3, 5, 8, 10, 15, 20, 30, 60, 80, 90, 98, 104, 112, 118, 140, 145,
     152, 160, 180]
)  # fmt: skip
_LOSS = np.array(
    [0, 0, 0.1, 0.5, 0.8, 1.05, 1.6, 2.0, 2.5, 3.0, 3.2, 3.4, 3.4, 3.7, 3.75, 3.85, 4.1, 4.6, 5.4,
     5.4, 4.8, 4.5, 3.9, 4.1, 4.4, 4.7]
)  # fmt: skip
"""Loss of P amplitude with distance, log10 units from an arbitrary zero. To 3 deg after
1.11 log10(r) + 0.00189 r (Hutton & Boore 1987), 20-98 deg after Veith & Clawson (1972), with the
core's shadow and the PKP caustic beyond; only the shape matters."""


def loss_at(delta_deg: FloatArray, depth_km: float) -> FloatArray:
    """Return the loss of P amplitude, log10 units; the distance is to the hypocentre."""
    slant = np.hypot(delta_deg, np.where(delta_deg < 20.0, depth_km / 111.19, 0.0))
    loss: FloatArray = np.interp(slant, _LOSS_DEG, _LOSS)
    return loss
