"""Bulletins of PMCC: what stands in which column, what is refused, and nothing lost on the way."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.io
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import BadRecordError, UnwritableError
from vigie.exchange.files import read_file
from vigie.formats import Contents, Source, all_formats, called_like, detect_format, format_named
from vigie.formats.losses import losses_of
from vigie.formats.pmcc_bulletin._columns import COLUMNS, KEYS
from vigie.formats.pmcc_bulletin._datenum import datenum_of_ns, ns_of_datenum
from vigie.geodesy import KM_PER_DEG
from vigie.infrasound.amplitudes import BEAM_RMS
from vigie.records import Amplitude, Bulletin, Detection, Technology, parse_iso

if TYPE_CHECKING:
    from pathlib import Path

SCIPY: Any = scipy.io
"""Its published types know no file objects."""
ROW = (
    734658.78125, 65.5, 211.25, 0.3435, 0.0125, 1.25, 0.5, 2.0, 41.0, 0.75, 0.875, 0.0625, 12.5,
    8.0, 0.0625, 0.75,
)  # fmt: skip
OLD_ROW = (*ROW[:9], 0.0625)
NAMES = ("pmcc_csv", "pmcc_mat", "pmcc_netcdf")
each_kind = pytest.mark.parametrize("name", NAMES)


def matlab(variables: dict[str, Any], name: str = "x.mat", *, compressed: bool = True) -> Source:
    file = io.BytesIO()
    SCIPY.savemat(file, variables, do_compression=compressed)
    return Source(name, file.getvalue())


def text(*rows: tuple[object, ...], separator: str = ",", name: str = "I02AR.csv") -> Source:
    lines = (separator.join(str(cell) for cell in row) for row in rows)
    return Source(name, "\n".join(lines).encode())


def product(n_windows: int = 2, **changes: float) -> Source:
    """Return a file laid out as BGR's products are, after the paper and openVIS."""
    buffer = io.BytesIO()
    file = SCIPY.netcdf_file(buffer, "w")
    file.instrument = "IS02 infrasound array"
    for name, length in (("N_avail", n_windows), ("N_stat", 3), ("N_char", 15)):
        file.createDimension(name, length)
    times = [f"20110604T18{5 * k:02d}00" for k in range(n_windows)]
    letters = np.array([list(one) for one in times], dtype="S1").T
    file.createVariable("time_p", "S1", ("N_char", "N_avail"))[:] = letters
    mean = {"azim": 211.25, "vapp": 343.5, "a_rms": 0.0125, "freq": 1.25, "f_size": 20.0, **changes}
    for name, value in mean.items():
        columns = np.array([[value], [1.0], [2.0 * value]]) * np.ones(n_windows)
        file.createVariable(name, "f8", ("N_stat", "N_avail"))[:] = columns
    file.flush()
    data = buffer.getvalue()
    file.close()
    return Source("IS02_2011_hf_1-3Hz_5min.nc", data)


def read(source: Source, *, strict: bool = False) -> Contents:
    return detect_format(source).read(source, strict=strict)


def only(source: Source) -> Detection:
    contents = read(source, strict=True)
    (detection,) = contents.detections
    return detection


def written(name: str, *detections: Detection) -> Source:
    chosen = format_named(name)
    ((ending, data),) = chosen.write(Contents(bulletin=Bulletin(detections=detections))).items()
    return Source(f"example{ending}", data)


def complaint(source: Source) -> str:
    """Return the strict error of a file, and check that reading it leniently tells the same."""
    (chosen,) = (f for f in all_formats() if f.name in NAMES and f.detect(source.data, "x"))
    serious = [i for i in chosen.read(source).issues if i.severity == "warning"]
    with pytest.raises(BadRecordError) as caught:
        chosen.read(source, strict=True)
    message = str(caught.value)
    assert serious
    assert serious[0].place in message
    assert source.name in message
    return message


# What the columns mean


@pytest.mark.parametrize(
    ("datenum", "time"),
    [
        # openVIS, examples/example.ipynb: six-hourly values of 2011, its first and last time.
        (734504.0, "2011-01-01T00:00:00Z"),
        (734867.75, "2011-12-30T18:00:00Z"),
        (719529.0, "1970-01-01T00:00:00Z"),
    ],
)
def test_date_numbers_are_those_of_matlab(datenum: float, time: str) -> None:
    assert ns_of_datenum(Decimal(datenum)) == parse_iso(time)
    assert float(datenum_of_ns(parse_iso(time))) == datenum


