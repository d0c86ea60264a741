"""State of health, weather and alerts of radionuclide stations, as their layouts are assumed."""

from __future__ import annotations

from vigie.formats import Contents, Source
from vigie.formats.ims_radionuclide import FORMAT
from vigie.records import RadionuclideState, format_iso
from vigie.testing import radionuclide_examples as rn


def read(text: str | bytes) -> Contents:
    data = text if isinstance(text, bytes) else text.encode()
    return FORMAT.read(Source("x.txt", data))


HEALTH, WEATHER, ALERT = read(rn.STATES).states


def values(state: RadionuclideState, block: str) -> list[dict[str, float | str | None]]:
    return [dict(one.values) for one in state.intervals if one.block == block]


def test_state_of_health_by_its_blocks() -> None:
    assert (HEALTH.type, HEALTH.station, HEALTH.detector) == ("RMSSOH", "XEP99", "XEP99_001")
    assert HEALTH.start_ns is not None
    assert HEALTH.end_ns is not None
    assert format_iso(HEALTH.start_ns) == "2020-03-01T00:00:00.000Z"
    assert format_iso(HEALTH.end_ns) == "2020-03-01T00:20:00.000Z"
    assert values(HEALTH, "AirSamplerFlow") == [
        {"flow_m3_h": 871.25, "flow_sigma_m3_h": 3.5},
        {"flow_m3_h": 869.5, "flow_sigma_m3_h": 3.25},
    ]
    (detector,) = values(HEALTH, "DetEnv")
    assert detector["shield"] == "CLOSED"
    assert detector["crystal_temperature_c"] == -185.5
    assert values(HEALTH, "PowerSupply") == [{"main": "ON", "aux": "OFF", "ups": "ON"}]
    assert values(HEALTH, "TamperEnv") == [{"zone 1": "CLOSED"}]
    # Ids stay texts: as numbers they would lose digits.
    assert values(HEALTH, "EquipStatus") == [
        {
            "collecting": "99202003010711G",
            "processing": "99202002290711G",
            "acquiring": "99202002280711G",
        }
    ]


def test_weather_with_and_without_a_header() -> None:
    assert (WEATHER.type, WEATHER.station, len(WEATHER.intervals)) == ("MET", "XEP99", 2)
    assert dict(WEATHER.intervals[0].values) == {
        "temperature_c": -3.5, "wind_direction_deg": 270.0, "wind_speed_m_s": 5.25,
        "pressure_hpa": 1013.2, "humidity_percent": 81.0, "precipitation_mm": 0.0,
    }  # fmt: skip
    text = (
        "BEGIN IMS2.0\nMSG_TYPE DATA\nMSG_ID 1 A\nDATA_TYPE MET\n#Header 3\nFRP31 FRP31_001\n"
        "2020/03/01 00:00:00 2020/03/01 00:10:00 -3.5 270\nSTOP\n"
    )
    (state,) = read(text).states
    assert (state.station, state.detector) == ("FRP31", "FRP31_001")
    assert dict(state.intervals[0].values) == {"temperature_c": -3.5, "wind_direction_deg": 270.0}


def test_an_alert_keeps_its_text_and_time() -> None:
    assert (ALERT.type, ALERT.station) == ("ALERTFLOW", "XEP99")
    assert "below 500 m3/h" in ALERT.text
    assert ALERT.start_ns is not None
    assert format_iso(ALERT.start_ns) == "2020-03-01T00:15:00.000Z"


def test_columns_that_no_layout_names_are_kept() -> None:
    text = rn.STATES.decode().replace("871.25 3.5 2020", "871.25 3.5 7 x 2020")
    first = values(read(text).states[0], "AirSamplerFlow")[0]
    assert first == {"flow_m3_h": 871.25, "flow_sigma_m3_h": 3.5, "value_3": 7.0, "value_4": "x"}


def test_a_line_without_its_interval_is_left_out_and_told() -> None:
    text = rn.STATES.decode().replace("869.5 3.25 2020/03/01 00:10:00 ", "869.5 3.25 ")
    contents = read(text)
    assert len(values(contents.states[0], "AirSamplerFlow")) == 1
    (issue,) = contents.issues
    assert issue.place == "line 10"
    assert "start and end of their interval" in issue.text


def test_an_interval_that_ends_before_it_starts_is_told() -> None:
    interval = "00:10:00 2020/03/01 00:{}:00\n#DetEnv"
    text = rn.STATES.decode().replace(interval.format("20"), interval.format("05"))
    contents = read(text)
    assert "a start, then an end" in contents.issues[0].text
    assert len(values(contents.states[0], "AirSamplerFlow")) == 2


def test_messages_of_both_kinds_in_one_file() -> None:
    (phd,) = FORMAT.write(Contents(pulse_heights=(rn.particulate_sample(),))).values()
    contents = read(phd + rn.STATES)
    assert len(contents.pulse_heights) == 1
    assert [state.type for state in contents.states] == ["RMSSOH", "MET", "ALERTFLOW"]
    assert len({state.raw_sha256 for state in contents.states}) == 3


def test_an_empty_state_is_refused_with_its_place() -> None:
    contents = read("BEGIN IMS2.0\nDATA_TYPE ALERTUPS\nSTOP\n")
    assert contents.states == ()
    assert contents.issues[0].place == "line 2"
