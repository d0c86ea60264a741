"""What files do not say of themselves: found out with evidence, refused, or told by the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vigie.errors import BadRecordError
from vigie.formats import Source
from vigie.formats.srm import COMPRESSED, SrmFormat, SrmOptions

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.records import Sensitivity


def text_of(receptor: str, rows: str, station: str = "XYZ") -> str:
    return f'{receptor} 20190804 15 20190805 15 1.0E+15 120 3 3 0.50 0.50 "{station}"\n{rows}'


def read(text: str, **options: str) -> tuple[Sensitivity, list[str]]:
    chosen = SrmFormat(SrmOptions(**options))
    contents = chosen.read(Source("x.srm", text.encode()), strict=True)
    return contents.sensitivities[0], [f"{one.place}: {one.text}" for one in contents.issues]


def place(record: Sensitivity, row: int = 0) -> tuple[float, float]:
    latitude, longitude = record.grid.centres(record.cell[row])
    return float(latitude), float(longitude)


NEAR = "20.00 50.00 0 1.0\n21.00 51.00 39 1.0\n"
"""Rows that may be either."""
FAR = NEAR + "20.00 100.00 39 1.0\n"
"""Rows with latitudes first."""


def four(*values: float) -> str:
    """Return a first step in four cells, the southern ones first."""
    places = [(20.0, 150.0), (20.0, 150.5), (20.5, 150.0), (20.5, 150.5)]
    rows = zip(places, values, strict=True)
    return "".join(f"{lat:.2f} {lon:.2f} 0 {value:.1f}\n" for (lat, lon), value in rows)


def test_a_number_beyond_90_is_a_longitude() -> None:
    record, told = read(text_of("20.10 -110.00", "20.00 250.00 0 1.0\n"))
    assert (record.receptor_latitude, record.receptor_longitude) == (20.1, -110.0)
    assert "header: latitude first: -110 is beyond 90" in told
    assert any("second number is beyond 90 in 1 rows" in text for text in told)
    record, told = read(text_of("-110.00 20.10", "250.00 20.00 0 1.0\n"))
    assert (record.receptor_latitude, record.receptor_longitude) == (20.1, -110.0)
    assert place(record) == (20.0, 250.0)
    assert "header: longitude first: -110 is beyond 90" in told


def test_header_and_rows_may_differ() -> None:
    record, _ = read(text_of("-110.00 20.10", "20.00 250.00 0 1.0\n"))
    assert record.receptor_latitude == 20.1
    assert place(record) == (20.0, 250.0)


@pytest.mark.parametrize("receptor", ["20.10 50.10", "50.10 20.10"])
def test_the_first_step_lies_at_the_receptor(receptor: str) -> None:
    record, told = read(text_of(receptor, FAR))
    assert (record.receptor_latitude, record.receptor_longitude) == (20.1, 50.1)
    assert any(text.startswith("header") and "first step lies" in text for text in told)


@pytest.mark.parametrize("receptor", ["37.90 -75.40", "-75.40 37.90"])
def test_the_catalogue_knows_stations_and_detectors(receptor: str) -> None:
    # USP75 is the detector of RN75, Charlottesville, United States.
    record, told = read(text_of(receptor, "38.00 -75.50 0 1.0\n", "USP75"))
    assert record.receptor_longitude == -75.4
    assert place(record) == (38.0, 284.5)
    assert any("USP75 is known to be at" in text for text in told)


def test_mirrored_files_are_refused_and_the_option_helps() -> None:
    with pytest.raises(BadRecordError, match=r"clear: .*option order=lat_lon or order=lon_lat"):
        read(text_of("20.10 50.10", NEAR))
    record, told = read(text_of("20.10 50.10", NEAR), order="lat_lon")
    assert place(record) == (20.0, 50.0)
    assert record.receptor_latitude == 20.1
    assert any("rows: latitude first" in text and "option" in text for text in told)
    record, _ = read(text_of("20.10 50.10", NEAR), order="lon_lat")
    assert place(record) == (50.0, 20.0)
    assert record.receptor_latitude == 50.1


def test_a_receptor_far_from_its_first_step_is_refused() -> None:
    text = text_of("-60.00 10.00", FAR)
    with pytest.raises(BadRecordError, match="header_order=lat_lon"):
        read(text)
    assert read(text, header_order="lon_lat")[0].receptor_latitude == 10.0


def test_rows_that_contradict_each_other_are_refused() -> None:
    rows = "20.00 150.00 0 1.0\n150.00 20.00 0 1.0\n20.00 150.00 1 1.0\n150.00 20.00 1 1.0\n"
    with pytest.raises(BadRecordError, match="an order that fits all"):
        read(text_of("20.10 150.10", rows))


def test_one_damaged_row_turns_nothing() -> None:
    text = text_of("20.10 150.10", FAR + "20.50 150.00 0 1.0\n150.00 20.00 0 1.0\n")
    contents = SrmFormat().read(Source("x", text.encode()))
    assert [one.place for one in contents.issues if one.severity == "warning"] == ["line 6"]
    assert contents.sensitivities[0].n_rows == 4


def test_both_the_same_needs_no_order() -> None:
    record, _ = read(text_of("20.10 20.20", "20.00 20.00 0 1.0\n20.50 20.00 0 1.0\n"),
                     order="lat_lon")  # fmt: skip
    assert record.receptor_latitude == 20.1


def test_a_step_0_proves_its_base() -> None:
    record, told = read(text_of("20.10 150.10", FAR))
    assert record.step.tolist() == [0, 39, 39]
    assert "steps: the first step is 0: there is a step 0 (1 rows)" in told


def test_a_last_step_of_the_full_number_proves_base_1() -> None:
    rows = "20.00 150.00 1 1.0\n20.00 150.00 40 1.0\n"
    record, told = read(text_of("20.10 150.10", rows))
    assert record.step.tolist() == [0, 39]
    assert any("first step is 1: the last step is 40" in text for text in told)


@pytest.mark.parametrize("steps", [(1, 39), (5, 6), (0, 40)])
def test_other_steps_are_refused_and_the_option_helps(steps: tuple[int, int]) -> None:
    rows = "".join(f"20.00 150.00 {step} 1.0\n" for step in steps)
    with pytest.raises(BadRecordError, match=r"base of the steps.*option base=0 or base=1"):
        read(text_of("20.10 150.10", rows))
    if steps != (0, 40):
        record, _ = read(text_of("20.10 150.10", rows), base="1")
        assert record.step.tolist() == [steps[0] - 1, steps[1] - 1]


def test_one_impossible_step_decides_nothing() -> None:
    rows = "20.00 150.00 0 1.0\n20.50 150.00 0 1.0\n20.00 150.00 40 1.0\n"
    contents = SrmFormat().read(Source("x", text_of("20.10 150.10", rows).encode()))
    assert [one.place for one in contents.issues if one.severity == "warning"] == ["line 4"]
    assert contents.sensitivities[0].step.tolist() == [0, 0]


def test_a_calm_first_step_shows_centres() -> None:
    rows = four(3.0, 3.0, 1.0, 1.0)
    record, told = read(text_of("20.12 150.25", rows))
    assert place(record) == (20.0, 150.0)
    assert any("positions are centres of cells: the centroid" in text for text in told)


def test_a_calm_first_step_shows_corners() -> None:
    rows = four(1.0, 1.0, 1.0, 1.0)
    record, told = read(text_of("20.50 150.50", rows))
    assert place(record) == (20.25, 150.25)
    assert any("south-western corners of cells: the centroid" in text for text in told)
    record, told = read(text_of("20.50 150.50", rows), cell="centre")
    assert place(record) == (20.0, 150.0)
    assert "cells: positions are the centre: so the option says" in told


def test_a_single_cell_does_not_show_corners() -> None:
    # The sampler is anywhere in it, be it in the corner.
    record, told = read(text_of("20.24 150.24", "20.00 150.00 0 1.0\n"))
    assert place(record) == (20.0, 150.0)
    assert any("taken as centres of cells, as is usual" in text for text in told)


def test_a_first_step_that_drifted_leaves_centres() -> None:
    rows = "".join(f"20.00 {150 + k / 2:.2f} 0 1.0\n" for k in range(8))
    record, told = read(text_of("20.25 150.25", rows))
    assert place(record) == (20.0, 150.0)
    assert any("taken as centres of cells, as is usual" in text for text in told)


def test_a_fifth_column_is_the_spread_or_left_out() -> None:
    rows = "20.00 150.00 0 1.0 2.0\n20.50 150.00 0 1.0 1.0\n"
    record, told = read(text_of("20.10 150.10", rows))
    assert record.spread is not None
    assert record.spread.tolist() == [2e-15, 1e-15]
    assert any("never above 2 times the value, as of 5 members" in text for text in told)
    _, told = read(text_of("20.10 150.10", rows.replace("2.0\n", "2.1\n")))
    assert any("2.1 times the value, which proves nothing" in text for text in told)
    _, told = read(text_of("20.10 150.10", "20.00 150.00 0 1e-300 1e199\n"))
    assert any("which proves nothing" in text for text in told)
    record, told = read(text_of("20.10 150.10", rows), fifth="ignore")
    assert record.spread is None
    assert any("fifth column is left out" in text for text in told)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("station", "expected"),
    [
        ("THBAY", ["latitude first: the first step lies", "in 315688 rows", "step 0 (42 rows)",
                   "as is usual; the first step does not tell", "as of 7 members"]),
        ("WHTSH", ["-110.69 is beyond 90", "in 184681 rows", "step 0 (15 rows)",
                   "first step is -0.04 cells north and -0.01 east", "as of 7 members"]),
    ],
)  # fmt: skip
def test_decisions_and_evidence_of_two_real_files(
    shared_data: Path, station: str, expected: list[str]
) -> None:
    (path,) = (shared_data / "transport/srs").glob(f"{station}.*")
    told = COMPRESSED.read(Source(path.name, path.read_bytes()), strict=True).issues
    assert [one.severity for one in told] == ["notice"] * len(expected)
    for issue, part in zip(told, expected, strict=True):
        assert part in issue.text
