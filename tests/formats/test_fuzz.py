"""A small share of ``benchmarks/fuzz_formats.py``: injured files do no harm to any reader."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.formats.test_common import CASES

from vigie.formats import Source, all_formats
from vigie.testing.formats import FormatCase, check_survives
from vigie.testing.mutation import mutate

NAMES = [one.name for one in all_formats()]


@pytest.mark.parametrize("case", CASES, ids=str)
@settings(
    max_examples=40,
    deadline=None,
    # The text of an example is made once per case, not once per input.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32 - 1))
def test_injured_examples_do_no_harm(case: FormatCase, seed: int) -> None:
    rng = np.random.default_rng(seed)
    source = case.make()

    def companion(name: str) -> bytes | None:
        data = source.companion(name)
        return None if data is None else mutate(data, np.random.default_rng(seed))

    check_survives(case.format, Source(source.name, mutate(source.data, rng), companion))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(data=st.binary(max_size=2000))
def test_random_bytes_do_no_harm(name: str, data: bytes) -> None:
    (format_,) = (one for one in all_formats() if one.name == name)
    format_.detect(data[:4096], "x.dat")
    check_survives(format_, Source("x.dat", data))
