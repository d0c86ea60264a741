"""How a decoder's loop ended: good, or what stopped it; beside it stands the position."""

from __future__ import annotations

GOOD = 0
OUT_OF_DATA = 1
TOO_LARGE = 2
"""A value beyond int32."""
NOT_A_CODE = 3
"""A byte that the encoding does not have."""
TOO_MANY = 4
"""More samples than there is room for."""

INT32_MAX = 2**31 - 1
INT32_MIN = -(2**31)
