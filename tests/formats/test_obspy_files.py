"""Every file of ObsPy's packaged test data is read or refused with an error of ours."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from vigie.errors import VigieError
from vigie.formats import Source, read_source

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_every_file_is_read_or_refused(obspy_data: Path) -> None:
    paths = sorted(
        path
        for folder in obspy_data.rglob("tests/data")
        for path in folder.rglob("*")
        if path.is_file()
    )
    if not paths:
        pytest.skip("this ObsPy brings no test records")
    seen: Counter[str] = Counter()
    for path in paths:
        started = time.process_time()
        seen[_outcome(path)] += 1
        assert time.process_time() - started < 10.0, path
    # What ObsPy 1.5 ships: fewer would mean that a reader lost files it could read.
    assert seen["mseed"] >= 85
    assert seen["stationxml"] >= 50
    assert seen["sac"] >= 15
    assert seen["ims_waveform"] >= 6
    assert seen["isf"] >= 2
    assert seen["gse_bulletin"] >= 6
    assert seen["quakeml"] >= 40
    assert seen["sc3ml"] >= 20


def _outcome(path: Path) -> str:
    def companion(relative: str) -> bytes | None:
        beside = path.parent / relative
        return beside.read_bytes() if beside.is_file() else None

    source = Source(str(path), path.read_bytes(), companion)
    try:
        return read_source(source).format
    except VigieError as error:
        text = str(error)
    assert path.name in text
    return "refused"
