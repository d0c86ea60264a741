"""SAC: times to 1 ns, positions, units and what the header says of the event."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import BadRecordError, UnwritableError
from vigie.formats import Contents, Source
from vigie.formats.sac import FORMAT
from vigie.records import ChannelId, Waveform, parse_iso
from vigie.testing.examples import float_waveform, three_component_station

WAVE = float_waveform()


def written(waveform: Waveform) -> bytes:
    (data,) = FORMAT.write(Contents(waveforms=(waveform,))).values()
    return data


def read(data: bytes, *, strict: bool = False) -> Contents:
    return FORMAT.read(Source("x.sac", data), strict=strict)


@settings(deadline=None)
@given(
    # 1902 to 2096, every nanosecond.
    st.integers(-(2**61), 2**62 - 2**59),
    st.sampled_from([1.0, 20.0, 100.0, 250.0, 120.0]),
)
def test_times_and_rates_are_exact(start_ns: int, rate_hz: float) -> None:
    before = Waveform(WAVE.channel, start_ns, rate_hz, WAVE.samples[:5])
    (after,) = read(written(before)).waveforms
    assert after.same_as(before)


def test_both_byte_orders_read_alike() -> None:
    little = written(WAVE)
    swapped = np.frombuffer(little[:440], "<u4").astype(">u4").tobytes()
    samples = np.frombuffer(little[632:], "<u4").astype(">u4").tobytes()
    big = swapped + little[440:632] + samples
    assert FORMAT.detect(big, "x")
    assert read(big).waveforms[0].same_as(WAVE)


def test_version_7_gives_times_as_doubles() -> None:
    data = bytearray(written(WAVE))
    struct.pack_into("<i", data, 304, 7)
    footer = np.full(22, -12345.0)
    footer[0], footer[1] = 1.0 / 3.0, 0.123456789
    (after,) = read(bytes(data) + footer.tobytes()).waveforms
    assert after.rate_hz == 3.0
    reference_ns = WAVE.start_ns
    assert after.start_ns == reference_ns + 123_456_789


def test_position_becomes_a_station() -> None:
    station = three_component_station()
    channel = station.sites[0].channels[1]
    waveform = Waveform(channel.id, WAVE.start_ns, 40.0, WAVE.samples)
    (data,) = FORMAT.write(Contents(waveforms=(waveform,), stations=(station,))).values()
    (found,) = read(data).stations
    assert (found.code, found.latitude, found.longitude) == ("STKA", -17.7447, -179.9999)
    assert found.sites[0].channels[0].dip_deg == -90.0
    assert found.sites[0].channels[0].burial_m == 12.0


def test_event_and_picks_are_kept_for_display() -> None:
    from obspy.io.sac import SACTrace

    trace = SACTrace(
        data=WAVE.samples, delta=0.2, nzyear=2016, nzjday=6, nzhour=1, nzmin=30, nzsec=1
    )
    trace.evla, trace.o, trace.t1, trace.kt1, trace.idep = 41.3, -60.5, 12.25, "Pn", "idisp"
    out = io.BytesIO()
    trace.write(out)
    contents = read(out.getvalue())
    header = dict(contents.header)
    assert header["o"] == "2016-01-06T01:29:00.500Z"
    assert header["t1"] == "2016-01-06T01:30:13.250Z"
    assert header["kt1"] == "Pn"
    assert contents.waveforms[0].unit == "nm"
    assert contents.waveforms[0].start_ns == parse_iso("2016-01-06T01:30:01Z")


def test_a_short_file_gives_the_samples_it_has() -> None:
    data = written(WAVE)[: 632 + 4 * 100]
    contents = read(data)
    assert len(contents.waveforms[0].samples) == 100
    assert contents.issues[0].place == "byte 1032"
    with pytest.raises(BadRecordError, match="npts"):
        read(data, strict=True)


@pytest.mark.parametrize(
    ("offset", "code", "value", "field"),
    [
        (0, "f", -0.1, "delta"),
        (340, "i", 4, "iftype"),
        (420, "i", 0, "leven"),
        (316, "i", 0, "npts"),
    ],
)
def test_other_kinds_of_sac_files_are_refused(
    offset: int, code: str, value: float, field: str
) -> None:
    data = bytearray(written(WAVE))
    struct.pack_into(f"<{code}", data, offset, value)
    contents = read(bytes(data))
    assert contents.waveforms == ()
    assert dict(contents.issues[0].params)["field"] == field


def test_samples_beyond_float32_are_refused() -> None:
    samples = np.array([2**24 + 1, 5], np.int32)
    with pytest.raises(UnwritableError, match="float32"):
        written(WAVE.with_samples(samples))


def test_several_waveforms_become_several_files() -> None:
    other = Waveform(ChannelId("", "T4TST", "", "BHN"), WAVE.start_ns, 5.0, WAVE.samples)
    files = FORMAT.write(Contents(waveforms=(WAVE, other, WAVE)))
    assert list(files) == [".T4TST..BHZ.sac", ".T4TST..BHN.sac", ".T4TST..BHZ.2.sac"]
