"""SRM text: what files say, both conventions of everything, and errors with line and remedy."""

from __future__ import annotations

import gzip
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import BadRecordError, ParameterError, UnwritableError
from vigie.formats import Contents, Issue, Source, detect_format, format_named, read_source
from vigie.formats.losses import losses_of
from vigie.formats.srm import COMPRESSED, FORMAT, SrmFormat, SrmOptions
from vigie.records import Sensitivity, format_iso, global_grid
from vigie.testing.examples import sensitivity

if TYPE_CHECKING:
    from pathlib import Path

HEAD = '47.60 -121.55 20190804 15 20190805 15 1.0E+15 120 3 3 0.50 0.50 "USP70"\n'
ROW = "47.50 238.50 0 2.5E+00\n"
AFAR = "50.00 355.00 39 1.25E-06\n"


def read(text: str | bytes, *, strict: bool = True, **options: str) -> Sensitivity:
    data = text.encode() if isinstance(text, str) else text
    chosen = SrmFormat(SrmOptions(**options))
    (record,) = chosen.read(Source("x.srm", data), strict=strict).sensitivities
    return record


def issues(text: str | bytes, severity: str = "warning", **options: str) -> list[Issue]:
    data = text.encode() if isinstance(text, str) else text
    contents = SrmFormat(SrmOptions(**options)).read(Source("x.srm", data))
    return [issue for issue in contents.issues if issue.severity == severity]


def test_the_header_says_when_and_where() -> None:
    record = read(HEAD + ROW + AFAR)
    assert record.station == "USP70"
    assert (record.receptor_latitude, record.receptor_longitude) == (47.6, -121.55)
    assert format_iso(record.collection_start_ns, digits=0) == "2019-08-04T15:00:00Z"
    assert format_iso(record.collection_stop_ns, digits=0) == "2019-08-05T15:00:00Z"
    assert (record.step_s, record.n_steps, record.released_bq) == (10800.0, 40, 1e15)
    assert record.grid == global_grid(0.5, 0.5)
    assert record.spread is None
    assert record.at(47.5, -121.5)[0] == 2.5 / 1e15
    assert record.at(50.0, -5.0)[39] == 1.25e-6 / 1e15


def test_columns_of_fortran_may_touch() -> None:
    head = HEAD.replace("47.60 -121.55", "47.60-121.55").replace("0.50 0.50", "10.0010.00")
    rows = "-50.00-120.00 0 2.5E+00\n50.00-120.00    3 1.0E+00\n50.00 -10.00 3 0.1234567-100\n"
    record = read(head + rows, order="lat_lon")
    assert record.receptor_longitude == -121.55
    assert record.grid.latitude_step == 10.0
    latitude, longitude = record.grid.centres(record.cell)
    assert latitude.tolist() == [-50.0, 50.0, 50.0]
    assert (longitude % 360.0).tolist() == [240.0, 240.0, 350.0]
    assert record.value.tolist() == [2.5e-15, 1e-15, 0.1234567e-100 / 1e15]
    told = [one.text for one in issues(head + rows, "notice", order="lat_lon")]
    assert any("2 rows have columns that touch" in text for text in told)


def test_a_region_has_its_own_grid() -> None:
    head = HEAD.strip() + " -130.00 40.00 80 40\n"
    record = read(head + "47.50 -121.50 0 1.0\n40.00 -91.00 39 2.0\n")
    grid = record.grid
    assert (grid.first_latitude, grid.n_latitude) == (40.0, 40)
    assert (grid.first_longitude, grid.n_longitude, grid.cyclic) == (-130.0, 80, False)
    assert record.at(40.0, 269.0)[39] == 2e-15


def test_steps_of_one_and_a_half_hours_and_a_remainder() -> None:
    head = HEAD.replace("120 3 3", "10 1.5 1.5")
    assert read(head + ROW).n_steps == 7


