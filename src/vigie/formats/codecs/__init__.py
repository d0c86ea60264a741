"""Encodings of samples: CM6 and INT text, Canadian and e1 compression, plain CSS codes.

Each decoder checks what it reads and raises ``BadEncodingError`` with the byte offset.
"""

from vigie.formats.codecs.canadian import decode_canadian, encode_canadian
from vigie.formats.codecs.cm6 import decode_cm6, encode_cm6
from vigie.formats.codecs.e1 import Block, decode_e1
from vigie.formats.codecs.integers import checksum_chk2, decode_int, encode_int
from vigie.formats.codecs.plain import PLAIN_TYPES, decode_plain, encode_plain

__all__ = [
    "PLAIN_TYPES",
    "Block",
    "checksum_chk2",
    "decode_canadian",
    "decode_cm6",
    "decode_e1",
    "decode_int",
    "decode_plain",
    "encode_canadian",
    "encode_cm6",
    "encode_int",
    "encode_plain",
]
