"""Samples as receptors: where and when their air was collected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vigie.errors import ParameterError
from vigie.records import parse_iso
from vigie.transport.backward import Receptor
from vigie.transport.starts import box_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.pipeline.station_book import StationBook
    from vigie.records import SampleAnalysis


@dataclass(slots=True)
class Receptors:
    """What can be followed back, and which samples cannot, with the reason."""

    found: list[Receptor] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)


def receptor_at(name: str, latitude: float, longitude: float, start: str, stop: str) -> Receptor:
    """Return a receptor told by words: place in deg, collection in ISO 8601.

    Raises
    ------
    ParameterError
        The place is not on Earth.
    BadTimeError
        A time is none.
    """
    if not (abs(latitude) <= 90.0 and -180.0 <= longitude <= 360.0):
        value = f"{latitude:g} {longitude:g}"
        expected = "a latitude within 90 and a longitude from -180 to 360 deg"
        raise ParameterError(name=name, value=value, expected=expected)
    return Receptor(
        station=name,
        box=box_at(latitude, longitude),
        start_ns=parse_iso(start),
        stop_ns=parse_iso(stop),
    )


def receptors_of(samples: Iterable[SampleAnalysis], book: StationBook) -> Receptors:
    """Return a receptor per collection; several analyses of one collection are one."""
    out = Receptors()
    seen: set[tuple[str, int, int]] = set()
    for one in samples:
        name = one.sample_id or one.station or "a sample"
        start, stop = one.collection_start_ns, one.collection_stop_ns
        if start is None or stop is None:
            missing = "start" if start is None else "end"
            out.failed.append((name, f"the {missing} of its collection is not stated"))
            continue
        if (one.station, start, stop) in seen:
            continue
        seen.add((one.station, start, stop))
        station = book.find(one.station, stop)
        if station is None:
            why = f"the position of station {one.station} is not known: name it with --stations"
            out.failed.append((name, why))
            continue
        out.found.append(
            Receptor(
                station=one.station,
                box=box_at(station.latitude, station.longitude),
                start_ns=start,
                stop_ns=stop,
            )
        )
    return out
