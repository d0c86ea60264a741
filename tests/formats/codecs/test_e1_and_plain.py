"""e1 blocks against their plain twin and a real file; plain sample types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import BadEncodingError
from vigie.formats.codecs import PLAIN_TYPES, _twins, decode_e1, decode_plain, encode_plain
from vigie.testing.examples import e1_block

if TYPE_CHECKING:
    from pathlib import Path


@settings(deadline=None)  # the first call may compile
@given(
    st.lists(st.integers(-(2**21), 2**21), min_size=1, max_size=150),
    st.integers(0, 2),
)
def test_blocks_decode_to_what_was_put_in(values: list[int], n_differences: int) -> None:
    samples = np.array(values, np.int32)
    block = e1_block(samples, n_differences)
    (decoded,) = decode_e1(block)
    assert decoded.samples is not None
    assert np.array_equal(decoded.samples, samples)
    assert np.array_equal(_twins.e1_decode(block[8:], n_differences, len(samples)), samples)


def test_a_damaged_block_keeps_its_place() -> None:
    blocks = [e1_block(np.arange(k, k + 100, dtype=np.int32), 1) for k in range(3)]
    middle = bytearray(blocks[1])
    middle[7] ^= 1
    decoded = decode_e1(blocks[0] + bytes(middle) + blocks[2])
    assert [block.n_samples for block in decoded] == [100, 100, 100]
    assert [block.samples is None for block in decoded] == [False, True, False]
    assert "check value" in decoded[1].problem


@pytest.mark.parametrize(
    "header",
    [b"", b"\x00", b"\x00\x00\x00\x01", b"\xff\xff\x00\x01\x00\x00\x00\x00", b"\x00\x08" * 4],
)
def test_impossible_headers_are_refused(header: bytes) -> None:
    if not header:
        assert decode_e1(header) == []
        return
    with pytest.raises(BadEncodingError, match="a block of"):
        decode_e1(header)


@settings(deadline=None)  # the first call may compile
@given(st.binary(max_size=400))
def test_any_bytes_decode_or_are_refused(data: bytes) -> None:
    try:
        blocks = decode_e1(data)
    except BadEncodingError:
        return
    assert all(block.samples is None or len(block.samples) == block.n_samples for block in blocks)


@pytest.mark.parametrize("data_type", [code for code in PLAIN_TYPES if code != "s3"])
def test_plain_types_are_undone(data_type: str) -> None:
    samples = np.array([0, 1, -1, 32767, -32768, 1234], np.int32)
    data = encode_plain(samples, data_type)
    assert len(data) == len(samples) * PLAIN_TYPES[data_type]
    assert np.array_equal(decode_plain(data, data_type, len(samples)), samples)


def test_24_bit_integers_are_big_endian_twos_complement() -> None:
    data = bytes.fromhex("000001 ffffff 7fffff 800000")
    assert decode_plain(data, "s3", 4).tolist() == [1, -1, 8388607, -8388608]


def test_too_few_bytes_and_unknown_types_are_refused() -> None:
    with pytest.raises(BadEncodingError, match="take 8 bytes"):
        decode_plain(b"\x00" * 7, "s4", 2)
    with pytest.raises(BadEncodingError, match="not known"):
        decode_plain(b"\x00" * 7, "x9", 2)


@pytest.mark.data
def test_all_check_values_of_a_real_file_agree(shared_data: Path) -> None:
    blocks = decode_e1((shared_data / "formats/waveform/I22FR.e1.w").read_bytes())
    assert len(blocks) == 345
    parts = [block.samples for block in blocks if block.samples is not None]
    assert len(parts) == 345
    samples = np.concatenate(parts)
    assert len(samples) == 604_800
    assert int(samples.sum(dtype=np.int64)) == 8_938_959_269
    assert (int(samples.min()), int(samples.max())) == (-47958, 995619)
    assert samples[:5].tolist() == [-11129, -10996, -10919, -10813, -10713]
    assert samples[-3:].tolist() == [-2271, -2360, -2564]