def test_positions_that_are_rounded_find_their_cells() -> None:
    head = HEAD.replace("0.50 0.50", "0.125 0.125")
    record = read(head + "47.62 238.38 0 1.0\n47.75 238.50 0 1.0\n47.88 238.63 0 1.0\n")
    latitude, longitude = record.grid.centres(record.cell)
    assert latitude.tolist() == [47.625, 47.75, 47.875]
    assert longitude.tolist() == [238.375, 238.5, 238.625]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"file, content: '' is not a header and rows: the file is empty"),
        ("\n \n", r"the file is empty"),
        (HEAD.replace(' "USP70"', ""), r"line 1, header: .*a header of 13 fields"),
        (HEAD.replace("0.50 0.50 ", ""), r"line 1, header: .*ask the centre"),
        (HEAD.replace("0804", "0832"), r"line 1, start date: '20190832 15' is not a date"),
        (HEAD.replace("0805 15", "0805 25"), r"line 1, stop date: '20190805 25'"),
        (HEAD.replace("20190805", "20190804"), r"line 1, collection: .*a stop after a start"),
        (HEAD.replace("1.0E+15", "0.0E+00"), r"line 1, released Bq: '0' is not 1e-30"),
        (HEAD.replace("1.0E+15", "1E-300"), r"line 1, released Bq: '1e-300' is not 1e-30 to 1e30"),
        (HEAD.replace("120 3 3", "9e9 9e6 9e6"), r"line 1, simulated hours: '9e\+09'"),
        (HEAD + ROW + "47.5 238.5 1 1e250\n", r"line 3, value: .*below 1e200"),
        (HEAD.replace("1.0E+15", "*******"), r"line 1, released Bq: '\*+' is not a number"),
        (HEAD.replace("120 3 3", "120 0 3"), r"line 1, output interval, h: '0'"),
        (HEAD.replace("0.50 0.50", "0.50 99.9"), r"line 1, dy: '99.9' is not 0.01 to 30"),
        (HEAD.replace("120 3 3", "120 3 24") + ROW, r"averaging time: '24 h'.*interval of 3 h"),
        (HEAD + ROW + "47.5 238.5 1 -1.0\n", r"line 3, value: '47.5 238.5 1 -1.0'.*from 0 on"),
        (HEAD + ROW + "47.5 238.5 1 nan\n", r"line 3, row: .*4 numbers"),
        (HEAD + ROW + "47.5 238.5 1 1e999\n", r"line 3, value"),
        (HEAD + ROW + "47.5 238.5 1\n", r"line 3, row: '47.5 238.5 1' is not 4 numbers"),
        (HEAD + ROW + "47.5 238.5 1 1.0 ?\n", r"line 3, row"),
        (HEAD + ROW + "47.5 238.5 1 1.0 2.0\n", r"line 3, row"),
        (HEAD + ROW + "47.5 238.5 1.5 1.0\n", r"line 3, step: .*a whole number"),
        (HEAD + ROW + "47.0 238.5 0 1\n47.5 238.5 40 1\n", r"line 4, step: .*0 to 39 \(the header"),
        (HEAD + ROW + "47.5 238.5 -1 1.0\n", r"line 3, step"),
        (HEAD + ROW + "47.5 999.0 1 1.0\n", r"line 3, position"),
        (HEAD + ROW + AFAR + "97.5 238.5 1 1.0\n", r"line 4, latitude"),
        (HEAD + ROW + ROW, r"line 3, row: .*no other row in this step"),
        (HEAD + ROW + "47.7 238.5 1 1.0\n", r"header, grid: '0.5 x 0.5 deg'.*1 of 2 do not"),
        (HEAD + "47.5 238.5 0 1 2 3\n", r"line 2, row: .*several values in a line"),
        (HEAD, r"sensitive to nothing"),
    ],
)  # fmt: skip
def test_errors_name_line_and_remedy(text: str, message: str) -> None:
    with pytest.raises(BadRecordError, match=message):
        read(text)


def test_bad_rows_are_left_out_and_the_others_read() -> None:
    rows = "".join(f"{47 + 0.5 * k:.2f} 238.50 1 1.0\n" for k in range(50))
    bad = "47.70 238.50 2 1.0\n47.00 238.50 x 1.0\n47.00 238.50 2 -1\n47.00 238.50 77 1\n"
    text = HEAD + ROW + rows + bad + AFAR
    told = issues(text)
    assert {one.place for one in told} == {"line 53", "line 54", "line 55", "line 56"}
    assert read(text, strict=False).same_as(read(HEAD + ROW + rows + AFAR))


def test_of_many_bad_rows_the_number_is_told() -> None:
    text = HEAD + ROW + AFAR + "47.0 238.5 1 nan\n" * 1000
    told = issues(text)
    assert len(told) == 21
    assert told[-1].text.startswith("row: '980' is not told one by one")


