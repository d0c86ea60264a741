"""miniSEED: exact samples and times, records joined to segments, damage told by its byte."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import BadRecordError, UnwritableError
from vigie.formats import Contents, Source
from vigie.formats.mseed import FORMAT
from vigie.records import ChannelId, Waveform, parse_iso

START_NS = parse_iso("2016-01-06T01:30:01.038412Z")
CHANNEL = ChannelId("IC", "MDJ", "00", "BHZ")


def wave(samples: np.ndarray, *, start_ns: int = START_NS, rate_hz: float = 40.0) -> Waveform:
    return Waveform(CHANNEL, start_ns, rate_hz, samples)


def written(*waveforms: Waveform) -> bytes:
    return FORMAT.write(Contents(waveforms=waveforms))[".mseed"]


def read(data: bytes) -> Contents:
    return FORMAT.read(Source("x.mseed", data))


NOISE = np.random.default_rng(5).integers(-4000, 4000, 4000).astype(np.int32)


@settings(deadline=None)
@given(
    st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=300),
    st.integers(-(2**60), 2**60),
    st.sampled_from([1.0, 20.0, 40.0, 250.0, 0.1, 119.9997]),
)
def test_integers_times_and_rates_are_exact(
    values: list[int], start_ns: int, rate_hz: float
) -> None:
    before = wave(np.array(values, np.int32), start_ns=start_ns, rate_hz=rate_hz)
    (after,) = read(written(before)).waveforms
    assert after.same_as(before)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_are_exact(dtype: type) -> None:
    before = wave(np.random.default_rng(6).normal(0, 1e9, 999).astype(dtype))
    (after,) = read(written(before)).waveforms
    assert after.samples.dtype == dtype
    assert after.same_as(before)


def test_miniseed_2_is_written_where_it_can_hold_the_data_else_3() -> None:
    assert written(wave(NOISE))[6:8] in (b"D ", b"R ")
    third = written(wave(NOISE, start_ns=START_NS + 1))
    assert third.startswith(b"MS\x03")
    assert FORMAT.detect(third[:4096], "x")
    long = replace_channel(wave(NOISE), ChannelId("NETWORK", "STATION7", "L1", "BHZ"))
    (after,) = read(written(long)).waveforms
    assert after.channel == long.channel


def converted(*waveforms: Waveform) -> tuple[bytes, tuple[str, ...]]:
    """Return what is written of waveforms that another format had, and what is said of it."""
    contents = Contents(format="ims_waveform", waveforms=waveforms)
    return FORMAT.write(contents)[".mseed"], FORMAT.remarks(contents)


@pytest.mark.parametrize(
    ("network", "short", "told"),
    [
        ("KURK", "", "network code KURK is left out"),
        ("IDC_SEIS", "", "network code IDC_SEIS is left out"),
        ("XB2019", "XB", "network code XB2019 is shortened to XB"),
        ("IU", "IU", None),
    ],
)
def test_networks_that_are_no_codes_of_the_fdsn_do_not_cost_miniseed_2(
    network: str, short: str, told: str | None
) -> None:
    import io

    import obspy

    channel = ChannelId(network, "KUR01", "", "BHZ")
    data, remarks = converted(replace_channel(wave(NOISE), channel))
    (trace,) = obspy.read(io.BytesIO(data), format="MSEED")
    assert trace.id == f"{short}.KUR01..BHZ"
    assert np.array_equal(trace.data, NOISE)
    assert len(remarks) == (told is not None)
    assert all(told is not None and told in remark for remark in remarks)


def test_times_and_rates_are_rounded_for_miniseed_2_and_it_is_told() -> None:
    before = wave(NOISE, start_ns=START_NS + 501, rate_hz=100.0 / 3.0)
    data, remarks = converted(before)
    (after,) = read(data).waveforms
    assert data[6:8] in (b"D ", b"R ")
    assert after.start_ns == START_NS + 1_000
    assert after.rate_hz == pytest.approx(before.rate_hz, rel=6e-8)
    assert [remark.split()[0] for remark in remarks] == ["start", "sampling"]


@pytest.mark.parametrize(
    ("channels", "reason"),
    [
        ([ChannelId("IU", "STATION7", "", "BHZ")], "the station code STATION7"),
        ([ChannelId("IU", "ANMO", "L01", "BHZ")], "the location code L01"),
        # Without their networks the two were one.
        ([ChannelId(net, "KUR01", "", "BHZ") for net in ("KURK", "KAZAK")], "network code KURK"),
    ],
)
def test_what_matters_is_kept_in_miniseed_3_and_it_is_told(
    channels: list[ChannelId], reason: str
) -> None:
    data, (remark,) = converted(*(replace_channel(wave(NOISE), one) for one in channels))
    assert data.startswith(b"MS\x03")
    assert [w.channel for w in read(data).waveforms] == channels
    assert reason in remark
    assert "miniSEED 3, which ObsPy" in remark
    # Waveforms of miniSEED stay as they are, and the version is told as well.
    exact = Contents(format="mseed", waveforms=(wave(NOISE, start_ns=START_NS + 1),))
    assert FORMAT.write(exact)[".mseed"].startswith(b"MS\x03")
    assert "between microseconds" in FORMAT.remarks(exact)[0]


def replace_channel(waveform: Waveform, channel: ChannelId) -> Waveform:
    return replace(waveform, channel=channel)


def test_a_gap_and_an_overlap_separate_segments() -> None:
    late = wave(NOISE, start_ns=START_NS + 200 * 10**9)
    over = wave(NOISE, start_ns=START_NS + 250 * 10**9)
    contents = read(written(over, wave(NOISE), late))
    assert [w.start_ns for w in contents.waveforms] == [START_NS, late.start_ns, over.start_ns]
    assert all(np.array_equal(w.samples, NOISE) for w in contents.waveforms)


def test_shuffled_and_repeated_records_are_put_in_order() -> None:
    data = written(wave(NOISE))
    records = [data[k : k + 512] for k in range(0, len(data), 512)]
    order = np.random.default_rng(2).permutation(len(records))
    contents = read(b"".join([*(records[k] for k in order), records[3]]))
    (after,) = contents.waveforms
    assert after.same_as(wave(NOISE))
    assert [issue.code for issue in contents.issues] == ["formats.mseed_repeated"]


def test_a_clock_that_drifts_never_puts_a_sample_half_an_interval_off() -> None:
    # 40.004 Hz behind headers that say 40 Hz.
    true_rate_hz = 40.004
    pieces = [
        wave(NOISE[:400], start_ns=START_NS + round(k * 400 / true_rate_hz * 1e9 / 1000) * 1000)
        for k in range(60)
    ]
    contents = read(written(*pieces))
    assert 2 <= len(contents.waveforms) < 10
    for piece, k in zip(pieces, range(60), strict=True):
        held = next(
            w for w in reversed(contents.waveforms) if w.start_ns <= piece.start_ns + 12_500_000
        )
        index = round(held.index_of(piece.start_ns))
        assert abs(held.time_ns(index) - piece.start_ns) <= 12_500_000, k


def test_a_damaged_record_is_named_by_its_byte_and_the_others_are_read() -> None:
    data = bytearray(written(wave(NOISE)))
    data[512 * 2 : 512 * 2 + 48] = b"\x07" * 48
    contents = read(bytes(data))
    (issue,) = contents.issues
    assert issue.place == "byte 1024"
    assert len(contents.waveforms) == 2
    with pytest.raises(BadRecordError, match="byte 1024"):
        FORMAT.read(Source("x.mseed", bytes(data)), strict=True)


def test_samples_that_disagree_with_their_check_value_are_left_out() -> None:
    data = bytearray(written(wave(NOISE)))
    data[512 * 2 + 200] ^= 0x10
    contents = read(bytes(data))
    assert len(contents.waveforms) == 2
    (issue,) = contents.issues
    assert (issue.place, issue.severity) == ("byte 1024", "warning")
    with pytest.raises(BadRecordError, match="integrity check"):
        FORMAT.read(Source("x.mseed", bytes(data)), strict=True)


def test_samples_are_kept_where_all_check_values_are_wrong() -> None:
    data = bytearray(written(wave(NOISE)))
    # The reverse integration constant is the third word of a record's first frame.
    for start in range(0, len(data), 512):
        data[start + 64 + 8 + 3] ^= 1
    contents = read(bytes(data))
    assert contents.waveforms[0].same_as(wave(NOISE))
    assert {issue.severity for issue in contents.issues} == {"warning"}
    assert "kept as it is" in contents.issues[0].text


def test_text_between_records_is_skipped() -> None:
    data = written(wave(NOISE))
    contents = read(data[:512] + b"junk of a modem" + data[512:])
    (after,) = contents.waveforms
    assert after.same_as(wave(NOISE))
    assert contents.issues[0].place == "byte 512"


VOLUME = b"000001V 010008402.4121950,001~2500,001~2014,008,15:24:06.0000~~~".ljust(4096)


def test_waveforms_of_a_seed_volume_are_read_and_its_headers_told() -> None:
    data = VOLUME + written(wave(NOISE))
    assert FORMAT.detect(VOLUME, "x")
    contents = read(data)
    assert contents.waveforms[0].same_as(wave(NOISE))
    assert [i.severity for i in contents.issues] == ["notice"]


def test_a_dataless_volume_says_what_to_do() -> None:
    contents = read(VOLUME)
    assert contents.waveforms == ()
    (told,) = [i for i in contents.issues if i.severity == "omission"]
    assert "convert it to StationXML first" in told.text


def test_zeros_between_records_are_only_a_notice() -> None:
    data = written(wave(NOISE))
    contents = read(data[:512] + b"\x00" * 512 + data[512:])
    assert [issue.severity for issue in contents.issues] == ["notice"]


@pytest.mark.parametrize(
    "samples", [np.array([2**40]), np.array([1 + 2j]), np.array([True])], ids=str
)
def test_samples_that_it_lacks_are_refused(samples: np.ndarray) -> None:
    with pytest.raises(UnwritableError, match="samples of type"):
        written(wave(samples))


def test_ground_motion_is_refused() -> None:
    with pytest.raises(UnwritableError, match="in nm"):
        written(wave(NOISE).with_samples(NOISE, unit="nm"))


def test_obspy_reads_the_same() -> None:
    import io

    import obspy

    trace = obspy.read(io.BytesIO(written(wave(NOISE))), format="MSEED")[0]
    assert np.array_equal(trace.data, NOISE)
    assert trace.stats.starttime.ns == START_NS
