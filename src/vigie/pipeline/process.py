"""The whole chain: recordings in; detections, events, bulletin and reports out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vigie.formats.vigie_json import detections_document, events_document
from vigie.formats.vigie_json.encode import mask_item
from vigie.pipeline.detect import DetectRun, detect_all
from vigie.pipeline.events import NetworkParams, NetworkRun, make_events, within_reach
from vigie.pipeline.single_stations import single_station_item, single_stations
from vigie.pipeline.write import Written, write_bulletin, write_named
from vigie.records import Bulletin, LateArrival, format_iso
from vigie.seismic.station_groups import StationOrigin

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from vigie.earth.base import Predictor
    from vigie.exchange import Intake
    from vigie.network.infrasound.celerity import Atmosphere
    from vigie.pipeline.station_book import StationBook
    from vigie.seismic.recipe import Use


@dataclass(frozen=True, slots=True)
class Processed:
    """What the chain made of some sources."""

    detect: DetectRun
    network: NetworkRun
    document: dict[str, Any]
    """The JSON document of the events, with what was left out."""
    alone: tuple[StationOrigin, ...] = ()
    """What single stations see beside the events."""


def process(  # noqa: PLR0913 — sources, stations, two media, and how
    intake: Intake,
    book: StationBook,
    predictor: Predictor,
    params: NetworkParams | None = None,
    *,
    use: Use = "any",
    atmosphere: Atmosphere | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Processed:
    """Run station and network processing over some sources.

    Parameters
    ----------
    intake : Intake
        The recordings.
    book : StationBook
        Station positions.
    predictor : Predictor
        Earth model.
    params : NetworkParams, optional
        Parameters of network processing.
    use : {"any", "teleseismic", "regional", "local"}
        What the stations listen for, and how far away events are looked for.
    atmosphere : Atmosphere, optional
        Through which infrasound came; by default the climatology.
    report : callable
        Told each station and event that is finished.
    """
    detected = detect_all(intake, book, use, report=report)
    heard = within_reach(params or NetworkParams(), use)
    network = make_events(detected, book, predictor, heard, atmosphere=atmosphere, report=report)
    origins = (e.origin for e in network.bulletin.events)
    taken = {a.detection_id for o in origins if o is not None for a in o.associations}
    alone = single_stations(detected, book, lambda: predictor, taken)
    extra = {
        "single_station": [single_station_item(o) for o in alone],
        **left_out(intake, detected),
        **left_out_of_network(network),
    }
    document = events_document(
        network.bulletin.events, unassociated=network.bulletin.detections, extra=extra
    )
    return Processed(detected, network, document, alone)


def left_out(intake: Intake, run: DetectRun) -> dict[str, Any]:
    """Return late arrivals, masks and all that was left out, as keys of a JSON document."""
    return {
        "late_arrivals": [late_item(arrival) for arrival in run.late],
        "masks": [mask_item(mask) for mask in run.masks],
        "skipped": [{"path": s.path, "reason": s.reason} for s in intake.skipped],
        "issues": [
            {"path": path, "place": i.place, "code": i.code, "text": i.text}
            for path, i in intake.issues
        ],
        "failed": [{"station": s, "reason": r} for s, r in run.failed],
        "notes": [{"station": r.station, "text": t} for r in run.runs for t in r.notes],
    }


def late_item(arrival: LateArrival) -> dict[str, Any]:
    """Return a late arrival at hydrophones as it stands in JSON documents."""
    return {
        "station": arrival.station,
        "after": arrival.detection_id,
        "time": format_iso(arrival.time_ns),
        "end_time": format_iso(arrival.end_ns),
        "azimuth_deg": arrival.azimuth_deg,
        "azimuth_deg_sigma": arrival.azimuth_deg_sigma,
        "trace_velocity_m_s": arrival.trace_velocity_m_s,
        "trace_velocity_m_s_sigma": arrival.trace_velocity_m_s_sigma,
        "freq_hz": arrival.freq_hz,
        "band_hz": list(arrival.band_hz),
        "family_size": arrival.family_size,
        "detected_as": arrival.detected_as or None,
    }


def left_out_of_network(run: NetworkRun) -> dict[str, Any]:
    """Return what association counted and skipped, as keys of a JSON document."""
    return {
        "counts": dict(run.counts),
        "skipped_detections": [{"detection_id": d, "reason": r} for d, r in run.skipped],
    }


def write_processed(
    done: Processed, folder: Path, *, inputs: Collection[Path | str] = ()
) -> Written:
    """Write detections and bulletin into a folder, over no input."""
    found = done.detect.detections
    path, document = folder / "detections.json", detections_document(found)
    written = write_named(Bulletin(detections=found), path, document, inputs=inputs)
    return written + write_bulletin(done.network.bulletin, folder, done.document, inputs=inputs)