@given(st.datetimes(datetime(1700, 1, 1), datetime(2250, 1, 1)))
def test_a_date_number_is_the_proleptic_ordinal_and_366_days(when: datetime) -> None:
    utc = when.replace(tzinfo=UTC)
    midnight = utc.replace(hour=0, minute=0, second=0, microsecond=0)
    days = Decimal(midnight.toordinal() + 366)
    micros = (utc - midnight).seconds * 10**6 + utc.microsecond
    exact = days + Decimal(micros) / Decimal(86_400 * 10**6)
    time_ns = ns_of_datenum(exact)
    assert time_ns is not None
    assert abs(datenum_of_ns(time_ns) - exact) < Decimal("1e-14")
    assert time_ns % 1000 == 0


def check_all_sixteen(detection: Detection) -> None:
    assert detection.station == "I02AR"
    assert detection.time_ns == parse_iso("2011-06-04T18:45:00Z")
    assert detection.technology is Technology.INFRASOUND
    assert detection.phase == "I"
    assert detection.duration_s == 65.5
    assert detection.azimuth_deg == 211.25
    assert detection.trace_velocity_m_s == 343.5
    assert detection.slowness_s_per_deg == pytest.approx(KM_PER_DEG / 0.3435)
    assert detection.freq_hz == 1.25
    assert detection.band_hz == (0.5, 2.0)
    assert detection.family_size == 41
    assert detection.period_s == 0.75
    assert detection.pseudo_period_s == 0.875
    assert detection.fisher_ratio == 12.5
    assert detection.n_elements == 8
    # F = 1 + M SNR^2.
    assert detection.snr == pytest.approx((11.5 / 8) ** 0.5)
    assert detection.consistency_s == 0.0625
    assert detection.correlation == 0.75
    assert [(a.type, a.value, a.unit) for a in detection.amplitudes] == [
        ("beam:rms", 0.0125, "Pa"),
        ("beam:max", 0.0625, "Pa"),
    ]


def test_sixteen_columns_of_a_matrix_mean_what_bgr_says() -> None:
    check_all_sixteen(only(matlab({"bull_I02AR": np.array([ROW]), "made_by": "PMCC"})))
    check_all_sixteen(only(matlab({"bull57_I02AR": np.array([ROW])}, compressed=False)))


@pytest.mark.parametrize("separator", [",", ";", "\t", "  "])
def test_sixteen_columns_of_a_text_mean_the_same(separator: str) -> None:
    check_all_sixteen(only(text(ROW, separator=separator)))


def test_the_amplitude_is_called_as_in_our_own_detections() -> None:
    assert only(text(ROW)).amplitudes[0].type == BEAM_RMS


def test_the_older_form_has_ten_columns() -> None:
    for source in (text(OLD_ROW), matlab({"bull_I02AR": np.array([OLD_ROW])})):
        detection = only(source)
        assert [a.value for a in detection.amplitudes] == [0.0125, 0.0625]
        assert detection.family_size == 41
        assert detection.fisher_ratio is None


def test_the_station_is_named_by_the_matrix_or_the_file() -> None:
    rows = np.array([ROW])
    assert only(matlab({"bull_I41PY": rows}, "bull57_I02AR_2011.mat")).station == "I41PY"
    assert only(matlab({"detections": rows}, "bull57_I02AR_2011.mat")).station == "I02AR"
    assert only(text(ROW, name="a/IS02_2011.txt")).station == "IS02"
    contents = read(text(ROW, name="my list of families.txt"))
    assert contents.detections[0].station == "ARRAY"
    assert "station code" in contents.issues[0].text


def test_several_arrays_stand_in_one_matlab_file() -> None:
    source = matlab({"bull_I02AR": np.array([ROW, ROW]), "bull_I08BO": np.array([ROW])})
    contents = read(source)
    assert [d.station for d in contents.detections] == ["I02AR", "I08BO"]
    assert contents.issues[0].text == "the same as bull_I02AR row 1; left out"


def test_a_value_that_was_not_measured_is_nan() -> None:
    row = [ROW[0], *[float("nan")] * 15]
    for source in (text(tuple(row)), matlab({"bull_I02AR": np.array([row])})):
        detection = only(source)
        assert detection.azimuth_deg is None
        assert detection.family_size is None
        assert detection.amplitudes == ()


