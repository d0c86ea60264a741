"""MATLAB files: the same variables as SciPy finds, and nothing but errors of ours on bad bytes."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.io
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vigie.formats.pmcc_bulletin._mat5 import (
    MatlabFileError,
    list_variables,
    numbers_of,
    texts_of,
)
from vigie.testing.mutation import mutate, prefixes

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCIPY: Any = scipy.io
"""Its published types know no file objects."""
DTYPES = ("i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8")


def saved(variables: dict[str, Any], *, compressed: bool = False) -> bytes:
    file = io.BytesIO()
    SCIPY.savemat(file, variables, do_compression=compressed)
    return file.getvalue()


def matrices() -> st.SearchStrategy[NDArray[Any]]:
    shapes = arrays.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=6)
    return st.sampled_from(DTYPES).flatmap(lambda dtype: arrays.arrays(dtype, shapes))


@settings(max_examples=60, deadline=None)
@given(matrix=matrices(), compressed=st.booleans())
def test_numbers_are_those_that_were_saved(matrix: NDArray[Any], compressed: bool) -> None:
    data = saved({"remark": "x", "m": matrix, "after_it": 1.0}, compressed=compressed)
    remark, variable, last = list_variables(data)
    assert [remark.name, variable.name, last.name] == ["remark", "m", "after_it"]
    assert variable.shape == matrix.shape
    np.testing.assert_array_equal(numbers_of(data, variable), matrix.astype(float))
    assert numbers_of(data, last).tolist() == [[1.0]]


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.text("abc é日,", min_size=1, max_size=5), min_size=1, max_size=4),
    compressed=st.booleans(),
)
def test_texts_are_those_that_were_saved(rows: list[str], compressed: bool) -> None:
    data = saved({"t": np.array(rows)}, compressed=compressed)
    (variable,) = list_variables(data)
    assert texts_of(data, variable) == [row.rstrip() for row in rows]


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders_and_small_elements_after_the_published_layout(order: str) -> None:
    # MathWorks' "MAT-File Format": numbers kept as bytes, letters as UTF-16, names in small tags.
    header = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack(f"{order}H", 0x0100)
    header += b"IM" if order == "<" else b"MI"

    def element(kind: int, payload: bytes) -> bytes:
        if len(payload) <= 4:
            tag = struct.pack(f"{order}I", len(payload) << 16 | kind)
            return tag + payload.ljust(4, b"\0")
        padding = bytes(-len(payload) % 8)
        return struct.pack(f"{order}II", kind, len(payload)) + payload + padding

    def matrix(class_: int, shape: tuple[int, int], name: bytes, data: bytes) -> bytes:
        flags = element(6, struct.pack(f"{order}II", class_, 0))
        dims = element(5, struct.pack(f"{order}ii", *shape))
        return element(14, flags + dims + element(1, name) + data)

    letters = "ab日c".encode("utf-16-le" if order == "<" else "utf-16-be")
    data = (
        header
        + matrix(6, (2, 3), b"m", element(2, bytes([1, 2, 3, 4, 5, 6])))
        + matrix(4, (2, 2), b"letters", element(17, letters))
    )
    numbers, texts = list_variables(data)
    assert (numbers.name, numbers.kind, texts.name) == ("m", "double", "letters")
    assert numbers_of(data, numbers).tolist() == [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]
    assert texts_of(data, texts) == ["a日", "bc"]
    loaded = SCIPY.loadmat(io.BytesIO(data))
    assert loaded["m"].tolist() == [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]


def test_what_is_no_matrix_is_listed_only() -> None:
    data = saved(
        {"s": {"a": 1.0}, "c": np.array(["a", 1], dtype=object), "z": np.ones((2, 2)) + 1j}
    )
    assert [str(v) for v in list_variables(data)] == [
        "s (1 x 1 struct)",
        "c (1 x 2 cell)",
        "z (2 x 2 complex)",
    ]


def look_at_all(data: bytes) -> None:
    for variable in list_variables(data):
        if variable.is_numeric:
            numbers_of(data, variable)
        elif variable.kind == "char":
            texts_of(data, variable)


@pytest.mark.parametrize("compressed", [False, True])
def test_bad_bytes_give_errors_of_ours(compressed: bool) -> None:
    data = saved({"m": np.eye(4), "t": np.array(["ab", "c"])}, compressed=compressed)
    look_at_all(data)
    rng = np.random.default_rng(5)
    damaged = [*prefixes(data), *(mutate(data, rng) for _ in range(600))]
    errors = 0
    for one in damaged:
        try:
            look_at_all(one)
        except MatlabFileError:
            errors += 1
    assert errors > len(damaged) // 3


def test_a_compressed_variable_does_not_fill_the_memory() -> None:
    data = saved({"m": np.zeros((1000, 1000))}, compressed=True)
    (variable,) = list_variables(data)
    assert len(data) < 10_000
    assert numbers_of(data, variable).shape == (1000, 1000)
    cut = data[:128] + struct.pack("<II", 15, 200) + data[136:336]
    (variable,) = list_variables(cut)
    with pytest.raises(MatlabFileError, match="damaged"):
        numbers_of(cut, variable)
