"""Uncompressed samples by their CSS 3.0 data type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.errors import BadEncodingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DTYPES = {
    "s4": (">i4", np.int32),
    "i4": ("<i4", np.int32),
    "s2": (">i2", np.int32),
    "i2": ("<i2", np.int32),
    "t4": (">f4", np.float32),
    "f4": ("<f4", np.float32),
    "t8": (">f8", np.float64),
    "f8": ("<f8", np.float64),
}
PLAIN_TYPES = {"s3": 3, **{code: int(stored[2]) for code, (stored, _) in _DTYPES.items()}}
"""Bytes per sample of each data type."""


def decode_plain(data: bytes, data_type: str, n_samples: int) -> NDArray[Any]:
    """Decode ``s4 s3 s2`` (big-endian), ``i4 i2`` (little), ``t4 t8`` and ``f4 f8`` (floats).

    Returns
    -------
    ndarray, shape (n_samples,)
        int32, float32 or float64.

    Raises
    ------
    BadEncodingError
        There are fewer bytes than the samples take, or the data type is none of these.
    """
    if data_type not in PLAIN_TYPES:
        raise BadEncodingError(codec=data_type, offset=0, reason="the data type is not known")
    n_bytes = n_samples * PLAIN_TYPES[data_type]
    if n_samples < 0 or n_bytes > len(data):
        raise BadEncodingError(
            codec=data_type, offset=len(data), reason=f"{n_samples} samples take {n_bytes} bytes"
        )
    if data_type == "s3":
        triples = np.frombuffer(data, np.uint8, n_bytes).reshape(-1, 3).astype(np.int32)
        value = (triples[:, 0] << 16) | (triples[:, 1] << 8) | triples[:, 2]
        return value - ((value & 0x800000) << 1)
    stored, native = _DTYPES[data_type]
    return np.frombuffer(data, stored, n_samples).astype(native)


def encode_plain(samples: NDArray[Any], data_type: str) -> bytes:
    """Encode samples as ``s4``, ``t4``, ``t8`` or another code of whole words.

    Raises
    ------
    KeyError
        The data type is ``s3`` or unknown.
    """
    return samples.astype(_DTYPES[data_type][0]).tobytes()
