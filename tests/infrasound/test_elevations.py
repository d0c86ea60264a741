"""Elements whose elevation is missing, written as 0, or wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.infrasound.test_heights import HILLS, NAMES, PLACES, burst
from tests.infrasound.test_infrasound_chain import largest, station

from vigie.errors import ParameterError
from vigie.infrasound import process_array
from vigie.infrasound.elevations import known_elevations
from vigie.pipeline.array_view import ArrayOptions, _view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import Station

NAN = float("nan")
FLAT = (0.0,) * 7
HILLY = [1500.0 + h for h in HILLS]


def written(elevations_m: Sequence[float]) -> Station:
    flat = station(len(elevations_m))
    sites = zip(flat.sites, elevations_m, strict=True)
    return replace(flat, sites=tuple(replace(s, elevation_m=h) for s, h in sites))


def but(elevations_m: Sequence[float], **changed: float) -> list[float]:
    """Return elevations with those of some elements changed."""
    return [changed.get(name, h) for name, h in zip(NAMES, elevations_m, strict=False)]


@pytest.mark.parametrize(
    ("true", "elevations_m", "unknown"),
    [
        (FLAT[:4], but([300.0] * 4, S2=NAN), "S2"),
        (FLAT[:4], but([300.0] * 4, S2=0.0), "S2"),
        (FLAT[:4], but([120.0] * 4, S2=0.0), "S2"),
        (FLAT[:4], but([300.0] * 4, S1=-900.0), "S1"),
        (FLAT, but([600.0] * 7, S1=0.0), "S1"),
        (FLAT, but([300.0] * 7, S1=0.0, S4=0.0), "S4"),
        (HILLS, but(HILLY, S2=NAN), "S2"),
    ],
)
def test_an_unknown_height_turns_no_azimuth_and_is_told(
    true: Sequence[float], elevations_m: list[float], unknown: str
) -> None:
    found = process_array(burst(true, 0.36), written(elevations_m))
    assert any(f"element {unknown} is not known" in n for n in found.notes)
    main = largest(found.detections)
    assert main.azimuth_deg is not None
    assert main.azimuth_deg_sigma is not None
    assert abs(main.azimuth_deg - 75.0) < 3.0 * main.azimuth_deg_sigma
    assert abs(main.azimuth_deg - 75.0) < 6.0
    assert [d for d in found.detections if d.phase == "I"] == [main]
    # The ground beside it is not flat enough to say when the wave reached it; 1200 m off the
    # others it may have been reached at any time.
    left_out = ["S2"] if true is HILLS else ["S1"] if -900.0 in elevations_m else []
    assert [e.element for e in main.excluded_elements] == left_out


@pytest.mark.parametrize("height_m", [170.0, 260.0, 400.0])
def test_a_true_height_that_is_not_believed_turns_no_azimuth(height_m: float) -> None:
    true = (height_m, 0.0, 0.0, 0.0)
    found = process_array(burst(true, 0.38), written([20.0 + h for h in true]))
    for one in found.detections:
        if one.phase == "I" and one.azimuth_deg is not None:
            assert one.azimuth_deg_sigma is not None
            assert abs(one.azimuth_deg - 75.0) < 3.0 * one.azimuth_deg_sigma + 1.0
    assert largest(found.detections).azimuth_deg == pytest.approx(75.0, abs=4.0)


@pytest.mark.parametrize("n", [4, 5, 7])
def test_an_outlier_is_one_from_150_m(n: int) -> None:
    level = [300.0, 306.0, 298.0, 303.0, 301.0, 305.0, 299.0][:n]
    for height_m, is_doubted in ((440.0, False), (465.0, True), (135.0, True)):
        told = known_elevations(but(level, S1=height_m), PLACES[:n], NAMES).told
        assert ("element S1 is not known" in told) is is_doubted


def test_a_reference_point_far_from_its_elements_is_refused() -> None:
    flat = written([300.0] * 4)
    with pytest.raises(ParameterError, match="from its elements"):
        process_array(burst(FLAT[:4], 0.36), replace(flat, latitude=flat.latitude + 30.0))


def test_windows_know_that_a_height_is_not_known() -> None:
    rows, options = burst(FLAT[:4], 0.36), ArrayOptions(method="fk", band_hz=(0.4, 3.0))
    views = [_view(rows, written(h), options) for h in ([300.0] * 4, but([300.0] * 4, S2=NAN))]
    right, unsure = (max(v.windows, key=lambda w: w["f_statistic"]) for v in views)
    assert unsure["azimuth_deg"] == pytest.approx(right["azimuth_deg"], abs=0.01)
    assert unsure["azimuth_deg_sigma"] > 1.2 * right["azimuth_deg_sigma"]


def test_no_height_at_all_is_told_and_nothing_is_corrected() -> None:
    found = known_elevations([NAN] * 4, PLACES[:4], NAMES)
    assert not found.elevation_m.any()
    assert "not known" in found.told


def test_an_element_at_sea_level_beside_low_ones_is_believed() -> None:
    found = known_elevations([0.0, 12.0, 40.0, 60.0], PLACES[:4], NAMES)
    assert found.elevation_m.tolist() == [0.0, 12.0, 40.0, 60.0]
    assert found.told == ""


@given(
    st.lists(st.floats(-60.0, 60.0), min_size=4, max_size=7),
    st.tuples(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1)),
    st.integers(0, 3),
)
def test_heights_of_hills_on_slopes_are_believed_and_a_blank_is_within_its_error(
    hills: list[float], slope: tuple[float, float], blank: int
) -> None:
    places = PLACES[: len(hills)]
    true = 500.0 + 1e3 * places @ np.array(slope) + 0.7 * np.array(hills)
    assert known_elevations(list(true), places, NAMES).told == ""
    given_m = true.copy()
    given_m[blank] = np.nan
    found = known_elevations(list(given_m), places, NAMES)
    rest = np.delete(np.arange(len(hills)), blank)
    np.testing.assert_array_equal(found.elevation_m[rest], true[rest])
    assert found.sigma_m[blank] >= 20.0
    assert not found.sigma_m[rest].any()
