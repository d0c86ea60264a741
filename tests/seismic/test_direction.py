"""Directions: what a measurement does not tell is not stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.seismic.test_arrays import recordings, station

from vigie.seismic import direction, process_station
from vigie.seismic.array_measure import ArrayMeasure

if TYPE_CHECKING:
    from vigie.records import Detection


def detected(measure: ArrayMeasure, monkeypatch: pytest.MonkeyPatch) -> Detection:
    """Return what an array detects whose f-k gives this."""
    monkeypatch.setattr(direction, "measure_array", lambda *_: measure)
    return process_station(recordings(station(), 40.0, 7.0, 20.0), station()).detections[0]


@pytest.mark.parametrize(
    ("azimuth_sigma", "slowness_sigma", "kept"),
    [(10.0, 2.0, (40.0, 7.0)), (103.9, 2.0, (None, 7.0)), (103.9, 29.0, (None, None))],
)
def test_azimuth_and_slowness_of_which_nothing_is_known_are_none(
    azimuth_sigma: float,
    slowness_sigma: float,
    kept: tuple[float | None, float | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measure = ArrayMeasure(
        azimuth_deg=40.0,
        azimuth_deg_sigma=azimuth_sigma,
        slowness_s_per_deg=7.0,
        slowness_s_per_deg_sigma=slowness_sigma,
    )
    found = detected(measure, monkeypatch)
    assert (found.azimuth_deg, found.slowness_s_per_deg) == kept
    assert (found.azimuth_deg_sigma is None) == (found.azimuth_deg is None)
    assert (found.slowness_s_per_deg_sigma is None) == (found.slowness_s_per_deg is None)
