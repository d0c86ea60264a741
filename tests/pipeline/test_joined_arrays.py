"""Elements listed as stations of their own become an array; a local network does not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support_signals import waveform

from vigie.cli.main import main
from vigie.geodesy import destination, distance_azimuths
from vigie.pipeline.joined_arrays import Recorded, joined_arrays
from vigie.records import Channel, ChannelId, Site, Station

if TYPE_CHECKING:
    from pathlib import Path


def station(code: str, latitude: float, longitude: float) -> Station:
    channel = Channel(
        id=ChannelId("XX", code, "", "SHZ"),
        latitude=latitude,
        longitude=longitude,
        elevation_m=100.0,
    )
    site = Site(
        code=code, latitude=latitude, longitude=longitude, elevation_m=100.0, channels=(channel,)
    )
    return Station(
        code=code, latitude=latitude, longitude=longitude, elevation_m=100.0, sites=(site,)
    )


def recorded(places: dict[str, tuple[float, float]], kind: str = "SHZ") -> dict[str, Recorded]:
    return {
        code: Recorded(
            station(code, *at), (waveform(np.zeros(9), 40.0, ChannelId("XX", code, "", kind)),)
        )
        for code, at in places.items()
    }


AROUND = {"KTK1": (69.011, 23.237), "KTK2": (69.013, 23.237), "KTK3": (69.011, 23.243)}
FAR = {"LOF": (68.13, 13.54), "MOL": (62.57, 7.55)}


def test_hydrophones_two_kilometres_apart_are_a_triplet() -> None:
    # As FDSN services list them; the station book knows the triplet by the stem.
    places = {
        "H11N1": (18.5083, 166.7003),
        "H11N2": (18.4908, 166.7055),
        "H11N3": (18.4962, 166.6866),
    }
    found = joined_arrays(recorded(places, "EDH"), taken={"H11N"})
    assert sorted(found) == sorted(places)
    assert found["H11N1"].code == "H11N"
    assert len(found["H11N1"].sites) == 3
    assert not joined_arrays(recorded(places, "SHZ"))


def test_three_elements_become_an_array_at_their_mean() -> None:
    found = joined_arrays(recorded(AROUND | FAR))
    assert sorted(found) == sorted(AROUND)
    array = found["KTK1"]
    assert array is found["KTK3"]
    assert array.code == "KTK"
    assert array.is_array
    assert [s.code for s in array.sites] == sorted(AROUND)
    assert array.sites[0].channels[0].id.station == "KTK1"
    assert array.latitude == pytest.approx(69.0116667)
    assert array.longitude == pytest.approx(23.239)


def test_an_array_that_is_processed_alone_is_one_too() -> None:
    assert {a.code for a in joined_arrays(recorded(AROUND)).values()} == {"KTK"}


@pytest.mark.parametrize(
    "places",
    [
        # Two elements only; three of different stems; three too far apart.
        {k: v for k, v in AROUND.items() if k != "KTK3"} | FAR,
        {"KTK1": (69.011, 23.237), "ASK1": (69.013, 23.237), "MOR1": (69.011, 23.243)} | FAR,
        {"BLS1": (59.42, 6.45), "BLS2": (59.45, 6.70), "BLS3": (59.52, 6.25)} | FAR,
        # Stems too short to say anything.
        {"A1": (69.011, 23.237), "A2": (69.013, 23.237), "A3": (69.011, 23.243)} | FAR,
    ],
)
def test_others_stay_alone(places: dict[str, tuple[float, float]]) -> None:
    assert joined_arrays(recorded(places)) == {}


def test_a_code_that_is_taken_is_not_given_again() -> None:
    assert joined_arrays(recorded(AROUND | FAR), {"KTK"}) == {}
    # Unless the station that has it stands among the elements.
    inside = recorded(AROUND | FAR | {"KTK": (69.012, 23.240)})
    assert len(joined_arrays(inside, set(inside))["KTK"].sites) == 4


def test_elements_have_equal_vertical_channels() -> None:
    mixed = recorded(AROUND | FAR)
    mixed |= recorded({"KTK3": AROUND["KTK3"]}, "BHZ")
    assert joined_arrays(mixed) == {}
    assert joined_arrays(recorded(AROUND | FAR, "SHN")) == {}


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-85.0, 85.0), st.floats(-180.0, 180.0), st.permutations(range(5)), st.floats(0.1, 1.0)
)
def test_the_array_stands_among_its_elements_anywhere(
    latitude: float, longitude: float, order: list[int], radius_km: float
) -> None:
    places = {}
    for i in range(5):
        north, east = destination(latitude, longitude, 72.0 * i, radius_km / 222.4)
        places[f"ARR{i}"] = (float(north), float(east))
    places["FAR"] = (-latitude / 2.0, (longitude + 250.0) % 360.0 - 180.0)
    shuffled = {code: places[code] for code in [*(f"ARR{i}" for i in order), "FAR"]}
    found = joined_arrays(recorded(shuffled))
    assert found == joined_arrays(recorded(places))
    assert set(found) == {f"ARR{i}" for i in range(5)}
    array = found["ARR0"]
    delta, _, _ = distance_azimuths(array.latitude, array.longitude, latitude, longitude)
    assert float(delta) * 111.2 < 0.05 * radius_km + 1e-3


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("event", "code", "seaz_deg", "slowness"),
    [("CHI19901460759", "KTK", 94.4, 8.1), ("CHI19902280459", "KTK", 94.4, 8.1)],
)
def test_elements_of_the_archive_detect_as_one(
    shared_data: Path, tmp_path: Path, event: str, code: str, seaz_deg: float, slowness: float
) -> None:
    folder = shared_data / "seismic/nuclear_archive" / event
    path = tmp_path / "found.json"
    args = ["detect", str(folder), "--stations", str(folder / "stations.csv"), "-o", str(path)]
    result = CliRunner().invoke(main, args)
    assert result.exit_code == 0, result.output
    document = json.loads(path.read_text("utf-8"))
    notes = [n["text"] for n in document["notes"] if n["station"] == code]
    assert notes == ["KTK1, KTK2, KTK3, KTK4, KTK5, KTK6 are processed as one array"]
    rows = document["detections"]
    assert not {r["station"] for r in rows} & {f"{code}{i}" for i in range(1, 7)}
    p = max((r for r in rows if r["station"] == code), key=lambda r: r["snr"])
    turn = (p["azimuth_deg"] - seaz_deg + 180.0) % 360.0 - 180.0
    assert abs(turn) < 3.0 * p["azimuth_deg_sigma"]
    assert abs(p["slowness_s_per_deg"] - slowness) < 3.0 * p["slowness_s_per_deg_sigma"]
    local = CliRunner().invoke(main, [*args, "--use", "local", "--json"])
    assert code not in {r["station"] for r in json.loads(local.stdout)["detections"]}