@pytest.mark.parametrize("separator", [";", "\t", "  "])
def test_spreadsheets_write_a_decimal_comma(separator: str) -> None:
    cells = tuple(str(value).replace(".", ",") for value in ROW)
    check_all_sixteen(only(text(cells, separator=separator)))


def test_a_product_of_bgr_gives_a_row_a_window() -> None:
    first, second = read(product(), strict=True).detections
    assert (first.station, first.duration_s) == ("IS02", 300.0)
    assert first.time_ns == parse_iso("2011-06-04T18:00:00Z")
    assert second.time_ns == parse_iso("2011-06-04T18:05:00Z")
    assert (first.azimuth_deg, first.trace_velocity_m_s, first.freq_hz) == (211.25, 343.5, 1.25)
    assert first.family_size == 40
    assert first.amplitudes == (Amplitude(type="beam:rms", value=0.0125, unit="Pa"),)


# What is wrong


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (1, 1307213100.0, "date number"),
        (1, 0, "date number"),
        (1, "NaN", "date number"),
        (1, "yesterday", "date number"),
        (2, -5, "0 or above"),
        (3, 400, "between -360 and 360"),
        (4, 343.5, "a speed in km/s"),
        (4, "fast", "a number"),
        (4, "1_0", "a number"),
        (5, "inf", "a number"),
        (7, 3, "below max_freq_hz"),
        (8, "NaN", "below max_freq_hz"),
        (9, 41.5, "a whole number"),
        (14, -1, "a whole number"),
        (16, 1.5, "between -1 and 1"),
    ],
)
def test_a_bad_value_is_named_with_its_line(column: int, value: object, said: str) -> None:
    bad = (*ROW[: column - 1], value, *ROW[column:])
    source = text(ROW, bad, (734659.0, *ROW[1:]))
    message = complaint(source)
    assert "line 2" in message
    assert said in message
    # The rest is read; of a row with a time, all but the value.
    assert len(read(source).detections) == (2 if column == 1 else 3)
    if not isinstance(value, str) or value == "NaN":
        numbers = np.array([ROW, [float(str(v)) for v in bad]])
        assert said in complaint(matlab({"bull_I02AR": numbers}))


@pytest.mark.parametrize("cells", [15, 17, 10, 1])
def test_a_row_of_another_width_is_left_out(cells: int) -> None:
    bad = (*ROW, 1.0)[:cells]
    source = text(ROW, bad)
    assert "line 2" in complaint(source)
    assert f"{cells} cells" in complaint(source)
    assert len(read(source).detections) == 1


@each_kind
def test_a_cut_off_file_is_told(name: str) -> None:
    whole = written(name, *(only(text((734658.5 + k, *ROW[1:]))) for k in range(5)))
    source = Source(whole.name, whole.data[:-40])
    assert complaint(source)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"a": np.ones((3, 4)), "b": "x"}, "a (3 x 4), b (1 x 1 char)"),
        ({"bull_I02AR": np.array([ROW, ROW]).T}, "bull_I02AR (16 x 2)"),
        ({"a": np.array([ROW]), "b": np.array([ROW])}, "a (1 x 16), b (1 x 16)"),
        ({"bull_I02AR": np.array([ROW]) + 1j}, "bull_I02AR (1 x 16 complex)"),
        ({}, "none"),
    ],
)
def test_a_matlab_file_of_other_things_says_what_it_holds(
    variables: dict[str, Any], said: str
) -> None:
    message = complaint(matlab(variables))
    assert said in message
    assert "bull_STATION" in message


def test_a_shape_that_no_file_can_hold_is_not_taken_as_a_size() -> None:
    source = matlab({"bull_I02AR": np.array([ROW])}, compressed=False)
    shape = np.array([1, 16], dtype="<i4").tobytes()
    huge = np.array([2**30, 16], dtype="<i4").tobytes()
    assert source.data.count(shape) == 1
    assert "do not fill it" in complaint(Source("x.mat", source.data.replace(shape, huge)))


def test_a_further_column_that_contradicts_the_bulletin_does_not_count() -> None:
    plain = only(text(ROW))
    # As a program with 111.19 km to the degree gives it.
    detection = replace(plain, slowness_s_per_deg=111.19 / 0.3435)
    source = written("pmcc_csv", detection)
    assert only(source) == detection
    edited = Source("x.csv", source.data.replace(b",0.3435,", b",0.3535,"))
    assert "which counts" in complaint(edited)
    (again,) = read(edited).detections
    assert again.trace_velocity_m_s == 353.5
    assert again.slowness_s_per_deg == pytest.approx(KM_PER_DEG / 0.3535)


