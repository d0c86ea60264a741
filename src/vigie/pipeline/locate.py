"""Events of a bulletin or arrival list located anew: where, how big, and screened.

The new origin is preferred. What the bulletin itself said of the event stays beside it: its
origins under their own ids, and each magnitude with the origin on which it rests. Size and
screening of the new origin are vigie's own, made as ``vigie associate`` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import TYPE_CHECKING

from vigie.earth.base import Hypocentre
from vigie.errors import VigieError
from vigie.network.location.params import LocateParams
from vigie.network.location.phases import SURFACE_WAVES
from vigie.pipeline.detect import DetectRun
from vigie.pipeline.events import NetworkParams, finish_event
from vigie.pipeline.sound_events import locate_any, with_yields
from vigie.records import Bulletin, Detection, Event, Magnitude, Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vigie.pipeline.media import Media
    from vigie.pipeline.station_book import StationBook


@dataclass(frozen=True, slots=True, kw_only=True)
class RelocateParams:
    """How events are located, sized and screened."""

    locate: LocateParams = field(default_factory=LocateParams)
    network: NetworkParams = field(default_factory=NetworkParams)
    """Of size and screening; the events are given, so nothing is associated."""


@dataclass(frozen=True, slots=True)
class LocatedAnew:
    """Events with a new origin, and those that cannot be located."""

    events: tuple[Event, ...]
    failed: tuple[tuple[str, str], ...]
    """Event and the reason."""

    @property
    def bulletin(self) -> Bulletin:
        """The located events as a bulletin."""
        return Bulletin(events=self.events)


def event_groups(bulletin: Bulletin | None) -> list[Event]:
    """Return the events to locate: those of the bulletin, then those of grouped arrivals."""
    if bulletin is None:
        return []
    events = [e for e in bulletin.events if e.detections]
    loose: dict[str, list[Detection]] = {}
    for detection in bulletin.detections:
        loose.setdefault(detection.group or "", []).append(detection)
    # Without any grouping all arrivals are one event; beside groups they belong to none.
    if len(loose) == 1 and not events and "" in loose:
        loose = {"1": loose[""]}
    loose.pop("", None)
    return events + [Event(id=k, origins=(), detections=tuple(v)) for k, v in loose.items()]


def count_arrivals(bulletin: Bulletin | None, groups: Iterable[Event]) -> tuple[int, int]:
    """Return how many arrivals a list has, and how many of them no event claims."""
    if bulletin is None:
        return 0, 0
    n_all = len(bulletin.detections) + sum(len(e.detections) for e in bulletin.events)
    return n_all, n_all - sum(len(e.detections) for e in groups)


def locate_events(
    events: Iterable[Event],
    book: StationBook,
    media: Media,
    params: RelocateParams | None = None,
    *,
    report: Callable[[str], None] = lambda _: None,
) -> LocatedAnew:
    """Locate, size and screen events; one that cannot be located is listed, the others go on.

    Parameters
    ----------
    events : iterable of Event
        With their arrivals.
    book : StationBook
        Stations.
    media : Media
        What ground, sea and air do.
    params : RelocateParams, optional
    report : callable
        Told the id of each event that is finished.
    """
    located: list[Event] = []
    failed: list[tuple[str, str]] = []
    for event in events:
        try:
            located.append(relocate_event(event, book, media, params))
        except VigieError as error:
            failed.append((event.id, str(error)))
        report(event.id)
    return LocatedAnew(tuple(located), tuple(failed))


def relocate_event(
    event: Event,
    book: StationBook,
    media: Media,
    params: RelocateParams | None = None,
) -> Event:
    """Return an event with a new, preferred origin, and its size and screening.

    Parameters
    ----------
    event : Event
        With its arrivals. They bear the phases that its preferred origin gives them, and the
        search begins there.
    book, media, params
        As for ``locate_events``.

    Raises
    ------
    VigieError
        Its arrivals do not locate it.
    """
    params = params or RelocateParams()
    named = _with_bulletin_phases(event)
    stations, how = book.inventory, params.locate
    origin = locate_any(event.id, named, stations, media, how, start=_start(event))
    origin = _with_surface_waves(replace(origin, id=_new_id(event, origin)), named)
    moved = replace(
        event,
        origins=(*event.origins, origin),
        preferred_id=origin.id,
        detections=named,
        magnitudes=_tied(event),
        screening=(),
        yields=(),
        region="",
    )
    finished = finish_event(moved, DetectRun(), book, media.ground, params.network)
    return with_yields(finished, media.atmosphere)


def _with_bulletin_phases(event: Event) -> tuple[Detection, ...]:
    """Return the detections under the phases that the bulletin's own origin gives them."""
    origin = event.origin
    named = {a.detection_id: a.phase for a in origin.associations} if origin else {}
    return tuple(d.with_phase(named[d.id]) if named.get(d.id) else d for d in event.detections)


def _with_surface_waves(origin: Origin, detections: tuple[Detection, ...]) -> Origin:
    """Let surface waves keep their name: they do not locate, but Ms rests on them."""
    names = {d.id: d.phase for d in detections if d.phase in SURFACE_WAVES}
    associations = tuple(
        replace(a, phase=names[a.detection_id] or "", reason="surface_wave")
        if not a.phase and a.detection_id in names
        else a
        for a in origin.associations
    )
    return replace(origin, associations=associations)


def _start(event: Event) -> Hypocentre | None:
    origin = event.origin
    if origin is None:
        return None
    return Hypocentre(origin.latitude, origin.longitude, origin.depth_km or 0.0)


def _new_id(event: Event, origin: Origin) -> str:
    """Return an id that no origin of the event has, and no magnitude refers to."""
    taken = {o.id for o in event.origins} | {m.origin_id for m in event.magnitudes}
    names = chain([origin.id], (f"{origin.id}-{k}" for k in count(2)))
    return next(name for name in names if name not in taken)


def _tied(event: Event) -> tuple[Magnitude, ...]:
    """Return the bulletin's magnitudes, those without an origin tied to its preferred one."""
    old = event.origin
    if old is None:
        return event.magnitudes
    own = {id(m) for m in event.preferred_magnitudes}
    return tuple(replace(m, origin_id=old.id) if id(m) in own else m for m in event.magnitudes)
