"""Single stations beside the events of the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.seismic.test_station_groups import LG, STATION, P, S

from vigie.earth import load_predictor
from vigie.pipeline.detect import DetectRun, StationRun
from vigie.pipeline.single_stations import (
    single_station_item,
    single_station_line,
    single_stations,
)
from vigie.pipeline.station_book import StationBook

if TYPE_CHECKING:
    from vigie.earth.base import Predictor


def run_of(*detections: object) -> DetectRun:
    """Return what detection made of the one station."""
    return DetectRun([StationRun("SYN", (), detections, (), ())])  # type: ignore[arg-type]


def book() -> StationBook:
    """Return the station's description."""
    return StationBook([STATION])


def test_what_an_event_took_is_left_out() -> None:
    run = run_of(P, S, LG)
    (one,) = single_stations(run, book(), load_predictor)
    assert (one.p, one.s) == (P, S)
    assert single_stations(run, book(), load_predictor, {P.id}) == ()
    assert single_stations(run, book(), load_predictor, {S.id}) == ()
    assert len(single_stations(run, book(), load_predictor, {LG.id})) == 1


def test_without_s_or_position_no_model_is_loaded() -> None:
    def never() -> Predictor:
        raise AssertionError("a model was asked for")

    assert single_stations(run_of(P, LG), book(), never) == ()
    assert single_stations(run_of(P, S), StationBook(), never) == ()


def test_item_and_line_say_on_what_the_place_rests() -> None:
    (one,) = single_stations(run_of(P, S, LG), book(), load_predictor)
    item = single_station_item(one)
    assert (item["p"], item["s"], item["azimuth_deg"]) == (P.id, S.id, 70.0)
    assert item["depth_reason"] == "default"
    assert set(item["ellipse"]) == {
        "kind", "confidence", "semi_major_km", "semi_minor_km", "strike_deg",
    }  # fmt: skip
    assert "SYN     alone: 31.6" in single_station_line(one)
