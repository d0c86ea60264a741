"""Events located anew: a new origin with its own size, and what the bulletin said beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support_bulletins import bulletins

from vigie.earth import Hypocentre, Sites, load_predictor
from vigie.errors import LocationError
from vigie.formats import Contents, Source, format_named
from vigie.geodesy import destination, distance_azimuths
from vigie.network.location import LocateParams
from vigie.network.magnitude import mb_correction
from vigie.pipeline import locate
from vigie.pipeline.locate import RelocateParams, locate_events, relocate_event
from vigie.pipeline.media import Media
from vigie.pipeline.station_book import StationBook
from vigie.records import (
    Amplitude,
    Detection,
    Event,
    Magnitude,
    Origin,
    Station,
    StationMagnitude,
    Verdict,
)

if TYPE_CHECKING:
    from vigie.records import Bulletin

T0_NS = 1_600_000_000_000_000_000
TRUTH = Hypocentre(10.0, 179.5, 100.0)
LATITUDE, LONGITUDE = destination(10.0, 179.5, np.arange(10) * 36.0, np.linspace(25, 80, 10))
MEDIA = Media(load_predictor("ak135"))
DEEP = RelocateParams(locate=LocateParams(phases="keep", depth=100.0))
ISC = Origin(
    id="4711", time_ns=T0_NS, latitude=10.3, longitude=179.0, depth_km=0.0, depth_fixed=True,
    author="ISC",
)  # fmt: skip


def book() -> StationBook:
    made = StationBook()
    made.add(
        Station(code=f"S{i}", latitude=lat, longitude=lon, elevation_m=0.0)
        for i, (lat, lon) in enumerate(zip(LATITUDE.tolist(), LONGITUDE.tolist(), strict=True))
    )
    return made


def arrivals() -> tuple[Detection, ...]:
    sites = Sites(LATITUDE, LONGITUDE, np.zeros(10))
    times = MEDIA.ground.predict(["P"] * 10, TRUTH, sites).time_s
    return tuple(
        Detection(
            id=f"d{i}", station=f"S{i}", time_ns=T0_NS + round(float(t) * 1e9), phase="P",
            amplitude_nm=20.0 + 3.0 * i, period_s=0.8,
        )
        for i, t in enumerate(times)
    )  # fmt: skip


def size(value: float, origin_id: str | None, author: str = "ISC") -> Magnitude:
    return Magnitude(type="mb", value=value, origin_id=origin_id, author=author)


def test_a_list_of_arrivals_gets_size_and_screening() -> None:
    made = relocate_event(Event(id="1", origins=(), detections=arrivals()), book(), MEDIA, DEEP)
    (origin,) = made.origins
    (mb,) = made.magnitudes
    delta, _, _ = distance_azimuths(origin.latitude, origin.longitude, LATITUDE, LONGITUDE)
    amplitudes = 20.0 + 3.0 * np.arange(10)
    expected = np.log10(amplitudes / 0.8) + mb_correction(delta, 100.0)
    assert mb.value == pytest.approx(float(expected.mean()), abs=1e-3)
    assert (mb.origin_id, mb.n_stations) == (origin.id, 10)
    verdicts = {s.criterion: s for s in made.screening}
    assert set(verdicts) == {"ms_mb", "depth", "regional_ps", "combined"}
    assert "100 km" in verdicts["depth"].reason
    assert made.region


def test_what_a_bulletin_said_stays_beside_the_new_origin() -> None:
    usgs = replace(ISC, id="us", author="NEIC")
    said = (size(5.9, "us", "NEIC"), size(5.5, None), size(5.6, "gone"), size(5.7, "4711"))
    event = Event(
        id="1", origins=(usgs, ISC), preferred_id="4711", detections=arrivals(), magnitudes=said
    )
    made = relocate_event(event, book(), MEDIA, DEEP)
    new = made.origin
    assert new is not None
    assert made.origins == (usgs, ISC, new)
    assert new.author == "vigie"
    assert [m.author for m in made.preferred_magnitudes] == ["vigie"]
    # Those that named no origin of the event belonged to its preferred one.
    assert [m.value for m in made.magnitudes_of(ISC)] == [5.5, 5.6, 5.7]
    assert [m.value for m in made.magnitudes_of(usgs)] == [5.9]
    again = relocate_event(made, book(), MEDIA, DEEP)
    assert len({o.id for o in again.origins}) == 4
    assert len(again.preferred_magnitudes) == 1
    assert again.magnitudes_of(new) == made.preferred_magnitudes


@pytest.mark.parametrize("name", ["vigie_json", "quakeml", "isf", "css_bulletin", "gse_bulletin"])
def test_each_format_keeps_each_size_with_its_origin(name: str) -> None:
    event = Event(
        id="1", origins=(ISC,), preferred_id=None, detections=arrivals(),
        magnitudes=(size(5.9, "4711"),),
    )  # fmt: skip
    made = relocate_event(event, book(), MEDIA, DEEP)
    (mb,) = made.preferred_magnitudes
    kind = format_named(name)
    files = kind.write(Contents(bulletin=locate.LocatedAnew((made,), ()).bulletin))
    main = max(files, key=lambda end: end in kind.suffixes)
    source = Source(f"x{main}", files[main], lambda wanted: files.get(f".{wanted.split('.')[-1]}"))
    bulletin = kind.read(source).bulletin
    assert bulletin is not None
    (back,) = bulletin.events
    assert back.origin is not None
    assert back.origin.depth_km == pytest.approx(100.0)
    assert [m.value for m in back.preferred_magnitudes] == [pytest.approx(mb.value, abs=0.051)]
    (other,) = (o for o in back.origins if o is not back.origin)
    assert [m.value for m in back.magnitudes_of(other)] == [pytest.approx(5.9)]


@pytest.mark.parametrize("phases", ["keep", "identify"])
def test_named_surface_waves_give_ms(phases: Literal["keep", "identify"]) -> None:
    nm = Amplitude(type="ALR", value=300.0, unit="nm", period_s=20.0)
    rayleigh = tuple(
        Detection(
            id=f"l{i}", station=d.station, time_ns=d.time_ns + 900 * 10**9, phase="LR",
            amplitudes=(nm,),
        )
        for i, d in enumerate(arrivals()[:4])
    )  # fmt: skip
    event = Event(id="1", origins=(), detections=(*arrivals(), *rayleigh))
    params = RelocateParams(locate=LocateParams(phases=phases, depth=0.0))
    made = relocate_event(event, book(), MEDIA, params)
    assert {m.type: m.n_stations for m in made.magnitudes} == {"mb": 10, "Ms": 4}
    assert made.screening[0].code == "ms_mb.not_screened_out"


def test_the_screening_of_a_bulletin_does_not_screen_the_new_origin() -> None:
    surface = replace(size(9.0, "4711"), type="Ms", stations=(
        StationMagnitude(station="S1", type="Ms", value=9.0),
    ))  # fmt: skip
    event = Event(id="1", origins=(ISC,), detections=arrivals(), magnitudes=(surface,))
    shallow = RelocateParams(locate=LocateParams(phases="keep", depth=0.0))
    made = relocate_event(event, book(), MEDIA, shallow)
    ms_mb = next(s for s in made.screening if s.criterion == "ms_mb")
    assert ms_mb.verdict is Verdict.INSUFFICIENT_DATA
    assert ms_mb.code == "ms_mb.no_ms"


def test_an_event_that_cannot_be_located_is_listed() -> None:
    lonely = Event(id="B", origins=(), detections=arrivals()[:1])
    good = Event(id="A", origins=(), detections=arrivals())
    told: list[str] = []
    made = locate_events([lonely, good], book(), MEDIA, DEEP, report=told.append)
    assert [e.id for e in made.events] == ["A"]
    assert made.failed[0][0] == "B"
    assert told == ["B", "A"]
    with pytest.raises(LocationError):
        relocate_event(lonely, book(), MEDIA, DEEP)


@given(bulletin=bulletins(), k=st.integers(0, 3))
def test_a_new_origin_is_new_whatever_the_bulletin(bulletin: Bulletin, k: int) -> None:
    for event in bulletin.events:
        ids = [o.id for o in event.origins] or ["x"]
        fresh = replace(ISC, id=ids[k % len(ids)])
        name = locate._new_id(event, fresh)
        assert name not in {o.id for o in event.origins}
        moved = replace(
            event,
            origins=(*event.origins, replace(fresh, id=name)),
            preferred_id=name,
            magnitudes=locate._tied(event),
        )
        if event.origin is not None:
            assert moved.preferred_magnitudes == ()
            assert len(moved.magnitudes_of(event.origin)) == len(event.preferred_magnitudes)
