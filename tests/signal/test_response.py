"""Responses against closed forms and evalresp; removal against known ground motion."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support_signals import waveform

from vigie.errors import ParameterError
from vigie.records import Channel, Response, ResponseStage
from vigie.signal.response import (
    Calibration,
    RemovalParams,
    counts_per_nm,
    evaluate,
    remove_response,
)

if TYPE_CHECKING:
    from pathlib import Path

# A 1-Hz geophone with 70 % damping and 1e9 counts per m/s, through poles and zeros.
POLES = tuple(2 * math.pi * complex(-0.7, s * math.sqrt(1 - 0.49)) for s in (1.0, -1.0))
GEOPHONE = Response(
    input_unit="m/s",
    stages=(
        ResponseStage(kind="paz", gain=400.0, gain_freq_hz=10.0, poles=POLES, zeros=(0j, 0j)),
        ResponseStage(kind="gain", gain=2.5e6),
    ),
)


@given(st.floats(0.05, 15.0))
def test_a_geophone_has_its_closed_form(freq_hz: float) -> None:
    def plain(f: float) -> complex:
        return -(f**2) / complex(1.0 - f**2, 2.0 * 0.7 * f)

    found = complex(evaluate(GEOPHONE, np.array([freq_hz]))[0])
    expected = 1e9 * plain(freq_hz) / abs(plain(10.0))
    assert abs(found) == pytest.approx(abs(expected), rel=1e-9)
    per_nm = complex(counts_per_nm(GEOPHONE, np.array([freq_hz]))[0])
    assert abs(per_nm) == pytest.approx(abs(found) * 2.0 * math.pi * freq_hz * 1e-9, rel=1e-9)


def test_tables_and_sensitivities() -> None:
    table = Response(
        input_unit="m",
        stages=(ResponseStage(kind="fap", fap=((1.0, 10.0, 0.0), (4.0, 40.0, 90.0))),),
    )
    value = evaluate(table, np.array([2.0, 9.0]))
    assert abs(value[0]) == pytest.approx(20.0)
    assert math.degrees(np.angle(value[0])) == pytest.approx(30.0)
    assert np.isnan(value[1])
    flat = Response(input_unit="m/s", stages=(), sensitivity=5e8)
    assert evaluate(flat, np.array([1.0]))[0] == 5e8


def test_pressure_is_no_ground_motion() -> None:
    with pytest.raises(ParameterError, match="ground motion"):
        counts_per_nm(Response(input_unit="Pa", stages=()), np.array([1.0]))
    with pytest.raises(ParameterError, match="paz, fap, digital and gain"):
        evaluate(Response(input_unit="m", stages=(ResponseStage(kind="iir"),)), np.array([1.0]))


def test_removal_gives_the_ground_back() -> None:
    t = np.arange(8000) / 40.0
    ground_nm = 100.0 * np.sin(2.0 * np.pi * 1.5 * t)
    h = complex(counts_per_nm(GEOPHONE, np.array([1.5]))[0])
    counts = 100.0 * abs(h) * np.sin(2.0 * np.pi * 1.5 * t + np.angle(h)) + 1234.0
    params = RemovalParams(band_hz=(0.5, 8.0))
    restored = remove_response(waveform(counts, 40.0), GEOPHONE, params)
    middle = slice(3000, 5000)
    np.testing.assert_allclose(restored.samples[middle], ground_nm[middle], atol=0.5)
    assert restored.unit == "nm"
    speed = remove_response(
        waveform(counts, 40.0), GEOPHONE, RemovalParams(band_hz=(0.5, 8.0), motion="velocity")
    )
    assert np.abs(speed.samples[middle]).max() == pytest.approx(100.0 * 3.0 * np.pi, rel=0.01)


def test_calibration_prefers_the_response_and_admits_ignorance() -> None:
    assert Calibration().nm_per_count(1.0) is None
    assert Calibration(calib=1.0, calper_s=-1.0).nm_per_count(1.0) is None
    assert Calibration(unit="nm").nm_per_count(3.0) == (1.0, 0.0)
    at_calper = Calibration(calib=0.02, calper_s=0.5).nm_per_count(2.0)
    assert at_calper == pytest.approx((0.02, 0.1))
    away = Calibration(calib=0.02, calper_s=0.5).nm_per_count(1.0)
    assert away == pytest.approx((0.04, 0.1 + 0.3 * math.log(2.0)))
    known = Calibration(GEOPHONE, 99.0, 1.0).nm_per_count(2.0)
    assert known is not None
    assert known[0] == pytest.approx(1.0 / abs(counts_per_nm(GEOPHONE, np.array([2.0]))[0]))


def test_a_placeholder_in_a_header_is_no_calibration_but_a_station_table_may_say_1() -> None:
    header = replace(waveform(np.zeros(8), 40.0), calib=1.0, calper_s=1.0)
    assert Calibration.of(header, None).nm_per_count(1.0) is None
    for known in (replace(header, calib=1.01), replace(header, calper_s=0.5)):
        assert Calibration.of(known, None).nm_per_count(1.0) is not None
    channel = Channel(
        id=header.channel, latitude=0.0, longitude=0.0, elevation_m=0.0, calib=1.0, calper_s=1.0
    )
    assert Calibration.of(header, channel).nm_per_count(1.0) == pytest.approx((1.0, 0.1))


def _analogue(stages: list[object]) -> bool:
    """Tell whether no stage is a digital filter, whose ripple the records leave out."""
    return bool(stages) and not any(
        getattr(s, "numerator", None) or getattr(s, "coefficients", None) for s in stages
    )


@pytest.mark.data
@pytest.mark.peer
def test_equal_to_evalresp_for_the_norwegian_archive(shared_data: Path) -> None:
    import obspy

    from vigie.exchange.files import read_file

    freq = np.geomspace(0.5, 8.0, 30)
    compared = 0
    for path in sorted((shared_data / "seismic/nuclear_archive/stationxml").glob("*.xml")):
        stations = {
            (c.id, c.epoch.start_ns): c.response
            for s in read_file(path).stations
            for site in s.sites
            for c in site.channels
            if c.response is not None
        }
        for network in obspy.read_inventory(str(path)):
            for station in network:
                for channel in station:
                    key = (
                        (network.code, station.code, channel.location_code, channel.code),
                        channel.start_date.ns,
                    )
                    ours = next((r for (i, t), r in stations.items() if (tuple(i), t) == key), None)
                    if ours is None or not _analogue(channel.response.response_stages):
                        continue
                    theirs = channel.response.get_evalresp_response_for_frequencies(
                        freq, output="DEF"
                    )
                    inside = freq < 0.3 * channel.sample_rate
                    np.testing.assert_allclose(
                        np.abs(evaluate(ours, freq))[inside],
                        np.abs(theirs)[inside],
                        rtol=1e-3,
                        err_msg=str(key),
                    )
                    compared += 1
    assert compared > 20
