"""Canadian compression against 20 channels of three operational frames, and its plain twin."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.cd11_channels import FRAMES, SAMPLES, SUMS, channels_of

from vigie.errors import BadEncodingError, UnwritableError
from vigie.formats.codecs import _twins, decode_canadian, encode_canadian

if TYPE_CHECKING:
    from pathlib import Path

small = st.integers(-(2**29), 2**29 - 1)


@settings(deadline=None)  # the first call may compile
@given(st.lists(small, min_size=1, max_size=130))
def test_decoding_undoes_encoding_and_agrees_with_the_twin(values: list[int]) -> None:
    samples = np.array(values, np.int32)
    encoded = encode_canadian(samples)
    assert np.array_equal(decode_canadian(encoded, len(samples)), samples)
    assert np.array_equal(_twins.canadian_decode(encoded, len(samples)), samples)


def test_steps_that_need_more_than_32_bits_are_refused() -> None:
    jumps = np.array([-(2**31), 2**31 - 1, -(2**31), 2**31 - 1], np.int32)
    with pytest.raises(UnwritableError, match="32 bits"):
        encode_canadian(jumps)


def test_no_sample_is_refused() -> None:
    with pytest.raises(UnwritableError, match="no sample"):
        encode_canadian(np.zeros(0, np.int32))


def test_a_constant_takes_the_narrowest_width() -> None:
    # 2 bytes of index, 4 of the first sample, 20 differences of 4 bits.
    assert len(encode_canadian(np.full(20, 7, np.int32))) == 16


@pytest.mark.parametrize("n_samples", [0, -1, 2**31 - 1, 1000])
def test_impossible_numbers_of_samples_are_refused(n_samples: int) -> None:
    with pytest.raises(BadEncodingError):
        decode_canadian(b"\x00" * 16, n_samples)


def test_bytes_left_over_are_refused() -> None:
    encoded = encode_canadian(np.arange(40, dtype=np.int32))
    decode_canadian(encoded + b"\x00" * 3, 40)
    with pytest.raises(BadEncodingError, match="left over"):
        decode_canadian(encoded + b"\x00" * 4, 40)


@settings(deadline=None)  # the first call may compile
@given(st.binary(min_size=6, max_size=200), st.integers(1, 400))
def test_any_bytes_decode_or_are_refused(data: bytes, n_samples: int) -> None:
    with contextlib.suppress(BadEncodingError):
        assert len(decode_canadian(data, n_samples)) == n_samples


def test_block_that_went_through_a_text_conversion_is_refused() -> None:
    samples = np.cumsum(np.random.default_rng(3).integers(-90, 90, 400)).astype(np.int32)
    damaged = encode_canadian(samples).decode("utf-8", errors="replace").encode()
    with pytest.raises(BadEncodingError):
        decode_canadian(damaged, 400)


@pytest.mark.data
@pytest.mark.parametrize("name", list(FRAMES))
def test_channels_of_operational_frames(shared_data: Path, name: str) -> None:
    channels = channels_of((shared_data / "formats" / "cd11" / name).read_bytes())
    assert len(channels) == FRAMES[name]
    compressed = [channel for channel in channels if channel.is_canadian]
    assert len(compressed) == {5: 3, 3: 3, 14: 14}[len(channels)]
    for channel in compressed:
        samples = decode_canadian(channel.data, channel.n_samples)
        key = (channel.station, channel.channel)
        if key in SAMPLES:
            n_samples, total, first, last = SAMPLES[key]
            assert len(samples) == n_samples
            assert tuple(samples[:4].tolist()) == first
            assert tuple(samples[-3:].tolist()) == last
        else:
            total = SUMS[key]
        assert int(samples.sum(dtype=np.int64)) == total
        again = encode_canadian(samples)
        assert np.array_equal(decode_canadian(again, len(samples)), samples)
        assert len(again) <= len(channel.data)
