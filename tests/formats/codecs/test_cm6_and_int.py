"""CM6, INT and CHK2 against their plain twins, ObsPy's codec and two real messages."""

from __future__ import annotations

import contextlib
import io
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import BadEncodingError
from vigie.formats.codecs import (
    _twins,
    checksum_chk2,
    decode_cm6,
    decode_int,
    encode_cm6,
    encode_int,
)

int32 = st.integers(-(2**31), 2**31 - 1)
series = st.lists(int32, max_size=200).map(lambda values: np.array(values, np.int32))


@settings(deadline=None)  # the first call may compile
@given(series)
def test_cm6_is_undone_and_agrees_with_the_twin(samples: np.ndarray) -> None:
    encoded = encode_cm6(samples)
    decoded, n_foreign = decode_cm6(encoded, len(samples))
    assert n_foreign == 0
    assert np.array_equal(decoded, samples)
    assert np.array_equal(_twins.cm6_decode(encoded), samples)
    assert encoded.replace(b"\n", b"") == _twins.cm6_encode(samples)
    assert all(len(line) <= 80 for line in encoded.split(b"\n"))


@settings(deadline=None)  # the first call may compile
@given(series)
def test_int_is_undone(samples: np.ndarray) -> None:
    encoded = encode_int(samples)
    assert np.array_equal(decode_int(encoded, len(samples)), samples)
    assert all(len(line) <= 80 for line in encoded.split(b"\n"))


@settings(deadline=None)  # the first call may compile
@given(series)
def test_checksum_follows_its_definition(samples: np.ndarray) -> None:
    assert checksum_chk2(samples) == _twins.chk2(samples)


def test_checksum_of_published_example() -> None:
    # loc_RJOB20050831023349_first100_dos.z of ObsPy's GSE2 records states 350.
    assert checksum_chk2(np.array([12, -10, 16, 33], np.int32)) == 51
    assert checksum_chk2(np.array([99_999_999, 1, -3], np.int32)) == 3


@settings(deadline=None)  # the first call may compile
@given(st.lists(st.integers(-(2**20), 2**20), min_size=1, max_size=400))
def test_obspy_reads_our_cm6(values: list[int]) -> None:
    from obspy import read

    samples = np.array(values, np.int32)
    message = (
        b"WID2 2019/02/14 18:30:00.000 KUR01 BHZ      CM6 "
        + f"{len(samples):8d}".encode()
        + b"   40.000000   1.00e+00   1.000         -1.0 -1.0\nDAT2\n"
        + encode_cm6(samples)
        + f"\nCHK2 {checksum_chk2(samples):8d}\n\n".encode()
    )
    with warnings.catch_warnings():
        # ObsPy keeps the sign of the running sum; messages of the IDC have none.
        warnings.filterwarnings("ignore", "Checksum differs only", UserWarning)
        warnings.filterwarnings("ignore", "SelectableGroups", DeprecationWarning)
        theirs = read(io.BytesIO(message), format="GSE2")[0].data
    assert np.array_equal(theirs, samples)


@pytest.mark.parametrize(
    ("text", "reason"),
    [(b"zzzzzzzzzzzz+", "beyond 32 bits"), (b"+z", "cut off"), (b"++++", "more than the 3")],
)
def test_bad_cm6_is_refused_with_its_place(text: bytes, reason: str) -> None:
    with pytest.raises(BadEncodingError, match=reason):
        decode_cm6(text, 3 if text == b"++++" else 100)


def test_characters_outside_the_alphabet_are_counted() -> None:
    decoded, n_foreign = decode_cm6(b"1 \r\n1\t*1\xff", 10)
    assert n_foreign == 2
    assert decoded.tolist() == [3, 9, 18]


@pytest.mark.parametrize("text", [b"1 2 x", b"1.5", b"--3", b"-", b"99999999999", b"2147483648"])
def test_bad_integers_are_refused(text: bytes) -> None:
    with pytest.raises(BadEncodingError):
        decode_int(text, 100)


@settings(deadline=None)  # the first call may compile
@given(st.binary(max_size=300))
def test_any_bytes_decode_or_are_refused(data: bytes) -> None:
    for decode in (decode_cm6, decode_int):
        with contextlib.suppress(BadEncodingError):
            decode(data, 1000)
