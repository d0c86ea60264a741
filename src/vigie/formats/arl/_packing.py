"""A field in bytes: differences along the row, and a checksum of the whole.

Source: NOAA ARL, HYSPLIT user's guide, "ARL data format" (S141). A byte is the difference to the
point before in the row, of a first point to the first of the row below, in steps of 2**(e - 7)
with an excess of 127. The packing carries its own rounding along, so that each point is within
half a step of the truth however long the row is; sums in double precision add nothing to that.
Half a step is what a label calls the precision (there 2**e / 254, 0.8 % more).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.formats.arl._label import Label

_EXCESS = 127.0


def checksum(packed: NDArray[np.uint8]) -> int:
    """Return the rotating checksum of a record, 0 to 255.

    The format adds byte by byte and takes 255 off a sum of 256 or more: the remainder of the sum
    by 255, where a multiple of 255 is 255, and 0 only what is all zeros.

    Examples
    --------
    >>> checksum(np.array([200, 100, 210], np.uint8))
    255
    """
    total = int(packed.sum(dtype=np.int64))
    return (total - 1) % 255 + 1 if total else 0


def unpack(packed: NDArray[np.uint8], label: Label, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return the values of a field.

    Parameters
    ----------
    packed : ndarray, shape (n_rows * n_columns,)
    label : Label
        Its exponent and its first value are used.
    shape : tuple
        Numbers of rows and columns.

    Returns
    -------
    ndarray, shape (n_rows, n_columns)
        In the unit of the variable, rows as the file has them.
    """
    field = (packed.reshape(shape) - _EXCESS) * math.ldexp(1.0, label.exponent - 7)
    field[:, 0] = label.first + np.cumsum(field[:, 0])
    return np.cumsum(field, axis=1)
