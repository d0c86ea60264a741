"""CM6: six-bit text compression of second differences (GSE2.0, IMS1.0, IMS2.0).

Each character of ``+-0-9A-Za-z`` stands for 0-63. Of a number's first character bit 5 says that
another follows, bit 4 is the sign, bits 3-0 are the highest of the magnitude; each following
character adds 5 bits. The numbers are second differences; both sums start from 0.

Source: GSE2.0 message formats (Conference Room Paper 243); checked against ObsPy's codec and
two real messages that hold the same samples as CM6 and as integers.
Accuracy: exact. Speed: see ``benchmarks/codecs.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import BadEncodingError
from vigie.formats.codecs._status import OUT_OF_DATA, TOO_LARGE, TOO_MANY

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALPHABET = b"+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LINE_LENGTH = 80
_SKIP = 64
"""Blank or line end."""
_FOREIGN = 65
"""Any other byte outside the alphabet."""
_MAX_CHARACTERS = 8
"""Of one number: 34 bits and a sign."""


def code_table() -> NDArray[np.uint8]:
    """Return, for each byte, its code; 64 for blanks and line ends, 65 for anything else."""
    table = np.full(256, _FOREIGN, np.uint8)
    table[list(b" \t\r\n")] = _SKIP
    table[list(ALPHABET)] = np.arange(64)
    return table


_TABLE = code_table()


def decode_cm6(data: bytes, max_samples: int) -> tuple[NDArray[np.int32], int]:
    """Decode CM6 text.

    Parameters
    ----------
    data : bytes
        The lines after DAT2; blanks and line ends are passed over.
    max_samples : int
        How many samples are expected at most; memory is also bounded by the text.

    Returns
    -------
    samples : ndarray of int32, shape (n,)
    n_foreign : int
        How many characters were passed over that are neither codes nor blanks.

    Raises
    ------
    BadEncodingError
        A number is cut off, a sample is beyond 32 bits, or there are more than expected.
    """
    from vigie.formats.codecs import _text_kernels

    out = np.empty(min(max_samples, len(data)), np.int32)
    count, at, status, n_foreign = _text_kernels.cm6_decode(
        np.frombuffer(data, np.uint8), _TABLE, out
    )
    reasons = {
        TOO_LARGE: "a sample is beyond 32 bits",
        TOO_MANY: f"more than the {max_samples} samples declared",
        OUT_OF_DATA: "the last number is cut off",
    }
    if status:
        raise BadEncodingError(codec="CM6", offset=at, reason=reasons[status])
    return out[:count], n_foreign


def encode_cm6(samples: NDArray[np.int32]) -> bytes:
    """Encode samples as CM6 lines of 80 characters, the last without its end."""
    from vigie.formats.codecs import _text_kernels

    room = len(samples) * _MAX_CHARACTERS
    out = np.empty(room + room // LINE_LENGTH + 1, np.uint8)
    alphabet = np.frombuffer(ALPHABET, np.uint8)
    length = _text_kernels.cm6_encode(np.asarray(samples, np.int32), alphabet, LINE_LENGTH, out)
    return out[:length].tobytes()
