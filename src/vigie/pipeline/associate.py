"""Association of arrival lists from anywhere: files in, a sized and screened bulletin out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vigie.errors import VigieError
from vigie.exchange.files import read_file
from vigie.formats import Issue
from vigie.pipeline.detect import DetectRun
from vigie.pipeline.events import NetworkParams, finish_event
from vigie.pipeline.media import Media, by_technology, seismic_network
from vigie.pipeline.sound_events import join_sound, with_yields
from vigie.pipeline.surface_waves import join_surface_waves
from vigie.records import Bulletin, Detection, Inventory, Station

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.earth.base import Predictor
    from vigie.network.infrasound.celerity import Atmosphere
    from vigie.pipeline.station_book import StationBook


@dataclass(frozen=True, slots=True)
class ArrivalLists:
    """What was read of some arrival lists."""

    detections: tuple[Detection, ...]
    stations: tuple[Station, ...]
    issues: tuple[tuple[str, Issue], ...]
    """Path and what was wrong in it."""
    failed: tuple[tuple[str, str], ...] = ()
    """Path and why nothing could be read of it."""


@dataclass(frozen=True, slots=True)
class Associated:
    """Events, and what was left out."""

    bulletin: Bulletin
    counts: Mapping[str, int]
    """How many detections and hypotheses each rule let through."""
    skipped: tuple[tuple[str, str], ...]
    """Detection and why it could not be used."""


def read_arrivals(paths: Iterable[str]) -> ArrivalLists:
    """Read the detections of some files; those of events too, without their events.

    A detection that stands in several files, or in several events, is taken once. A file that
    cannot be read is listed with its reason.
    """
    detections: dict[tuple[str, str, int], Detection] = {}
    stations: list[Station] = []
    issues: list[tuple[str, Issue]] = []
    failed: list[tuple[str, str]] = []
    for path in paths:
        try:
            contents = read_file(path)
        except VigieError as error:
            failed.append((path, str(error)))
            continue
        if not contents.detections:
            failed.append((path, f"there are no arrivals in it (it is {contents.format})"))
        issues += [(path, issue) for issue in contents.issues]
        stations += contents.stations
        for detection in contents.detections:
            key = (detection.id, detection.station, detection.time_ns)
            detections.setdefault(key, replace(detection, group=None))
    return ArrivalLists(tuple(detections.values()), tuple(stations), tuple(issues), tuple(failed))


def associate_detections(
    detections: tuple[Detection, ...],
    book: StationBook,
    predictor: Predictor,
    params: NetworkParams | None = None,
    atmosphere: Atmosphere | None = None,
) -> Associated:
    """Associate, locate, size and screen detections without recordings.

    Only the stations that have detections count as working: of others nobody knows whether
    they were silent or down.
    """
    from vigie.network.association import associate  # deferred: compiled kernels

    params = params or NetworkParams()
    codes = {d.station for d in detections}
    book.add_elements(codes)
    heard = Inventory(tuple(s for s in book.stations if s.code in codes or codes & set(s.aliases)))
    parts = by_technology(detections)
    network = seismic_network(heard, parts)
    found = associate(parts.seismic, network, predictor, params.associate)
    media = Media(predictor, atmosphere)
    joined = join_sound(found, parts, heard, media, params.associate.definition)
    nothing = DetectRun()
    events = tuple(
        with_yields(finish_event(event, nothing, book, predictor, params), atmosphere)
        for event in join_surface_waves(joined.bulletin.events, detections, book)
    )
    used = {d.id for event in events for d in event.detections}
    skipped = tuple((d, reason) for d, reason in joined.skipped if d not in used)
    bulletin = replace(joined.bulletin, events=events)
    return Associated(bulletin, joined.counts, skipped)
