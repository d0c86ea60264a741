"""``vigie detect`` on one three-component station: where it places an event alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from click.testing import CliRunner
from tests.seismic.test_chain import three_components

from vigie.cli.main import main
from vigie.formats import Contents, format_named
from vigie.geodesy import distance_azimuths

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def detect(folder: Path, s_size: float, *options: str) -> Result:
    """Run detect on P from azimuth 30 and S 40 s behind it."""
    waveforms = tuple(
        w.with_samples(np.round(w.samples * 10.0).astype(np.int32))
        for w in three_components(s_size)
    )
    (data,) = format_named("mseed").write(Contents(waveforms=waveforms)).values()
    (folder / "record.mseed").write_bytes(data)
    (folder / "stations.csv").write_text(
        "station,latitude,longitude,elevation_m\nSYN,40.0,100.0,0\n"
    )
    arguments = ["detect", str(folder), "--stations", str(folder / "stations.csv"), *options]
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_detect_lists_what_one_station_places_alone(tmp_path: Path) -> None:
    document = json.loads(detect(tmp_path, 3.0, "--json").stdout)
    (one,) = document["single_station"]
    ids = {d["id"]: d for d in document["detections"]}
    assert ids[one["p"]]["phase"] in ("P", "Pn")
    assert ids[one["s"]]["phase"] == "Sn"
    assert abs(one["s_minus_p_s"] - 40.0) < 1.0
    delta, azimuth, _ = distance_azimuths(40.0, 100.0, one["latitude"], one["longitude"])
    # 40 s are 3.3 deg by Sn minus Pn.
    assert abs(float(delta) - 3.3) < 0.2
    assert abs(float(azimuth) - 30.0) < 3.0 * one["azimuth_deg_sigma"]
    assert one["depth_fixed"]
    assert one["ellipse"]["semi_major_km"] > 50.0


def test_the_text_says_it_in_a_line_and_says_nothing_without_s(tmp_path: Path) -> None:
    assert "SYN     alone: " in detect(tmp_path, 3.0).stdout
    assert "alone" not in detect(tmp_path, 0.0).stdout
