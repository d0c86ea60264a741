"""The codecs are as fast as they are said to be, in process time."""

from __future__ import annotations

from typing import cast

import pytest
from benchmarks.codecs import measure


@pytest.mark.slow
def test_codecs_reach_their_targets() -> None:
    report = cast("dict[str, dict[str, float]]", measure(200_000, 3))
    assert report["cm6_decode"]["mb_per_s"] >= 20.0
    assert report["cm6_decode"]["mb_per_s"] >= report["obspy_cm6_decode"]["mb_per_s"]
    assert report["canadian_decode"]["msamples_per_s"] >= 50.0