def test_a_time_to_the_nanosecond_counts_where_it_fits_its_date_number() -> None:
    detection = replace(only(text(ROW)), time_ns=parse_iso("2011-06-04T18:45:00.123456789Z"))
    for name in ("pmcc_mat", "pmcc_netcdf"):
        source = written(name, detection)
        assert only(source).time_ns == detection.time_ns
        later = Source(source.name, source.data.replace(b"00.123456789Z", b"00.223456789Z"))
        if name == "pmcc_netcdf":
            assert "which counts" in complaint(later)
        (again,) = read(later).detections
        assert abs(again.time_ns - detection.time_ns) < 6_000


def test_only_infrasound_is_written() -> None:
    sound = only(text(ROW))
    quake = Detection(id="q", station="ILAR", time_ns=sound.time_ns, phase="P")
    with pytest.raises(UnwritableError, match="none of them of infrasound"):
        written("pmcc_mat", quake)
    both = Contents(bulletin=Bulletin(detections=(quake, sound)))
    files = format_named("pmcc_mat").write(both)
    assert losses_of(format_named("pmcc_mat"), both, files)[0] == ("1 of 2 detections are left out")


def test_the_longest_ending_of_a_name_tells_the_format() -> None:
    names = {
        "x.pmcc.csv": "pmcc_csv",
        "X.PMCC.TXT": "pmcc_csv",
        "x.mat": "pmcc_mat",
        "x.nc": "pmcc_netcdf",
        "x.csv": "arrival_csv",
    }
    writers = [f for f in all_formats() if "bulletin" in f.writes]
    found = {name: [f.name for f in called_like(name, writers)] for name in names}
    assert found == {name: [one] for name, one in names.items()}
    assert called_like("x.unknown", writers) == []


# What others read of it


def test_scipy_finds_the_sixteen_columns_in_what_is_written() -> None:
    detection = only(text(ROW))
    loaded = SCIPY.loadmat(io.BytesIO(written("pmcc_mat", detection).data))
    np.testing.assert_allclose(loaded["bull_I02AR"], [ROW], rtol=1e-15)
    assert [name for name in loaded if not name.startswith("__")] == ["bull_I02AR"]
    data = written("pmcc_netcdf", detection).data
    with SCIPY.netcdf_file(io.BytesIO(data), mmap=False) as file:
        got = [float(file.variables[key][0]) for key in KEYS]
        units = [file.variables[key].units.decode() for key in KEYS]
        places = [int(file.variables[key].column) for key in KEYS]
    np.testing.assert_allclose(got, ROW, rtol=1e-15)
    assert units == [column.unit for column in COLUMNS]
    assert places == list(range(1, 17))
    lines = written("pmcc_csv", detection).data.decode().splitlines()
    assert [float(cell) for cell in lines[1].split(",")[:16]] == list(ROW)


# Nothing is lost

_MAYBE: Any = lambda values: st.none() | values  # noqa: E731 — a name for a pattern


def _floats(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, exclude_min=True)


_WORDS = st.text("abcXYZ019:/-,;\"'é", max_size=8).map(lambda s: " ".join(s.split()))


