"""Canadian compression: bit-packed second differences (CD-1.1 transform 1 and 2, CSS cc, CD).

For n samples: ceil(n/20) index words of 16 bits (1 bit that chooses one of two width tables,
five 3-bit codes), the first sample in 32 bits, then per index word five groups of four second
differences of the coded width, most significant bit first. The first difference of all starts
the running sum.

Source: IDC-3.4.3 rev. 0.3, checked on the 20 compressed channels of three CD-1.1 frames of IMS
stations. Accuracy: exact. Speed: ``benchmarks/codecs.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import BadEncodingError, UnwritableError
from vigie.formats.codecs._status import OUT_OF_DATA, TOO_LARGE

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTHS = np.array([[4, 6, 8, 10, 12, 14, 16, 18], [4, 8, 12, 16, 20, 24, 28, 32]], np.int64)
"""Bits of a second difference: rows by the first bit of the index word, columns by code."""
_MAX_PADDING = 3


def decode_canadian(data: bytes, n_samples: int) -> NDArray[np.int32]:
    """Decode a block of Canadian-compressed samples.

    Parameters
    ----------
    data : bytes
        The block; up to 3 bytes of padding may follow.
    n_samples : int
        Number of samples, from the header that goes with the block.

    Raises
    ------
    BadEncodingError
        The bytes end early, are not used up to their padding, or give samples beyond 32 bits.
    """
    # Each index word takes 2 bytes for 20 samples, so a declared number can be checked
    # before memory is taken.
    if not 0 < n_samples <= 10 * len(data):
        raise BadEncodingError(
            codec="Canadian", offset=0, reason=f"{n_samples} samples cannot be in {len(data)} bytes"
        )
    from vigie.formats.codecs import _bit_kernels

    out = np.empty(n_samples, np.int32)
    used, status = _bit_kernels.canadian_decode(np.frombuffer(data, np.uint8), WIDTHS, out)
    reasons = {
        OUT_OF_DATA: f"it ends before {n_samples} samples",
        TOO_LARGE: "a sample is beyond 32 bits",
    }
    if status:
        raise BadEncodingError(codec="Canadian", offset=used, reason=reasons[status])
    if len(data) - used > _MAX_PADDING:
        raise BadEncodingError(
            codec="Canadian", offset=used, reason=f"{len(data) - used} bytes are left over"
        )
    return out


def encode_canadian(samples: NDArray[np.int32]) -> bytes:
    """Encode at least one sample, each group of four as narrow as its index word allows.

    Raises
    ------
    UnwritableError
        There is no sample, or a second difference needs more than 32 bits.
    """
    from vigie.formats.codecs import _bit_kernels

    if not len(samples):
        raise UnwritableError(
            format="Canadian compression", what="no sample", remedy="Leave the channel out."
        )
    n_words = (len(samples) + 19) // 20
    out = np.empty(2 * n_words + 4 + 80 * n_words, np.uint8)
    length, status = _bit_kernels.canadian_encode(np.asarray(samples, np.int32), WIDTHS, out)
    if status:
        raise UnwritableError(
            format="Canadian compression",
            what="a second difference of more than 32 bits",
            remedy="Send the samples uncompressed.",
        )
    return out[:length].tobytes()
