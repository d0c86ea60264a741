"""Sound with a few seismic times, none of which places an event alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.network.support_sound import TIME_NS, StillAir, arrays_around, heard

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import KM_PER_DEG, destination, distance_azimuths
from vigie.pipeline.media import Media
from vigie.pipeline.sound_events import locate_any
from vigie.records import Detection, Inventory, Station
from vigie.records.time import add_seconds

LATITUDE, LONGITUDE = 48.0, 12.0


def scene() -> tuple[list[Detection], Detection, Inventory]:
    """Return what three arrays hear, the P of one seismic station, and where they are."""
    arrays = arrays_around(LATITUDE, LONGITUDE, [(20.0, 300.0), (140.0, 400.0), (260.0, 350.0)])
    latitude, longitude = (
        float(x) for x in destination(LATITUDE, LONGITUDE, 80.0, 150.0 / KM_PER_DEG)
    )
    sites = Sites(np.array([latitude]), np.array([longitude]), np.zeros(1))
    predictor = load_predictor()
    travel = predictor.predict(["P"], Hypocentre(LATITUDE, LONGITUDE, 0.0), sites).time_s[0]
    onset = add_seconds(TIME_NS, float(travel))
    station = Station(code="Z", latitude=latitude, longitude=longitude, elevation_m=0.0)
    pick = Detection(id="z", station="Z", time_ns=onset, time_sigma_s=0.2, phase="P")
    sound = heard(LATITUDE, LONGITUDE, arrays)
    return sound, pick, Inventory((*arrays.values(), station))


def test_one_p_tells_the_time_and_a_repetition_of_it_nothing_more() -> None:
    sound, pick, stations = scene()
    media = Media(load_predictor(), StillAir())
    second = replace(pick, id="z2", time_ns=pick.time_ns + 50_000_000)
    alone = locate_any("e", sound, stations, media)
    once = locate_any("e", [*sound, pick], stations, media)
    twice = locate_any("e", [*sound, pick, second], stations, media)
    delta, _, _ = distance_azimuths(LATITUDE, LONGITUDE, once.latitude, once.longitude)
    assert float(delta) * KM_PER_DEG < 10.0
    assert once.time_sigma_s is not None
    assert alone.time_sigma_s is not None
    assert once.time_sigma_s < 0.5 * alone.time_sigma_s
    assert (twice.time_sigma_s, twice.ellipses) == (once.time_sigma_s, once.ellipses)
    assert twice.n_defining == once.n_defining
    shown = {a.detection_id: a for a in twice.associations}
    assert (shown["z"].defining, shown["z2"].defining) == (True, False)
    assert shown["z2"].reason == "same_onset"
    assert "1 arrival repeats an onset" in twice.warnings[-1]