@st.composite
def families(draw: st.DrawFn) -> tuple[Detection, ...]:
    """Return detections that have anything that a bulletin and its further columns hold."""
    found = []
    for number in range(draw(st.integers(0, 4))):
        velocity = draw(_MAYBE(_floats(50.0, 5000.0)))
        slowness = draw(_MAYBE(st.just(1.0)))
        if slowness is not None:
            slowness = KM_PER_DEG * 1e3 / (velocity or 340.0) * draw(st.floats(0.9995, 1.0005))
        elements = tuple(draw(st.lists(st.sampled_from(["H1", "H2", "H3"]), unique=True)))
        rms, largest = draw(_MAYBE(_floats(0.0, 100.0))), draw(_MAYBE(_floats(0.0, 100.0)))
        low = draw(_floats(0.0, 5.0))
        found.append(
            Detection(
                id=draw(st.sampled_from(["", "smi:local/"])) + f"d{number}",
                station=draw(st.sampled_from(["I02AR", "N4277W10959", "X-1", "A_B", "9"])),
                time_ns=draw(st.integers(-(10**18), 4 * 10**18)),
                time_sigma_s=draw(_MAYBE(_floats(0.0, 60.0))),
                phase=draw(_MAYBE(st.sampled_from(["I", "N", "Is"]))),
                network=draw(st.sampled_from(["", "IM"])),
                azimuth_deg=draw(_MAYBE(st.floats(0.0, 360.0))),
                azimuth_deg_sigma=draw(_MAYBE(_floats(0.0, 90.0))),
                slowness_s_per_deg=slowness,
                slowness_s_per_deg_sigma=draw(_MAYBE(_floats(0.0, 90.0))),
                period_s=draw(_MAYBE(_floats(0.0, 900.0))),
                freq_hz=draw(_MAYBE(_floats(0.0, 10.0))),
                snr=draw(_MAYBE(st.floats(0.0, 1e4))),
                duration_s=draw(_MAYBE(st.floats(0.0, 1e5))),
                technology=Technology.INFRASOUND,
                trace_velocity_m_s=velocity,
                trace_velocity_m_s_sigma=draw(_MAYBE(_floats(0.0, 90.0))),
                band_hz=draw(_MAYBE(st.just((low, 2.0 * low)))),
                p_value=draw(_MAYBE(st.floats(0.0, 1.0))),
                consistency_s=draw(_MAYBE(st.floats(0.0, 10.0))),
                correlation=draw(_MAYBE(st.floats(-1.0, 1.0))),
                family_size=draw(_MAYBE(st.integers(1, 10**6))),
                fisher_ratio=draw(_MAYBE(st.floats(0.0, 1e6))),
                n_elements=None if elements else draw(_MAYBE(st.integers(1, 15))),
                pseudo_period_s=draw(_MAYBE(_floats(0.0, 900.0))),
                amplitudes=tuple(
                    Amplitude(type=kind, value=value, unit="Pa")
                    for kind, value in (("beam:rms", rms), ("beam:max", largest))
                    if value is not None
                ),
                elements=elements,
                author=draw(_WORDS),
                method=draw(st.sampled_from(["", "PMCC"])),
                group=draw(_MAYBE(st.just("e1"))),
            )
        )
    return tuple(found)


@each_kind
@settings(max_examples=60, deadline=None)
@given(detections=families())
def test_what_is_written_is_read_as_it_was(name: str, detections: tuple[Detection, ...]) -> None:
    again = format_named(name).read(written(name, *detections), strict=True)
    # MATLAB files have a matrix per station.
    assert sorted(again.detections, key=lambda d: d.id) == sorted(detections, key=lambda d: d.id)
    assert again.issues == ()


@pytest.mark.data
@each_kind
def test_published_lists_of_infrapy_are_kept(name: str, shared_data: Path) -> None:
    files = sorted((shared_data / "infrasound").glob("*/*dets.json"))
    assert files
    for path in files:
        first = read_file(path)
        again = format_named(name).read(written(name, *first.detections), strict=True)
        by_id = sorted(again.detections, key=lambda d: d.id)
        assert by_id == sorted(first.detections, key=lambda d: d.id)


@each_kind
@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.floats(720000.0, 770000.0),
            st.floats(0.0, 1e5), st.floats(0.0, 360.0), st.floats(0.01, 50.0),
            st.floats(0.0, 1e3), st.floats(1e-3, 10.0), st.floats(0.0, 1.0), st.floats(1.0, 10.0),
            st.integers(0, 10**6).map(float), st.floats(1e-3, 1e3), st.floats(1e-3, 1e3),
            st.floats(0.0, 1e3), st.floats(0.0, 1e6), st.integers(0, 20).map(float),
            st.floats(0.0, 10.0), st.floats(-1.0, 1.0),
        ),
        min_size=1, max_size=4, unique_by=lambda row: row[0],
    )
)  # fmt: skip
def test_a_foreign_matrix_comes_back_to_the_last_bit_but_one(
    name: str, rows: list[tuple[float, ...]]
) -> None:
    first = read(matlab({"bull_I02AR": np.array(rows)}), strict=True)
    again = format_named(name).read(written(name, *first.detections), strict=True)
    assert again.detections == first.detections
    back = SCIPY.loadmat(io.BytesIO(written("pmcc_mat", *again.detections).data))["bull_I02AR"]
    # Times are whole nanoseconds, of which a double holds 10 000 at most; the speed is in m/s.
    np.testing.assert_array_equal(np.delete(back, 3, axis=1), np.delete(rows, 3, axis=1))
    np.testing.assert_allclose(back[:, 3], np.array(rows)[:, 3], rtol=3e-16)
