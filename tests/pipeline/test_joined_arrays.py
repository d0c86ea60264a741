"""Elements listed as stations of their own become an array; a local network does not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support_signals import noise, onset_signal, waveform

from vigie.cli.main import main
from vigie.facts.ims import ims_elements
from vigie.geodesy import destination, distance_azimuths, offsets_km
from vigie.pipeline.joined_arrays import (
    Recorded,
    joined_arrays,
    joining_notes,
    may_be_element,
)
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


def test_an_elevation_that_is_not_known_stays_so_in_the_array() -> None:
    every = recorded(AROUND)
    known = every["KTK1"].station
    unknown = replace(known, sites=(replace(known.sites[0], elevation_m=float("nan")),))
    every["KTK1"] = every["KTK1"]._replace(station=unknown)
    array = joined_arrays(every)["KTK2"]
    elevations = [site.elevation_m for site in array.sites]
    assert elevations == pytest.approx([float("nan"), 100.0, 100.0], nan_ok=True)
    assert array.elevation_m == 100.0


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


def test_infrasound_elements_kilometres_apart_are_one_array_whatever_crosses_them() -> None:
    # The outer elements are 1.3 to 2.6 km from the first.
    places = {
        "DL01": (52.060, 5.887),
        "DL02": (52.059, 5.891),
        "DL04": (52.049, 5.885),
        "DL07": (52.057, 5.868),
        "DL15": (52.040, 5.871),
    }
    found = joined_arrays(recorded(places, "BDF"))
    assert {code: array.code for code, array in found.items()} == dict.fromkeys(places, "DL")
    assert len(found["DL01"].sites) == len(places)
    # As far away as another array of the network is.
    far = joined_arrays(recorded({**places, "DL16": (52.15, 5.89)}, "BDF"))
    assert "DL16" not in far
    assert len(far["DL01"].sites) == len(places)


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


def wave_at(
    codes: list[str], radius_km: float, kind: str = "SHZ", *, slowness: float = 0.1
) -> dict[str, Recorded]:
    """Return stations on a spiral, and a plane wave that crosses them."""
    rng = np.random.default_rng(3)
    # A wavelet whose delays can be given to a fraction of a sample.
    spectrum = np.fft.rfft(onset_signal(rng, 4_800, 40.0, 2_400, (0.2, 2.0)))
    freq_hz = np.fft.rfftfreq(4_800, 1.0 / 40.0)
    found = {}
    for k, code in enumerate(codes):
        radius, angle = radius_km * np.sqrt(k / max(len(codes) - 1, 1)), 2.4 * k
        north, east = destination(0.2, 179.99, np.degrees(angle), radius / 111.2)
        delay_s = slowness * radius * np.cos(angle)
        moved = np.fft.irfft(spectrum * np.exp(-2j * np.pi * freq_hz * delay_s), 4_800)
        samples = noise(rng, 4_800, 40.0) + 500.0 * moved / np.abs(moved).max()
        channel = ChannelId("XX", code, "", kind)
        # Described by a plain list: no channels.
        place = Station(code=code, latitude=float(north), longitude=float(east), elevation_m=9.0)
        found[code] = Recorded(place, (waveform(samples, 40.0, channel),))
    return found


RUNNING = ["KUR01", "KUR02", "KUR03", "KUR04", "KUR05", "KUR06"]
RINGED = ["NRA0", "NRB1", "NRB2", "NRC1", "NRC2", "NRC3"]


@pytest.mark.parametrize(
    ("codes", "radius_km", "stem"),
    [(RUNNING, 2.0, "KUR"), (RUNNING, 12.0, "KUR"), (RUNNING[:3], 8.0, "KUR"), (RINGED, 4.0, "NR")],
)
def test_elements_kilometres_apart_are_joined_by_the_wave_that_crosses_them(
    codes: list[str], radius_km: float, stem: str
) -> None:
    recordings = wave_at(codes, radius_km)
    found = joined_arrays(recordings)
    assert sorted(found) == codes
    array = found[codes[0]]
    assert array.code == stem
    assert len(array.sites) == len(codes)
    (note,) = joining_notes(array)
    assert codes[0] in note
    assert "`array`" in note
    known = {code: one.station for code, one in recordings.items()}
    assert all(may_be_element(station, known) for station in known.values())


def test_what_no_wave_crosses_is_not_joined() -> None:
    places = {
        code: (one.station.latitude, one.station.longitude)
        for code, one in wave_at(RUNNING, 8.0).items()
    }
    assert joined_arrays(recorded(places)) == {}
    # A wave that takes 2 s/km is no seismic wave across an array.
    assert joined_arrays(wave_at(RUNNING, 4.0, slowness=2.0)) == {}


@pytest.mark.parametrize(
    ("codes", "radius_km"),
    [
        (RUNNING, 24.0),
        (RINGED[:5], 9.0),
        (["NRA0", "NRX1", "NRX2", "NRZ1", "NRZ2"], 4.0),
        (["JNE", "JNW", "JNN", "JNS"], 4.0),
        (["BER", "HYA", "KMY", "SUE"], 4.0),
        (RUNNING[:2], 4.0),
    ],
)
def test_others_stay_alone_whatever_crosses_them(codes: list[str], radius_km: float) -> None:
    assert joined_arrays(wave_at(codes, radius_km)) == {}


def with_more(one: Recorded, *kinds: str) -> Recorded:
    (first,) = one.waveforms
    more = (replace(first, channel=first.channel._replace(channel=kind)) for kind in kinds)
    return one._replace(waveforms=(first, *more))


def test_one_element_may_have_three_components_but_not_two() -> None:
    recordings = wave_at(RUNNING, 8.0)
    recordings["KUR01"] = with_more(recordings["KUR01"], "SHN", "SHE")
    assert sorted(joined_arrays(recordings)) == RUNNING
    recordings["KUR02"] = with_more(recordings["KUR02"], "SHN", "SHE")
    assert joined_arrays(recordings) == {}


@pytest.mark.parametrize("code", ["ARCES", "SPITS", "FINES", "GERES", "TORD", "MJAR", "ZALV"])
def test_ringed_arrays_of_the_ims_are_joined_whole_with_all_their_components(code: str) -> None:
    elements = {e.code: e for e in ims_elements() if e.station == code and e.code[-1].isdigit()}
    codes = sorted(elements)
    recordings = wave_at(codes, 1.0)
    east_north = offsets_km(
        [elements[c].latitude for c in codes],
        [elements[c].longitude for c in codes],
        elements[codes[0]].latitude,
        elements[codes[0]].longitude,
    )
    for c, delay_s in zip(codes, east_north @ [0.05, -0.08], strict=True):
        (first,) = wave_at([c], 1.0)[c].waveforms
        start_ns = first.start_ns + round(delay_s * 1e9)
        place = replace(
            recordings[c].station, latitude=elements[c].latitude, longitude=elements[c].longitude
        )
        one = Recorded(place, (replace(first, start_ns=start_ns),))
        horizontals = any(name[-1] in "EN12" for name in elements[c].channels)
        recordings[c] = with_more(one, "SHN", "SHE") if horizontals else one
    found = joined_arrays(recordings)
    assert sorted(found) == codes
    assert len({a.code for a in found.values()}) == 1


def test_only_one_with_three_components_may_have_another_channel() -> None:
    recordings = wave_at(RUNNING[:5], 8.0) | {
        "KUR31": wave_at(["KUR31"], 1.0, "BHZ")["KUR31"],
    }
    # Verticals of two kinds are stations of a network.
    assert joined_arrays(recordings) == {}
    recordings["KUR31"] = with_more(recordings["KUR31"], "BHN", "BHE")
    assert sorted(joined_arrays(recordings)) == RUNNING[:5]


def test_elements_share_network_and_rate() -> None:
    recordings = wave_at(RUNNING, 8.0)
    (first,) = recordings["KUR03"].waveforms
    of_another = replace(first, channel=first.channel._replace(network="YY"))
    faster = replace(first, rate_hz=50.0)
    for other in (of_another, faster):
        assert (
            joined_arrays(recordings | {"KUR03": recordings["KUR03"]._replace(waveforms=(other,))})
            == {}
        )


def test_a_station_that_is_said_to_stand_alone_is_left_alone() -> None:
    recordings = {
        code: one._replace(station=replace(one.station, stands_alone=True))
        for code, one in wave_at(RUNNING, 8.0).items()
    }
    assert joined_arrays(recordings) == {}
    assert not any(may_be_element(one.station, RUNNING) for one in recordings.values())
    near = {
        c: r._replace(station=replace(r.station, stands_alone=True))
        for c, r in recorded(AROUND).items()
    }
    assert joined_arrays(near) == {}


def test_a_small_array_is_not_widened_by_one_far_away() -> None:
    # As MOR1 ... MOR6, and MOR7 on the next hill.
    recordings = wave_at([f"MOR{k}" for k in range(1, 7)], 0.4)
    far = wave_at(["MOR6", "MOR7"], 6.0)["MOR7"]
    found = joined_arrays(recordings | {"MOR7": far})
    assert sorted(found) == [f"MOR{k}" for k in range(1, 7)]


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


@pytest.mark.data
@pytest.mark.slow
def test_a_wide_array_of_the_archive_points_to_the_event(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "seismic/nuclear_archive/USS19873610305"
    given = (folder / "stations.csv").read_text("utf-8")
    alone = tmp_path / "alone.csv"
    header, *rows = given.split()
    alone.write_text("\n".join([f"{header},array", *(f"{r},{r.split(',')[0]}" for r in rows)]))

    def detected(stations: Path) -> dict[str, list[dict[str, float]]]:
        args = ["detect", str(folder), "--stations", str(stations), "--json"]
        result = CliRunner().invoke(main, args)
        assert result.exit_code == 0, result.output
        rows = json.loads(result.stdout)["detections"]
        return {code: [r for r in rows if r["station"] == code] for code in {"BLS", "BLS1"}}

    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    joined = detected(folder / "stations.csv")
    assert not joined["BLS1"]
    p = max(joined["BLS"], key=lambda r: r["snr"])
    _, _, seaz_deg = distance_azimuths(truth["latitude"], truth["longitude"], 59.33, 6.79)
    assert abs((p["azimuth_deg"] - float(seaz_deg) + 180.0) % 360.0 - 180.0) < 5.0
    apart = detected(alone)
    assert apart["BLS1"]
    assert not apart["BLS"]
