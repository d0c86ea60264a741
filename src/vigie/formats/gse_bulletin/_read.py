"""Read GSE2.0 bulletins line by line."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vigie.formats import bulletin_items as items
from vigie.formats.bulletins import coverage_90, sigma_of_90
from vigie.formats.gse_bulletin._layout import ERRORS, ORIGIN, PHASE_AS_READ, TAIL
from vigie.formats.messages import (
    EVENT,
    METHODS,
    frame_of,
    message_lines,
    with_event_azimuths,
    with_station_magnitudes,
)
from vigie.records import (
    Association,
    Bulletin,
    Detection,
    Event,
    Magnitude,
    Origin,
    StationMagnitude,
)

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog
    from vigie.formats.bulletin_items import Values

_PLACES = ("1", "2", "3")


@dataclass(slots=True)
class _Draft:
    """One event while its lines are read."""

    id: str
    region: str = ""
    origins: list[Origin] = field(default_factory=list)
    magnitudes: list[Magnitude] = field(default_factory=list)
    detections: dict[str, Detection] = field(default_factory=dict)
    associations: list[Association] = field(default_factory=list)
    sizes: list[tuple[StationMagnitude, str]] = field(default_factory=list)
    """Station magnitudes, each with its line."""


class GseReader:
    """The state of reading one file."""

    def __init__(self, log: IssueLog) -> None:
        self._log = log
        self.header: list[tuple[str, str]] = []
        self._title = ""
        self._events: list[Event] = []
        self._loose: dict[str, Detection] = {}
        self._draft: _Draft | None = None
        self._mode = "outside"
        self._first_line: tuple[Values, int, str] | None = None
        """Values, time and author-and-id of an origin whose second line is awaited."""
        self._n_read = 0

    def read(self, data: bytes) -> Bulletin:
        """Read all lines of a file.

        Raises
        ------
        BadRecordError
            A line breaks the format and reading is strict.
        """
        for number, line in message_lines(data, self._log):
            if line != ".":
                self._line(line, f"line {number}")
        self._flush_origin("the end")
        self._finish_event()
        bulletin = Bulletin(
            name=self._title,
            events=tuple(self._events),
            detections=tuple(self._loose.values()),
        )
        return with_event_azimuths(bulletin, self._log)

    def _line(self, line: str, place: str) -> None:
        words = line.split()
        word = words[0].upper()
        if line[0] != " ":
            # The second line of an origin begins with blanks; where it says nothing it may lack.
            self._flush_origin(place)
        frame = frame_of(line)
        if frame is not None:
            self._finish_event()
            self._mode = "outside"
            self.header += [frame] if word != "STOP" else []
        elif word == "DATA_TYPE":
            self._open_section(line, place)
        elif self._mode in ("outside", "skip"):
            return
        elif word == "EVENT" and len(words) <= 2:
            self._finish_event()
            event_id, _ = items.event_title(line, EVENT)
            self._draft = _Draft(event_id or f"e{len(self._events) + 1}")
            self._mode = "event"
        elif (word == "DATE" and "LATITUDE" in line.upper()) or (
            word == "RMS" and "SMAJOR" in line.upper().replace(" ", "")
        ):
            self._mode = "origin"
        elif word == "STA" and "PHASE" in line.upper():
            self._mode = "phase"
        else:
            self._content(line, place)

    def _open_section(self, line: str, place: str) -> None:
        self._finish_event()
        kind = line[9:].strip().upper()
        self.header.append(("DATA_TYPE", line[9:].strip()))
        if kind.startswith("BULLETIN"):
            self._mode = "title"
        elif kind.startswith("ARRIVAL"):
            self._mode = "phase"
        else:
            self._mode = "skip"
            self._log.notice(place, "gse.section", f"the section {kind} is not read here")

    def _content(self, line: str, place: str) -> None:
        if self._mode == "title":
            self._title = self._title or line.strip()
        elif self._mode == "phase":
            self._phase(line, place)
        elif self._mode == "origin" and self._draft is not None:
            self._origin_line(self._draft, line, place)
        else:
            self._log.bad_record(
                place, field_name="line", text=line, expected="a header that is known"
            )

    def _origin_line(self, draft: _Draft, line: str, place: str) -> None:
        head, tail = line[:TAIL], line[TAIL:].strip()
        if self._first_line is not None:
            if not head.strip():
                # The author goes on below himself.
                values, time_ns, author = self._first_line
                name, _, origin_id = author.rpartition(" ")
                self._first_line = values, time_ns, f"{name.strip()}{tail} {origin_id}"
                return
            self._second_line(draft, head, tail, place)
        elif line[:4].isdigit():
            values_or_none = ORIGIN.parse(head, place, self._log)
            if values_or_none is None:
                return
            time = items.origin_time(values_or_none, place, self._log)
            if time is not None:
                self._first_line = values_or_none, time, tail
        elif draft.origins and not draft.region and not line.startswith(" "):
            draft.region = line.strip()
        else:
            self._log.bad_record(
                place, field_name="origin", text=line, expected="a date, or the errors of an origin"
            )

    def _flush_origin(self, place: str) -> None:
        if self._first_line is not None and self._draft is not None:
            self._second_line(self._draft, "", "", place)

    def _second_line(self, draft: _Draft, head: str, tail: str, place: str) -> None:
        first, self._first_line = self._first_line, None
        errors = ERRORS.parse(head, place, self._log)
        if first is None or errors is None:
            return
        values, time_ns, author_and_id = first
        author, _, last = author_and_id.rpartition(" ")
        # Without a blank the word is the id, where it is a number, or else the author.
        if not author and not last.isdigit():
            author, last = last, ""
        origin_id = last or f"{draft.id}.{len(draft.origins) + 1}"
        quality = tail.split()
        merged = {**errors, **values, "strike_deg": None}
        origin = items.origin(merged, time_ns, origin_id, place, self._log)
        if origin is None:
            return
        strike = _strike(items.text(errors, "strike_deg"), place, self._log)
        major, minor = errors["semi_major_km"], errors["semi_minor_km"]
        draft.origins.append(
            replace(
                origin,
                ellipses=coverage_90(
                    major if isinstance(major, float) else None,
                    minor if isinstance(minor, float) else None,
                    strike,
                    place,
                    self._log,
                ),
                depth_sigma_km=sigma_of_90(items.number(errors, "depth_error_km")),
                author=author.strip(),
                analysis=next((q for q in quality if q in ("m", "a", "g")), "") if quality else "",
                method=next((METHODS[q] for q in quality[:2] if q in METHODS and q != "g"), ""),
                event_type=next((q for q in quality if len(q) == 2), ""),
            )
        )
        draft.magnitudes += _magnitudes(merged, origin_id, author.strip())

    def _phase(self, line: str, place: str) -> None:
        values = PHASE_AS_READ.parse(line, place, self._log)
        if values is None or not items.has_station(values, place, self._log):
            return
        time_ns = items.origin_time(values, place, self._log)
        if time_ns is None:
            return
        self._n_read += 1
        taken = self._loose if self._draft is None else self._draft.detections
        given = fresh = items.text(values, "id") or f"a{self._n_read}"
        while fresh in taken:
            fresh = f"a{self._n_read}" if fresh == given else f"{fresh}'"
        if fresh != given:
            self._log.notice(
                place,
                "gse.arrival_id_repeated",
                f"arrival {given} stands twice; the second is called {fresh}",
            )
        detection = items.detection(values, time_ns, fresh)
        taken[fresh] = detection
        if self._draft is not None:
            self._draft.associations.append(items.association(values, detection))
            for number in _PLACES[:2]:
                named = {
                    **values,
                    "magnitude": values[f"value_{number}"],
                    "magnitude_type": values[f"type_{number}"],
                }
                size = items.station_magnitude(named, detection)
                if size is not None:
                    self._draft.sizes.append((size, place))

    def _finish_event(self) -> None:
        draft, self._draft, self._first_line = self._draft, None, None
        if draft is None:
            return
        last_id = draft.origins[-1].id if draft.origins else None
        if draft.origins:
            last = draft.origins[-1]
            draft.origins[-1] = replace(last, associations=tuple(draft.associations))
        self._events.append(
            Event(
                id=draft.id,
                origins=tuple(draft.origins),
                preferred_id=last_id,
                detections=tuple(draft.detections.values()),
                magnitudes=with_station_magnitudes(
                    draft.magnitudes,
                    ((size, last_id, place) for size, place in draft.sizes),
                    self._log,
                ),
                region=draft.region,
            )
        )


def _magnitudes(values: Values, origin_id: str, author: str) -> list[Magnitude]:
    found = []
    for number in _PLACES:
        value = items.number(values, f"value_{number}")
        if value is not None:
            found.append(
                Magnitude(
                    type=items.text(values, f"type_{number}"),
                    value=value,
                    sigma=items.number(values, f"error_{number}"),
                    n_stations=items.count(values, f"count_{number}"),
                    origin_id=origin_id,
                    author=author,
                )
            )
    return found


def _strike(text: str, place: str, log: IssueLog) -> float | None:
    if not text:
        return None
    if not text.replace(".", "", 1).isdecimal() or not text.isascii():
        log.bad_record(place, field_name="Az", text=text, expected="a number")
        return None
    return float(text)
