"""Lists of concentrations: units are never guessed, limits decide what was detected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vigie.errors import BadRecordError, ParameterError, UnwritableError
from vigie.formats import Contents, Source, detect_format, read_source
from vigie.formats.air_sample_csv import FORMAT, AirSampleCsv
from vigie.records import SampleAnalysis, format_iso

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "station,nuclide,collection_start,collection_stop,concentration,uncertainty,mdc,unit\n"
ROW = "USP70,Xe-133,2019-08-04T15:00Z,2019-08-05T15:00Z,0.25,0.05,0.2,mBq/m3\n"


def read(text: str, unit: str = "", *, strict: bool = True) -> tuple[SampleAnalysis, ...]:
    chosen = AirSampleCsv(unit)
    return chosen.read(Source("x.csv", text.encode()), strict=strict).samples


def test_rows_of_one_collection_are_one_sample() -> None:
    (sample,) = read(HEAD + ROW + ROW.replace("Xe-133", "131Xem").replace("0.25", "0.01"))
    assert (sample.station, sample.technology) == ("USP70", "noble_gas")
    assert sample.collection_start_ns is not None
    assert format_iso(sample.collection_start_ns, digits=0) == "2019-08-04T15:00:00Z"
    first, second = sample.nuclides
    assert (first.nuclide, first.concentration, first.uncertainty) == ("Xe-133", 0.25, 0.05)
    assert (first.mdc, first.unit, first.detected) == (0.2, "mBq/m3", True)
    assert (second.nuclide, second.detected) == ("Xe-131m", False)


def test_a_critical_level_decides_before_the_mdc() -> None:
    text = "station,nuclide,date,value (uBq/m3),lc,mdc\nA,Cs-137,2019-01-02 15:00,0.4,0.5,0.6\n"
    (sample,) = read(text)
    (cesium,) = sample.nuclides
    assert not cesium.detected
    assert (cesium.critical_level, cesium.unit) == (0.5, "uBq/m3")
    assert sample.technology == "particulate"
    (sample,) = read(text.replace(",0.5,", ",,"))
    assert sample.nuclides[0].detected


@pytest.mark.parametrize(
    ("column", "unit"),
    [("Value (Bq/m3)", "Bq/m3"), ("concentration [mBq/m3]", "mBq/m3"),
     ("concentration_ubq_m3", "uBq/m3"), ("Concentration (µBq/m3)", "uBq/m3")],
)  # fmt: skip
def test_the_name_of_a_column_may_state_the_unit(column: str, unit: str) -> None:
    text = f"station,nuclide,date,{column}\nA,Cs-137,2019-01-02 15:00,0.4\n"
    assert detect_format(Source("x.csv", text.encode())).name == "air_sample_csv"
    assert read(text)[0].nuclides[0].unit == unit


def test_without_a_unit_nothing_is_read_and_the_option_helps() -> None:
    text = "Entity,Metric,Date,Value\nA, Cs-137,2019-01-02 15:00,0.4\n"
    with pytest.raises(BadRecordError, match="option unit=Bq/m3"):
        read(text)
    assert read(text, strict=False) == ()
    source = Source("x.csv", text.encode())
    (sample,) = read_source(source, options={"unit": "ubq/m3"}).samples
    assert sample.nuclides[0].unit == "uBq/m3"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROW.replace("USP70", ""), "line 2, station"),
        (ROW.replace("Xe-133", "Xx-133"), "line 2, nuclide: 'Xx-133'"),
        (ROW.replace("2019-08-05T15:00Z", "2019-08-05"), "line 2, stop"),
        (ROW.replace("2019-08-05T15:00Z", ""), "line 2, stop"),
        (ROW.replace("2019-08-04", "2019-08-06"), "line 2, collection"),
        (ROW.replace("mBq", "kBq"), "line 2, unit: 'kBq/m3'"),
        (ROW.replace("0.05", "-0.05"), "line 2, uncertainty"),
        (ROW.replace("0.25", "much"), "line 2, value: 'much'"),
        (ROW.replace("0.25,0.05,0.2", ",0.05,"), "line 2, concentration"),
        (ROW + ROW, "line 3, nuclide: 'Xe-133' is not a nuclide that the collection has once"),
    ],
)
def test_errors_name_line_and_remedy(row: str, message: str) -> None:
    with pytest.raises(BadRecordError, match=message):
        read(HEAD + row)
    kept = read(HEAD + row + ROW.replace("USP70", "SEX63"), strict=False)
    assert kept[-1].station == "SEX63"


def test_options_and_writing_are_refused() -> None:
    with pytest.raises(ParameterError, match="unit"):
        FORMAT.with_options({"base": "0"})
    with pytest.raises(ParameterError, match="one of Bq/m3"):
        FORMAT.with_options({"unit": "Bq"})
    with pytest.raises(UnwritableError, match="only read"):
        FORMAT.write(Contents())


@pytest.mark.data
def test_eight_made_up_samples(shared_data: Path) -> None:
    path = shared_data / "transport/srs/samples.csv"
    source = Source(str(path), path.read_bytes())
    assert detect_format(source).name == "air_sample_csv"
    samples = read_source(source, options={"unit": "Bq/m3"}, strict=True).samples
    stations = ["CAP17", "CAP18", "CAP18", "THBAY", "THBAY", "USP75", "USP75", "WHTSH"]
    assert [one.station for one in samples] == stations
    last = samples[-1]
    assert last.collection_stop_ns is not None
    assert format_iso(last.collection_stop_ns, digits=0) == "2019-08-05T16:00:00Z"
    (cesium,) = last.nuclides
    assert (cesium.concentration, cesium.uncertainty) == (1.727009e-07, 1.727009e-08)
    assert (cesium.mdc, cesium.unit, cesium.nuclide) == (1e-11, "Bq/m3", "Cs-137")
    assert all(one.nuclides[0].detected for one in samples)