def test_a_broken_archive_is_read_as_far_as_it_goes() -> None:
    rng = np.random.default_rng(1)
    rows = [f"{47 + 0.5 * r:.2f} {c / 2:.2f} 1 {v:.5E}\n" for r in range(20) for c, v in
            enumerate(rng.random(500))]  # fmt: skip
    whole = gzip.compress((HEAD + ROW + "".join(rows)).encode(), mtime=0)
    complete = COMPRESSED.read(Source("x.srm.gz", whole), strict=True).sensitivities[0]
    cut = Source("x.srm.gz", whole[: len(whole) // 2])
    contents = COMPRESSED.read(cut)
    (issue,) = [one for one in contents.issues if one.severity == "warning"]
    assert "broken off" in issue.text
    assert "the file again" in issue.text
    n_rows = contents.sensitivities[0].n_rows
    assert 0 < n_rows < complete.n_rows
    assert f"; {n_rows + 1} lines before" in issue.text
    np.testing.assert_array_equal(contents.sensitivities[0].value, complete.value[:n_rows])
    with pytest.raises(BadRecordError, match="broken off"):
        COMPRESSED.read(cut, strict=True)
    injured = bytearray(whole)
    injured[len(whole) // 2] ^= 255
    told = COMPRESSED.read(Source("x.srm.gz", bytes(injured))).issues
    assert any("damaged" in one.text for one in told)


def test_an_archive_of_two_members_is_one_file() -> None:
    data = gzip.compress((HEAD + ROW).encode()) + gzip.compress(AFAR.encode())
    assert COMPRESSED.read(Source("x", data), strict=True).sensitivities[0].n_rows == 2


@st.composite
def sensitivities(draw: st.DrawFn) -> Sensitivity:
    """Draw a sensitivity whose values have at most seven digits."""
    step = draw(st.sampled_from([0.25, 0.5, 1.0, 2.5]))
    grid = global_grid(step, step, latitude_phase=draw(st.sampled_from([0.0, step / 2])),
                       longitude_phase=draw(st.sampled_from([0.0, step / 2])))  # fmt: skip
    if draw(st.booleans()):
        grid = replace(grid, first_latitude=-20.0, n_latitude=20, n_longitude=100,
                       first_longitude=draw(st.sampled_from([-130.0, 0.0, 200.0])))  # fmt: skip
    n_steps = draw(st.integers(1, 60))
    pairs = st.tuples(st.integers(0, n_steps - 1), st.integers(0, grid.n_cells - 1))
    keys = np.array(sorted(draw(st.sets(pairs, min_size=1, max_size=30)))).reshape(-1, 2)
    digits = st.integers(0, 9_999_999)
    values = np.array([draw(digits) * 10.0 ** draw(st.integers(-40, 3)) for _ in keys])
    spreads = np.array([draw(digits) * 10.0 ** draw(st.integers(-40, 3)) for _ in keys])
    scale = draw(st.sampled_from([1e15, 1.3e15]))
    return replace(
        sensitivity(),
        receptor_latitude=draw(st.integers(-9000, 9000)) / 100.0,
        receptor_longitude=draw(st.integers(-18000, 18000)) / 100.0,
        grid=grid, n_steps=n_steps, step=keys[:, 0].astype(np.int32), cell=keys[:, 1],
        value=values / scale, spread=draw(st.sampled_from([None, spreads / scale])),
        released_bq=scale,
    )  # fmt: skip


@settings(max_examples=150)
@given(
    record=sensitivities(),
    order=st.sampled_from(["lat_lon", "lon_lat"]),
    header_order=st.sampled_from(["lat_lon", "lon_lat"]),
    base=st.sampled_from(["0", "1"]),
    cell=st.sampled_from(["centre", "corner"]),
    longitudes=st.sampled_from(["0-360", "180"]),
)  # fmt: skip
def test_what_is_written_in_any_convention_is_read_again(
    record: Sensitivity, order: str, header_order: str, base: str, cell: str, longitudes: str
) -> None:
    chosen = SrmFormat(
        SrmOptions(order=order, header_order=header_order, base=base, cell=cell,
                   longitudes=longitudes)
    )  # fmt: skip
    contents = Contents(sensitivities=(record,))
    latitude, _ = record.grid.centres(record.cell)
    if cell == "corner" and latitude.min() - 0.5 * record.grid.latitude_step < -90.0:
        with pytest.raises(UnwritableError, match="beyond a pole"):
            chosen.write(contents)
        return
    (data,) = chosen.write(contents).values()
    back = chosen.as_written(contents).read(Source("x.srm", data), strict=True).sensitivities[0]
    np.testing.assert_array_equal(back.step, record.step)
    np.testing.assert_array_equal(back.cell, record.cell)
    np.testing.assert_allclose(back.value, record.value, rtol=6e-8)
    if record.spread is not None:
        assert back.spread is not None
        np.testing.assert_allclose(back.spread, record.spread, rtol=6e-8)
    assert replace(back, value=record.value, spread=record.spread).same_as(record)
    assert chosen.write(Contents(sensitivities=(back,))) == {".srm": data}


def test_what_a_written_file_leaves_open_is_told() -> None:
    one = replace(sensitivity(), step=np.array([1, 1, 38], dtype=np.int32))
    nearby = replace(one, cell=one.grid.cells_at([47.5, 48.0, 50.0], [38.5, 39.0, 55.0]))
    told = FORMAT.remarks(Contents(sensitivities=(nearby,)))
    assert [text.split("tell ")[1] for text in told] == [
        "other readers (latitude first)",
        "other readers (from 0)",
    ]
    turned = SrmFormat(SrmOptions(order="lon_lat", base="1"))
    told = turned.remarks(Contents(sensitivities=(nearby,)))
    assert [text.split("--option ")[1] for text in told] == ["order=lon_lat)", "base=1)"]
    assert FORMAT.remarks(Contents(sensitivities=(sensitivity(),))) == ()
    contents = Contents(sensitivities=(nearby,))
    assert losses_of(FORMAT, contents, FORMAT.write(contents)) == ()


def test_what_a_file_cannot_hold_is_told() -> None:
    one = replace(sensitivity(), layer_depth_m=150.0, source="CWAO")
    contents = Contents(sensitivities=(one,))
    told = losses_of(FORMAT, contents, FORMAT.write(contents))
    assert told == ("sensitivity: layer_depth_m (1), source (1)",)


@pytest.mark.parametrize(
    "records",
    [
        (), (sensitivity(), sensitivity()), (replace(sensitivity(), station='A"B'),),
        (replace(sensitivity(), station=" "),),
        (replace(sensitivity(), collection_stop_ns=sensitivity().collection_stop_ns + 1),),
        (replace(sensitivity(), value=np.full(3, 1e90)),),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_refused(records: tuple[Sensitivity, ...]) -> None:
    with pytest.raises(UnwritableError):
        FORMAT.write(Contents(sensitivities=records))


@pytest.mark.parametrize("words", [{"base": "2"}, {"odd": "1"}])
def test_unknown_options_are_refused(words: dict[str, str]) -> None:
    with pytest.raises(ParameterError, match="one of"):
        FORMAT.with_options(words)
    with pytest.raises(ParameterError, match="have none"):
        read_source(Source("x", b""), format_name="g2s", options=words)


def real(shared_data: Path, station: str) -> Source:
    (path,) = (shared_data / "transport/srs").glob(f"{station}.*.txt.gz")
    return Source(str(path), path.read_bytes())


REAL = {
    # rows, steps, sum, largest (value, latitude, longitude, step), rows of the first steps,
    # centroid of step 0, largest sum of M A (1/m) and its step, value at 59.75 N 243 E, step 22
    "THBAY": (315_688, 37, 38_464.7255, (99.0029, 48.25, 270.5, 5), (42, 131, 249),
              (48.4175, 270.3610), (8.9e-4, 8), 1.8840e-4),
    "WHTSH": (184_681, 38, 24_101.0311, (195.808, 49.5, 249.25, 2), (15, 68, 130),
              (49.3909, 249.3071), (6.3e-4, 4), 1.84319e-3),
}  # fmt: skip


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("station", REAL)
def test_figures_of_two_real_files(shared_data: Path, station: str) -> None:
    rows, steps, total, largest, first_rows, centroid, reached, there = REAL[station]
    source = real(shared_data, station)
    assert detect_format(source).name == "srm_gz"
    took_s = []
    for _ in range(3):
        started = time.process_time()
        contents = COMPRESSED.read(source, strict=True)
        took_s.append(time.process_time() - started)
    assert min(took_s) < 1.5
    record = contents.sensitivities[0]
    assert (record.n_rows, record.n_steps, record.source) == (rows, steps, "CWAO")
    assert int(record.step.max()) == steps - 1
    value = record.value * record.released_bq
    assert value.sum() == pytest.approx(total, abs=6e-5)
    at = int(value.argmax())
    latitude, longitude = record.grid.centres(record.cell)
    found = (value[at], latitude[at], longitude[at], record.step[at])
    assert found == pytest.approx(largest, rel=1e-9)
    assert tuple(np.bincount(record.step)[:3].tolist()) == first_rows
    first = record.step == 0
    weight = value[first] / value[first].sum()
    assert float(weight @ latitude[first]) == pytest.approx(centroid[0], abs=6e-5)
    assert float(weight @ longitude[first]) == pytest.approx(centroid[1], abs=6e-5)
    areas = record.grid.cell_areas_m2(record.cell)
    by_step = np.bincount(record.step, weights=record.value * areas)
    assert int(by_step.argmax()) == reached[1]
    assert float(by_step.max()) == pytest.approx(reached[0], abs=5e-6)
    assert record.at(59.75, 243.0)[22] * record.released_bq == pytest.approx(there, rel=2e-5)
    assert record.spread is not None
    assert float(np.max(record.spread / record.value)) == pytest.approx(6.0**0.5, rel=1e-5)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("order", ["lat_lon", "lon_lat"])
@pytest.mark.parametrize("base", ["0", "1"])
def test_a_real_file_is_recognised_in_every_convention(
    shared_data: Path, order: str, base: str
) -> None:
    contents = COMPRESSED.read(real(shared_data, "WHTSH"))
    options = SrmOptions(order=order, base=base, longitudes="180" if base == "1" else "0-360")
    (data,) = SrmFormat(options).write(contents).values()
    again = format_named("srm").read(Source("x.srm", data), strict=True).sensitivities[0]
    assert replace(again, source="CWAO").same_as(contents.sensitivities[0])


def unclear() -> Sensitivity:
    """Return a record of an unknown station, of which neither order nor base nor cells show."""
    grid = global_grid(0.5, 0.5)
    return replace(
        sensitivity(),
        station="XYZ",
        receptor_latitude=20.1,
        receptor_longitude=50.1,
        grid=grid,
        step=np.array([3, 5], dtype=np.int32),
        cell=grid.cells_at([20.0, 21.0], [50.0, 51.0]),
        value=np.array([1e-15, 2e-15]),
        spread=None,
    )


@pytest.mark.parametrize("how", [FORMAT, COMPRESSED])
def test_what_vigie_writes_vigie_reads_without_being_told(how: SrmFormat) -> None:
    record = unclear()
    (data,) = how.write(Contents(sensitivities=(record,))).values()
    contents = how.read(Source("x.srm", data), strict=True)
    assert contents.sensitivities[0].cell.tolist() == record.cell.tolist()
    assert contents.sensitivities[0].step.tolist() == [3, 5]
    assert contents.sensitivities[0].receptor_latitude == 20.1
    told = [one.text for one in contents.issues]
    assert [one.severity for one in contents.issues] == ["notice"] * 4
    assert all("so the mark of vigie says" in text for text in told)
    assert how.remarks(Contents(sensitivities=(record,))) != ()


def test_the_mark_is_blank_and_only_what_it_says_bears_it() -> None:
    contents = Contents(sensitivities=(unclear(),))
    (data,) = FORMAT.write(contents).values()
    first, rest = data.decode().split("\n", 1)
    # Other readers see the thirteen fields, and nothing more.
    assert len(first.split()) == 13
    with pytest.raises(BadRecordError, match="order of latitude"):
        read(first.rstrip() + "\n" + rest)
    (turned,) = SrmFormat(SrmOptions(order="lon_lat")).write(contents).values()
    assert turned.split(b"\n")[0] == turned.split(b"\n")[0].rstrip()
    with pytest.raises(BadRecordError, match="order of latitude"):
        read(turned)
    # Who says otherwise is believed.
    assert read(data, order="lon_lat", base="1").step.tolist() == [2, 4]
