"""Small types that several modules of this room share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int_]
StrArray = NDArray[np.str_]


class Case(NamedTuple):
    """One possibility of what is not known of the errors."""

    scale: float
    """True over stated size of the model's errors."""
    length_km: float
    """Over which they correlate; 0: independent."""
    power: float
    """1: rough, exponential; 2: smooth, Gaussian."""
    own_share: float
    """Of the model's variance that neighbours do not share."""
    depth_sigma_km: float
    """Standard error of a default depth."""
