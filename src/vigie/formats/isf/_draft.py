"""An event while its lines are read; at its end it becomes an ``Event``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vigie.formats.isf._comments import addressed
from vigie.formats.messages import with_station_magnitudes
from vigie.records import Association, Detection, Event, Magnitude, Origin, StationMagnitude

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog


@dataclass(slots=True)
class Reading:
    """One phase line."""

    detection: Detection
    association: Association | None
    block: int
    """Number of the phase block: one block speaks of one origin."""


@dataclass(slots=True)
class Sized:
    """A station magnitude, before it is known which network magnitude it belongs to."""

    magnitude: StationMagnitude
    block: int
    place: str


@dataclass(slots=True)
class Comment:
    """A free comment and the item that it follows."""

    kind: str
    index: int
    text: str


@dataclass(slots=True)
class EventDraft:
    """What has been read of one event."""

    id: str
    region: str
    reference_ns: int | None = None
    """Time from which arrivals are dated: that of the last origin line so far."""
    origins: list[Origin] = field(default_factory=list)
    origin_ids: list[str] = field(default_factory=list)
    """Ids as the file has them, which other lines refer to."""
    prime: int | None = None
    magnitudes: list[Magnitude] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    sized: list[Sized] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    event_comments: list[str] = field(default_factory=list)
    block_origin: dict[int, int | None] = field(default_factory=dict)
    """Phase block to origin; None where its lines belong to no origin."""

    @property
    def preferred(self) -> int | None:
        """Index of the preferred origin: the one marked #PRIME, or else the last."""
        if self.prime is not None:
            return self.prime
        return len(self.origins) - 1 if self.origins else None

    def reference(self, block: int) -> int | None:
        """Return the time from which a block's arrivals are dated."""
        index = self.block_origin.get(block, self.preferred)
        if index is None:
            index = self.preferred
        return self.reference_ns if index is None else self.origins[index].time_ns

    def finish(self, log: IssueLog) -> Event:
        """Return the event, in the order in which it would be written.

        The preferred origin is the last; arrivals are those of the preferred origin, then of
        the others, then those of none.
        """
        preferred = self.preferred
        self.readings, places = self._ordered_readings()
        return Event(
            id=self.id,
            origins=self._origins(),
            preferred_id=None if preferred is None else self.origins[preferred].id,
            detections=self._detections(log),
            magnitudes=self._magnitudes(log),
            region=self.region,
            comments=(*self.event_comments, *self._addressed(places)),
        )

    def origin_of(self, block: int) -> int | None:
        """Return the origin of a phase block; None where it belongs to none."""
        return self.block_origin.get(block, self.preferred)

    def _ordered_readings(self) -> tuple[list[Reading], list[int]]:
        """Return the readings in order, and for each as it was read its place there."""
        last = len(self.origins)

        def rank(number: int) -> int:
            index = self.origin_of(self.readings[number].block)
            return -1 if index == self.preferred else last if index is None else index

        order = sorted(range(len(self.readings)), key=rank)
        places = [0] * len(order)
        for place, number in enumerate(order):
            places[number] = place
        return [self.readings[number] for number in order], places

    def _origins(self) -> tuple[Origin, ...]:
        per_origin: dict[int, list[Association]] = {}
        for reading in self.readings:
            index = self.origin_of(reading.block)
            if index is not None and reading.association is not None:
                per_origin.setdefault(index, []).append(reading.association)
        origins = [
            replace(origin, associations=tuple(per_origin.get(index, ())))
            for index, origin in enumerate(self.origins)
        ]
        if self.preferred is not None:
            origins.append(origins.pop(self.preferred))
        return tuple(origins)

    def _detections(self, log: IssueLog) -> tuple[Detection, ...]:
        found: dict[str, Detection] = {}
        for reading in self.readings:
            detection = reading.detection
            # Blocks of several origins repeat their arrivals.
            earlier = found.setdefault(detection.id, detection)
            if earlier.time_ns != detection.time_ns:
                log.notice(
                    f"event {self.id}",
                    "isf.arrival_differs",
                    f"arrival {detection.id} stands in two phase blocks with different times; "
                    "the first was kept",
                )
        return tuple(found.values())

    def _magnitudes(self, log: IssueLog) -> tuple[Magnitude, ...]:
        by_id = dict(zip(self.origin_ids, self.origins, strict=True))
        sized = ((s.magnitude, self._file_id(s.block), s.place) for s in self.sized)
        return tuple(
            replace(magnitude, origin_id=by_id[magnitude.origin_id].id)
            if magnitude.origin_id in by_id
            else magnitude
            for magnitude in with_station_magnitudes(self.magnitudes, sized, log)
        )

    def _file_id(self, block: int) -> str | None:
        """Return the id that the file gives the origin of a phase block."""
        origin = self.origin_of(block)
        origin = self.preferred if origin is None else origin
        return None if origin is None else self.origin_ids[origin]

    def _addressed(self, places: list[int]) -> list[str]:
        ids = {
            "origin": [origin.id for origin in self.origins],
            "magnitude": [f"{index + 1}" for index in range(len(self.magnitudes))],
            "arrival": [self.readings[place].detection.id for place in places],
        }
        kinds = list(ids)

        def rank(comment: Comment) -> tuple[int, float]:
            index: float = comment.index
            if comment.kind == "origin" and index == self.preferred:
                index = len(self.origins)
            if comment.kind == "arrival":
                index = places[comment.index]
            return kinds.index(comment.kind), index

        ordered = sorted(self.comments, key=rank)
        return [addressed(c.kind, ids[c.kind][c.index], c.text) for c in ordered]
