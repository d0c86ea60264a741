"""INT: plain integers as text; and the checksum CHK2 of GSE and IMS messages.

Source: GSE2.0 message formats (Conference Room Paper 243). Exact; speeds in
``benchmarks/codecs.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.errors import BadEncodingError
from vigie.formats.codecs._status import NOT_A_CODE, TOO_LARGE, TOO_MANY

if TYPE_CHECKING:
    from numpy.typing import NDArray

LINE_LENGTH = 80


def decode_int(data: bytes, max_samples: int) -> NDArray[np.int32]:
    """Decode integers that blanks or line ends separate.

    Raises
    ------
    BadEncodingError
        Something is no integer or beyond 32 bits, or there are more than expected.
    """
    from vigie.formats.codecs import _text_kernels

    out = np.empty(min(max_samples, (len(data) + 1) // 2), np.int32)
    count, at, status = _text_kernels.int_decode(np.frombuffer(data, np.uint8), out)
    reasons = {
        TOO_LARGE: "a sample is beyond 32 bits",
        TOO_MANY: f"more than the {max_samples} samples declared",
        NOT_A_CODE: f"{data[at : at + 12].decode('latin-1')!r} is no integer",
    }
    if status:
        raise BadEncodingError(codec="INT", offset=at, reason=reasons[status])
    return out[:count]


def encode_int(samples: NDArray[np.int32]) -> bytes:
    """Encode samples as lines of at most 80 characters, the last without its end."""
    lines: list[str] = []
    line = ""
    for word in map(str, samples.tolist()):
        if line and len(line) + 1 + len(word) > LINE_LENGTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join([*lines, line]).encode()


def checksum_chk2(samples: NDArray[Any]) -> int:
    """Return the checksum CHK2: a running sum modulo 1e8 with remainders as in C.

    Examples
    --------
    >>> checksum_chk2(np.array([99_999_999, 5, -7], np.int32))
    3
    """
    from vigie.formats.codecs import _text_kernels

    return int(_text_kernels.chk2(np.asarray(samples, np.int32)))
