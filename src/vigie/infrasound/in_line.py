"""Arrays of which all but one element stand in line, or nearly: that one cannot be done without.

Nothing contradicts such an element: whatever its time, a plane wave fits. What is said of three
elements holds of it. Where it is reversed it is turned over and kept, for the others alone give no
direction; where it is wrong otherwise there is none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LEAST_SEEN = 0.12
"""Share of a time error that is left as misfit, below which an error of 1 s is not seen: windows
see 0.12 s."""
LEAST_ELEMENTS = 4


def unseen(offsets_km: FloatArray) -> list[int]:
    """Return the elements whose time errors leave hardly any misfit of a plane wave.

    Parameters
    ----------
    offsets_km : ndarray, shape (n, 2)
    """
    if len(offsets_km) < LEAST_ELEMENTS:
        return []
    design = np.column_stack([np.ones(len(offsets_km)), offsets_km])
    leverage = np.einsum("ij,ji->i", design, np.linalg.pinv(design))
    return np.flatnonzero(np.sqrt(np.clip(1.0 - leverage, 0.0, 1.0)) < LEAST_SEEN).tolist()
