"""Stations of two sensors of sound: one station, one signal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import obspy
import pytest

from vigie.exchange import open_intake
from vigie.pipeline.array_view import ArrayOptions, view_arrays
from vigie.pipeline.detect import detect_all, stations_of
from vigie.pipeline.station_book import open_book

if TYPE_CHECKING:
    from pathlib import Path


def recorded(folder: Path, channel: str) -> tuple[list[str], list[Path]]:
    """Write two sensors of one station, and its list; return sources and lists."""
    rng = np.random.default_rng(1)
    stream = obspy.Stream()
    rows = ["station,latitude,longitude,elevation_m,array,network"]
    for k in (1, 2):
        data = np.round(1000.0 * rng.normal(size=6000)).astype(np.int32)
        header = {"network": "XX", "station": f"AA{k}", "channel": channel, "sampling_rate": 20.0}
        stream.append(obspy.Trace(data, header))
        rows.append(f"AA{k},{45.0 + 0.01 * k},10.0,0,AA,XX")
    stream.write(str(folder / "x.mseed"), format="MSEED")
    (folder / "sta.csv").write_text("\n".join(rows) + "\n")
    return [str(folder / "x.mseed")], [folder / "sta.csv"]


@pytest.mark.parametrize(("channel", "pieces"), [("BDF", 1), ("EDH", 1), ("BHZ", 2)])
def test_two_sensors_of_sound_are_one_station(tmp_path: Path, channel: str, pieces: int) -> None:
    sources, lists = recorded(tmp_path, channel)
    found = list(stations_of(open_intake(sources), open_book(lists), join=True))
    assert [code for code, _, _ in found] == ["AA"] * pieces
    assert sum(len(waveforms) for _, waveforms, _ in found) == 2


def test_two_elements_are_refused_once(tmp_path: Path) -> None:
    sources, lists = recorded(tmp_path, "BDF")
    ((code, reason),) = detect_all(open_intake(sources), open_book(lists)).failed
    assert code == "AA"
    assert "2 elements" in reason
    assert view_arrays(open_intake(sources), open_book(lists), ArrayOptions()).single == ["AA"]
