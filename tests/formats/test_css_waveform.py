"""wfdisc tables: both variants, every sample type, damaged blocks, missing files."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.test_common import source_of

from vigie.errors import BadRecordError
from vigie.formats import Contents, Source
from vigie.formats.codecs import encode_canadian, encode_plain
from vigie.formats.css_waveform import FORMAT
from vigie.formats.css_waveform._table import CLASSIC, WIDE
from vigie.formats.fixed_columns import Value, new_row, write_table
from vigie.records import ChannelId, Waveform, parse_iso
from vigie.testing.examples import e1_block

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

START_NS = parse_iso("2018-03-21T21:42:00.68Z")
RAMP = np.arange(-50, 50, dtype=np.int32)


def table(*rows: Mapping[str, Value], wide: bool = False) -> bytes:
    defaults: dict[str, Value] = {
        "sta": "H04N1",
        "chan": "EDH",
        "time": START_NS,
        "nsamp": len(RAMP),
        "samprate": 250.0,
        "calib": 560.6,
        "calper": 0.1,
        "datatype": "s4",
        "dir": "data",
        "dfile": "a.w",
        "foff": 0,
    }
    chosen = WIDE if wide else CLASSIC
    return write_table(new_row(chosen, defaults | dict(row)) for row in rows)


def read(data: bytes, files: Mapping[str, bytes], *, strict: bool = False) -> Contents:
    return FORMAT.read(Source("set/x.wfdisc", data, files.get), strict=strict)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("data_type", ["s4", "i4", "s2", "i2", "t4", "f4", "t8", "f8"])
def test_both_variants_and_all_plain_types(wide: bool, data_type: str) -> None:
    line = table({"datatype": data_type, "foff": 7}, wide=wide)
    assert len(line) == (286 if wide else 284)
    assert FORMAT.detect(line, "x")
    data = b"\xff" * 7 + encode_plain(RAMP, data_type)
    (waveform,) = read(line, {"data/a.w": data}, strict=True).waveforms
    assert np.array_equal(waveform.samples, RAMP)
    assert (waveform.start_ns, waveform.rate_hz) == (START_NS, 250.0)
    assert (waveform.calib, waveform.calper_s) == (560.6, 0.1)


@pytest.mark.parametrize("code", ["cc", "CD"])
def test_canadian_blocks_end_where_the_next_row_begins(code: str) -> None:
    first, second = encode_canadian(RAMP), encode_canadian(RAMP * 3)
    rows: tuple[dict[str, Value], ...] = (
        {"datatype": code},
        {"datatype": code, "foff": len(first)},
    )
    contents = read(table(*rows), {"data/a.w": first + second}, strict=True)
    assert [w.samples[0] for w in contents.waveforms] == [-50, -150]
    # A block that a text conversion has damaged.
    damaged = encode_canadian((RAMP**3).astype(np.int32)).decode("utf-8", "replace").encode()
    contents = read(table({"datatype": code}), {"data/a.w": damaged})
    assert contents.waveforms == ()
    assert "cc samples" in contents.issues[0].text.lower().replace("cd", "cc")


def test_a_damaged_e1_block_leaves_a_gap_of_the_right_length() -> None:
    blocks = [e1_block(RAMP + k, 2) for k in range(4)]
    bad = bytearray(blocks[1])
    bad[6] ^= 4
    data = blocks[0] + bytes(bad) + blocks[2] + blocks[3]
    contents = read(table({"datatype": "e1", "nsamp": 400}), {"data/a.w": data})
    before, after = contents.waveforms
    assert (len(before.samples), len(after.samples)) == (100, 200)
    assert after.start_ns - before.start_ns == 200 * 4_000_000
    assert f"byte {len(blocks[0])}" in contents.issues[0].text


def test_e1_stops_at_the_declared_number() -> None:
    data = e1_block(RAMP, 1) + e1_block(RAMP, 1)
    (waveform,) = read(table({"datatype": "e1", "nsamp": 130}), {"data/a.w": data}).waveforms
    assert len(waveform.samples) == 130


def test_a_calib_of_1_at_1_s_is_told() -> None:
    ramp = {"data/a.w": encode_plain(RAMP, "s4")}
    (issue,) = read(table({"calib": 1.0, "calper": 1.0}), ramp).issues
    assert issue.code == "formats.calib_placeholder"
    assert issue.severity == "notice"
    assert read(table({}), ramp).issues == ()


def test_missing_files_are_told_once_and_found_by_their_bare_name() -> None:
    rows = table({}, {"chan": "EDG"})
    contents = read(rows, {})
    (issue,) = contents.issues
    assert "data/a.w (2 rows)" in issue.text
    with pytest.raises(BadRecordError, match="a file beside"):
        read(rows, {}, strict=True)
    assert len(read(rows, {"a.w": encode_plain(RAMP, "s4")}).waveforms) == 2


def test_a_file_too_short_gives_what_it_has() -> None:
    contents = read(table({}), {"data/a.w": encode_plain(RAMP[:60], "s4")})
    assert len(contents.waveforms[0].samples) == 60
    assert "nsamp" in contents.issues[0].text


@pytest.mark.parametrize(
    "bad", [{"nsamp": 0}, {"nsamp": -5}, {"samprate": 0.0}, {"foff": -8}, {"time": None}]
)
def test_rows_that_make_no_sense_are_left_out(bad: dict[str, Value]) -> None:
    contents = read(table(bad, {}), {"data/a.w": encode_plain(RAMP, "s4")})
    assert len(contents.waveforms) == 1
    assert contents.issues[0].place == "line 1"


@settings(deadline=None)
@given(
    st.integers(-(10**13), 4 * 10**13),
    st.sampled_from([0.1, 5.0, 20.0, 119.986, 250.0]),
    st.sampled_from([np.int32, np.float32, np.float64]),
)
def test_what_is_written_is_read(ten_us: int, rate_hz: float, dtype: type) -> None:
    channel = ChannelId("", "STA", "00", "BHZ")
    before = Waveform(channel, ten_us * 10_000, rate_hz, RAMP.astype(dtype), calib=1e-7)
    files = FORMAT.write(Contents(waveforms=(before,), header=(("stem", "x"),)))
    named = {f"x{ending}": data for ending, data in files.items()}
    (after,) = read(named["x.wfdisc"], named, strict=True).waveforms
    assert after.same_as(before)


def test_obspy_reads_what_is_written(tmp_path: Path) -> None:
    import obspy

    waveform = Waveform(ChannelId("", "STA", "", "BHZ"), START_NS, 20.0, RAMP)
    files = FORMAT.write(Contents(waveforms=(waveform,), header=(("stem", "x"),)))
    for ending, data in files.items():
        (tmp_path / f"x{ending}").write_bytes(data)
    trace = obspy.read(str(tmp_path / "x.wfdisc"), format="CSS")[0]
    assert np.array_equal(trace.data, RAMP)
    assert trace.stats.starttime.ns == START_NS


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "dtype", "sha256", "n_samples"),
    [
        ("s3", "<i4", "7d108cd8d9759387287feba157d94a42e211b9af5855d08c887c12492f84b86e", 144_000),
        ("t4", "<f4", "c4d975808955c364f0c58ac46ededa60e6f83f6cb27096ba01d40bbdee99d627", 19_291),
    ],
)
def test_real_files(shared_data: Path, name: str, dtype: str, sha256: str, n_samples: int) -> None:
    source = source_of(shared_data / "formats" / "waveform" / f"{name}.wfdisc")
    (waveform,) = FORMAT.read(source, strict=True).waveforms
    assert len(waveform.samples) == n_samples
    digest = hashlib.sha256(waveform.samples.astype(dtype).tobytes()).hexdigest()
    assert digest == sha256


@pytest.mark.data
def test_a_wide_table_without_its_files(shared_data: Path) -> None:
    source = source_of(shared_data / "formats" / "waveform" / "example_s4.wfdisc")
    assert FORMAT.detect(source.data[:4096], "x")
    contents = FORMAT.read(source)
    told = sum(int(issue.text.split("(")[1].split(" rows")[0]) for issue in contents.issues)
    assert told == 76
