"""Read the phase blocks of an event: arrivals, their further amplitudes, and silent stations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.formats import bulletin_items as items
from vigie.formats.isf._draft import Reading, Sized
from vigie.formats.isf._layout import PHASE
from vigie.formats.isf._measures import measures_of, sigma_of, with_measures

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog
    from vigie.formats.bulletin_items import Values
    from vigie.formats.isf._draft import EventDraft
    from vigie.formats.isf._measures import Measure
    from vigie.records import Detection

_FLAGS = [set(t + a + s) for t in "T_" for a in "A_" for s in "S_"]
"""What a phase line has in its defining columns, and no other line."""
_ID_COLUMN = PHASE.fields[-1].first - 1


def is_phase_line(line: str) -> bool:
    """Tell whether a line is a phase by its columns, whatever its first word."""
    return set(line[73:76]) in _FLAGS


class PhaseReader:
    """The state of reading the phase blocks of a file, event by event."""

    def __init__(self, log: IssueLog) -> None:
        self._log = log
        self._block = 0
        self._n_read = 0
        self._said_extended = False
        self._by_id: dict[tuple[int | None, str], Reading] = {}
        self._by_station: dict[tuple[int | None, str], Reading] = {}
        self._last: Reading | None = None
        """The arrival of the last line."""
        self._last_is_more = False
        """Whether that line was a further amplitude of it."""
        self._last_sized: Sized | None = None
        """The station magnitude of the last line."""

    def open_event(self) -> None:
        """Forget the arrivals of the event before."""
        self._by_id, self._by_station = {}, {}

    def open_block(self) -> None:
        """Begin the next phase block."""
        self._block += 1
        self._last = self._last_sized = None

    def line(self, draft: EventDraft, line: str, place: str) -> None:
        """Read a phase line; what is wrong in it becomes an issue."""
        self._last = self._last_sized = None
        values = PHASE.parse(line, place, self._log)
        if values is None:
            return
        if not self._said_extended and len(line[_ID_COLUMN:].split()) > 1:
            self._said_extended = True
            self._log.notice(
                place,
                "isf.extended",
                "the columns after the arrival id (an extension, as of ISF2) are not read, "
                "here and below",
            )
        if values["time"] is None:
            self._supplement(draft, values, place)
            return
        time_ns = items.arrival_time(values, draft.reference(self._block), place, self._log)
        if time_ns is None or not items.has_station(values, place, self._log):
            return
        detection = items.detection(values, time_ns, self._arrival_id(draft, values, place))
        reading = Reading(detection, items.association(values, detection), self._block)
        draft.readings.append(reading)
        self._last, self._last_is_more = reading, False
        origin = draft.origin_of(self._block)
        self._by_id[origin, detection.id] = self._by_station[origin, detection.station] = reading
        self._size(draft, values, detection, place)

    def of_id(self, draft: EventDraft, arrival_id: str) -> Reading | None:
        """Return the arrival of an id, of this block's origin; None where there is none."""
        return self._by_id.get((draft.origin_of(self._block), arrival_id))

    def _arrival_id(self, draft: EventDraft, values: Values, place: str) -> str:
        self._n_read += 1
        origin = draft.origin_of(self._block)
        given = fresh = str(values["id"] or f"a{self._n_read}")
        while (origin, fresh) in self._by_id:
            fresh = f"a{self._n_read}" if fresh == given else f"{fresh}'"
        if fresh != given:
            self._log.notice(
                place,
                "isf.arrival_id_repeated",
                f"arrival {given} stands twice under one origin; the second is called {fresh}",
            )
        return fresh

    def _supplement(self, draft: EventDraft, values: Values, place: str) -> None:
        """Take a line without a time: more of an arrival before it, or a silent station."""
        if not items.has_station(values, place, self._log):
            return
        wanted, station = str(values["id"] or ""), str(values["station"])
        origin = draft.origin_of(self._block)
        owner = self._by_id.get((origin, wanted)) or self._by_station.get((origin, station))
        amplitude = items.amplitude(values)
        if amplitude is not None and owner is not None:
            more = (*owner.detection.amplitudes, amplitude)
            owner.detection = replace(owner.detection, amplitudes=more)
            self._last, self._last_is_more = owner, True
        if values["magnitude"] is not None:
            linked = owner if owner is not None and wanted else None
            self._size(draft, values, linked.detection if linked else None, place)
        elif amplitude is None or owner is None:
            self._log.bad_record(
                place,
                field_name="phase, time",
                text=station,
                expected="a time, or an amplitude of the arrival before",
            )

    def _size(
        self, draft: EventDraft, values: Values, detection: Detection | None, place: str
    ) -> None:
        magnitude = items.station_magnitude(values, detection)
        if magnitude is not None:
            self._last_sized = Sized(magnitude, self._block, place)
            draft.sized.append(self._last_sized)

    def comment(self, draft: EventDraft, text: str, place: str) -> bool:
        """Take a comment that says which origin a block speaks of, or errors of the last line."""
        if measures := measures_of(text):
            return self._measured(measures)
        words = text.split()
        if words[:1] and words[0].upper() == "#ORIGID":
            wanted = words[1] if len(words) > 1 else ""
            if wanted in draft.origin_ids:
                draft.block_origin[self._block] = draft.origin_ids.index(wanted)
            else:
                draft.block_origin[self._block] = None
                if draft.origins:
                    self._log.bad_record(
                        place,
                        field_name="#OrigID",
                        text=wanted,
                        expected="an origin of this event (its arrivals are kept without one)",
                    )
            return True
        if text.upper() == "VIGIE UNASSOCIATED":
            draft.block_origin[self._block] = None
            return True
        return False

    def _measured(self, measures: list[Measure]) -> bool:
        """Give the last line's arrival, amplitude and magnitude their errors."""
        last = self._last
        if last is not None and self._last_is_more:
            *others, own = last.detection.amplitudes
            own = replace(own, sigma=sigma_of(measures, "AMPLITUDE") or own.sigma)
            last.detection = replace(last.detection, amplitudes=(*others, own))
        elif last is not None:
            last.detection = with_measures(last.detection, measures)
        sigma = sigma_of(measures, "MAGNITUDE")
        if self._last_sized is not None and sigma is not None:
            self._last_sized.magnitude = replace(self._last_sized.magnitude, sigma=sigma)
        return last is not None or self._last_sized is not None


def take_pairs(draft: EventDraft, pairs: dict[str, str]) -> None:
    """Give the last arrival what a comment for programs says of it."""
    reading = draft.readings[-1]
    old_id = reading.detection.id
    reading.detection = items.with_pairs(reading.detection, pairs)
    new_id = reading.detection.id
    if reading.association is not None:
        reading.association = replace(reading.association, detection_id=new_id)
    for sized in draft.sized[-1:]:
        if sized.magnitude.detection_id == old_id and sized.block == reading.block:
            sized.magnitude = replace(sized.magnitude, detection_id=new_id)
