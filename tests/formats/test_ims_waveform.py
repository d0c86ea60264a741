"""IMS and GSE2 waveform messages: real pairs, checksums, wrappers, damage by line."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import BadRecordError, ParameterError, UnwritableError
from vigie.formats import Contents, Source
from vigie.formats.codecs import checksum_chk2
from vigie.formats.ims_waveform import FORMAT
from vigie.formats.ims_waveform._write import write_message
from vigie.records import Waveform, parse_iso
from vigie.testing.examples import integer_waveforms, three_component_station

if TYPE_CHECKING:
    from pathlib import Path

WAVES = Contents(waveforms=integer_waveforms())
MESSAGE = write_message(WAVES)


def read(data: bytes, *, strict: bool = False) -> Contents:
    return FORMAT.read(Source("x.gse2", data), strict=strict)


@settings(deadline=None)
@given(
    st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=200),
    st.sampled_from(["CM6", "INT"]),
    st.sampled_from(["IMS2.0", "IMS1.0", "GSE2.1", "GSE2.0"]),
    st.integers(-(10**12), 4 * 10**12),
)
def test_what_is_written_is_read(
    values: list[int], encoding: str, version: str, start_ms: int
) -> None:
    before = Waveform(
        WAVES.waveforms[0].channel,
        start_ms * 1_000_000,
        119.986,
        np.array(values, np.int32),
        calib=0.0123,
        calper_s=0.333,
    )
    message = write_message(Contents(waveforms=(before,)), encoding=encoding, version=version)
    contents = read(message, strict=True)
    assert contents.waveforms[0].same_as(before)
    assert dict(contents.header)["BEGIN"] == version


def test_station_lines_go_both_ways() -> None:
    station = three_component_station()
    channel = station.sites[0].channels[1]
    waveform = Waveform(channel.id, parse_iso("2020-01-01"), 40.0, np.arange(9, dtype=np.int32))
    contents = read(write_message(Contents(waveforms=(waveform,), stations=(station,))))
    (found,) = contents.stations
    (kept,) = found.sites[0].channels
    assert (kept.latitude, kept.longitude, kept.elevation_m) == (-17.7447, -179.9999, 630.0)
    assert (kept.burial_m, kept.dip_deg) == (12.0, -90.0)


def test_mail_headers_and_several_messages_are_passed_over() -> None:
    mail = (
        b"From: a@b\nSubject: data\n\nBEGIN IMS2.0\nMSG_TYPE DATA\n\n"
        + MESSAGE
        + b"\n--\n"
        + MESSAGE
    )
    contents = read(mail, strict=True)
    assert len(contents.waveforms) == 2 * len(WAVES.waveforms)


def test_a_wrong_checksum_is_told_and_the_samples_kept() -> None:
    checksum = f"CHK2 {checksum_chk2(WAVES.waveforms[0].samples):8d}".encode()
    bad = MESSAGE.replace(checksum, b"CHK2       99", 1)
    contents = read(bad)
    assert len(contents.waveforms) == 3
    (issue,) = contents.issues
    assert issue.place == "line 5"
    assert "kept as it is" in issue.text
    with pytest.raises(BadRecordError, match="CHK2"):
        read(bad, strict=True)


def test_a_negative_checksum_counts_by_its_amount() -> None:
    samples = WAVES.waveforms[0].samples
    good = f"CHK2 {checksum_chk2(samples):8d}".encode()
    signed = f"CHK2 {-checksum_chk2(samples):8d}".encode()
    assert read(MESSAGE.replace(good, signed, 1)).issues == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"CM6", b"XYZ", "INT or CM6"),
        (b"  40.000000", b"   0.000000", "above 0"),
        (b"2019/02/14", b"2019/02/31", "a time"),
        (b"\nDAT2\n", b"\n", "followed by DAT2"),
        (b"   40.000000", b"   40.00\t000", "number in columns"),
    ],
)
def test_a_bad_section_is_left_out_and_the_next_is_read(
    old: bytes, new: bytes, expected: str
) -> None:
    head, mark, rest = MESSAGE.partition(b"WID2")
    contents = read(head + mark + rest.replace(old, new, 1))
    assert any(expected in issue.text for issue in contents.issues)
    assert len(contents.waveforms) == 2
    assert all(issue.place.startswith("line ") for issue in contents.issues)


def test_missing_checksum_at_the_end_of_a_file() -> None:
    cut = MESSAGE.rpartition(b"CHK2")[0] + b"STOP\n"
    contents = read(cut)
    assert len(contents.waveforms) == 3
    assert contents.waveforms[2].same_as(WAVES.waveforms[2])
    assert "closed by CHK2" in contents.issues[0].text


def placeholder(calib: float = 1.0, calper_s: float = 1.0) -> bytes:
    waveform = replace(WAVES.waveforms[0], calib=calib, calper_s=calper_s)
    return write_message(Contents(waveforms=(waveform, waveform)))


def test_a_calib_of_1_at_1_s_is_kept_and_told_once() -> None:
    contents = read(placeholder(), strict=True)
    assert [(w.calib, w.calper_s) for w in contents.waveforms] == [(1.0, 1.0)] * 2
    (issue,) = contents.issues
    assert issue.severity == "notice"
    assert issue.code == "formats.calib_placeholder"
    assert "most often a placeholder" in issue.text
    assert contents.waveforms[0].channel.station in issue.text


def test_a_calibration_that_is_no_placeholder_needs_no_word() -> None:
    assert read(placeholder(calib=1.01)).issues == ()
    assert read(placeholder(calper_s=0.5)).issues == ()


def test_samples_may_look_like_keywords() -> None:
    # A CM6 line may begin with CHK2 or STOP; only CHK2, blank, number ends the samples.
    text = (
        b"WID2 2009/05/18 06:47:20.255 RNHA  EHN      CM6        4  200.000000   9.49e-02   1.000"
        b"    M24  -1.0 -0.0\nDAT2\nCHK2\nSTOP\n"
    )
    contents = read(text + b"CHK2        0\n")
    samples, issues = contents.waveforms[0].samples, contents.issues
    assert len(samples) == 4 or issues
    assert contents.waveforms[0].channel.station == "RNHA"


def test_unknown_encoding_and_floats_are_refused_when_writing() -> None:
    with pytest.raises(ParameterError, match="CM6 or INT"):
        write_message(WAVES, encoding="CM8")
    floats = WAVES.waveforms[0].with_samples(np.array([0.5, 1.0]))
    with pytest.raises(UnwritableError, match="no 32-bit integers"):
        write_message(Contents(waveforms=(floats,)))
    whole = WAVES.waveforms[0].with_samples(np.array([-4.0, 1.0], np.float32))
    assert read(write_message(Contents(waveforms=(whole,)))).waveforms[0].samples.tolist() == [
        -4,
        1,
    ]


def test_obspy_reads_our_message() -> None:
    from obspy import read as obspy_read

    with warnings.catch_warnings():
        # ObsPy warns of a missing calib, and keeps the sign of the checksum.
        warnings.filterwarnings("ignore", "Ca|Checksum differs only", UserWarning)
        warnings.filterwarnings("ignore", "SelectableGroups", DeprecationWarning)
        stream = obspy_read(io.BytesIO(MESSAGE), format="GSE2")
    assert [trace.stats.starttime.ns for trace in stream] == [w.start_ns for w in WAVES.waveforms]
    for trace, waveform in zip(stream, WAVES.waveforms, strict=True):
        assert np.array_equal(trace.data, waveform.samples)


@pytest.mark.data
def test_the_same_samples_as_cm6_and_as_integers(shared_data: Path) -> None:
    folder = shared_data / "formats" / "waveform"
    as_int = read((folder / "KURK_INT.response").read_bytes(), strict=True)
    as_cm6 = read((folder / "KURK_CM6.response").read_bytes(), strict=True)
    assert len(as_int.waveforms) == 2
    for a, b in zip(as_int.waveforms, as_cm6.waveforms, strict=True):
        assert a.same_as(b)
    assert [checksum_chk2(w.samples) for w in as_cm6.waveforms] == [145059, 94506]
    assert as_cm6.waveforms[0].samples[:4].tolist() == [344, 320, 275, 358]
    assert as_cm6.waveforms[1].samples[-3:].tolist() == [-363, -382, -357]
    assert as_cm6.waveforms[0].start_ns == parse_iso("2019-02-14T18:30:00Z")
    assert (as_cm6.waveforms[0].calib, as_cm6.waveforms[0].calper_s) == (5.3e-3, 0.333)


@pytest.mark.data
def test_reply_of_a_data_centre(shared_data: Path) -> None:
    contents = read((shared_data / "formats/waveform/autodrm_reply.txt").read_bytes(), strict=True)
    found = [(w.channel.station, w.channel.channel, len(w.samples)) for w in contents.waveforms]
    assert found == [("VRAC", "BHE", 12000), ("VRAC", "BHN", 12000), ("WSAR", "BH1", 12000)]
    checksums = [checksum_chk2(w.samples) for w in contents.waveforms]
    assert checksums == [28255316, 17398547, 39149458]
    assert [w.samples[:2].tolist() for w in contents.waveforms] == [
        [-2114, -2244],
        [1906, 1868],
        [-21653, -21666],
    ]
    assert [station.code for station in contents.stations] == ["VRAC", "WSAR"]
    assert contents.stations[1].elevation_m == 326.0
