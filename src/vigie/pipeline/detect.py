"""Station processing of whole sources: recordings in, detections and masks out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vigie.errors import VigieError
from vigie.pipeline.joined_arrays import (
    Recorded,
    joined_arrays,
    joining_notes,
    may_be_element,
)
from vigie.pipeline.technologies import process, technology_at
from vigie.records import Detection, LateArrival, Mask, Station, Technology, Waveform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vigie.exchange import Batch, Intake
    from vigie.pipeline.station_book import StationBook
    from vigie.seismic.recipe import Use


@dataclass(frozen=True, slots=True)
class StationRun:
    """What station processing made of one station."""

    station: str
    waveforms: tuple[Waveform, ...]
    detections: tuple[Detection, ...]
    masks: tuple[Mask, ...]
    notes: tuple[str, ...]
    late: tuple[LateArrival, ...] = ()
    """Sound from elsewhere after a hydroacoustic detection; no detections."""


@dataclass(slots=True)
class DetectRun:
    """What station processing made of all stations, and what it left out."""

    runs: list[StationRun] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    """Station and why it could not be processed."""

    @property
    def detections(self) -> tuple[Detection, ...]:
        """All detections in order of time."""
        found = (d for run in self.runs for d in run.detections)
        return tuple(sorted(found, key=lambda d: (d.time_ns, d.station)))

    @property
    def late(self) -> tuple[LateArrival, ...]:
        """All late arrivals in order of time."""
        return tuple(sorted((a for r in self.runs for a in r.late), key=lambda a: a.time_ns))

    @property
    def waveforms(self) -> tuple[Waveform, ...]:
        """All recordings."""
        return tuple(w for run in self.runs for w in run.waveforms)

    @property
    def masks(self) -> tuple[Mask, ...]:
        """All masks."""
        return tuple(mask for run in self.runs for mask in run.masks)


def detect_all(
    intake: Intake,
    book: StationBook,
    use: Use = "any",
    *,
    report: Callable[[str], None] = lambda _: None,
) -> DetectRun:
    """Run station processing over every station of the sources.

    A station that fails is noted with its reason, and the others go on. Elements of an array
    that are listed as stations of their own are joined to it (``joined_arrays``), unless the
    stations listen for local events: then each of them counts.

    Parameters
    ----------
    intake : Intake
        The recordings.
    book : StationBook
        Stations.
    use : {"any", "teleseismic", "regional", "local"}
        What the stations listen for: it chooses the filter bank, with the sampling rate.
    report : callable
        Told each station that is finished.
    """
    result = DetectRun()
    for code, waveforms, station in stations_of(intake, book, join=use != "local"):
        try:
            done = process(waveforms, station, use)
        except VigieError as error:
            result.failed.append((code, str(error)))
        else:
            result.runs.append(
                StationRun(
                    code,
                    tuple(waveforms),
                    done.detections,
                    done.masks,
                    (*joining_notes(station), *done.notes),
                    done.late,
                )
            )
        report(code)
    return result


def stations_of(
    intake: Intake, book: StationBook, *, join: bool
) -> Iterator[tuple[str, list[Waveform], Station | None]]:
    """Yield code, recordings and description of each station; elements of an array wait.

    Parameters
    ----------
    intake : Intake
    book : StationBook
        Grows by what comes with the recordings, and by arrays that were joined.
    join : bool
        Whether small arrays listed as stations of their own are joined.
    """
    arrays: dict[str, tuple[list[Waveform], Station]] = {}
    alone: dict[str, Recorded] = {}
    for batch in intake.batches():
        book.add(intake.stations)
        station = book.find(batch.station, _time_of(batch))
        if station is None:
            yield batch.station, list(batch.waveforms), None
        elif station.is_array or _is_short_of_elements(station, batch.waveforms):
            arrays.setdefault(station.code, ([], station))[0].extend(batch.waveforms)
        else:
            may_join = join and may_be_element(station, {s.code for s in book.stations})
            kept = batch.waveforms if may_join else ()
            earlier = alone[station.code].waveforms if station.code in alone else ()
            alone[station.code] = Recorded(station, (*earlier, *kept))
            if not may_join:
                yield station.code, list(batch.waveforms), station
    joined = joined_arrays(alone, {s.code for s in book.stations}) if join else {}
    book.add(joined.values())
    for code, (station, recordings) in alone.items():
        if code in joined:
            array = joined[code]
            arrays.setdefault(array.code, ([], array))[0].extend(recordings)
        elif recordings:
            yield code, list(recordings), station
    for code, (waveforms, station) in arrays.items():
        yield code, waveforms, station


def _is_short_of_elements(station: Station, waveforms: Sequence[Waveform]) -> bool:
    """Tell whether a station has two sensors of sound: one wave at both is one signal.

    Two seismometers of one code are two stations.
    """
    return len(station.sites) == 2 and technology_at(waveforms, station) in {
        Technology.INFRASOUND,
        Technology.HYDROACOUSTIC,
    }


def _time_of(batch: Batch) -> int:
    return min(w.start_ns for w in batch.waveforms)
