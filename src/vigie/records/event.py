"""Events and bulletins."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.records.detection import Association, Detection
from vigie.records.magnitude import Magnitude
from vigie.records.origin import Origin
from vigie.records.screening import Screening
from vigie.records.yield_range import YieldRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened: its origins, one of them preferred, and what follows from them."""

    id: str
    origins: tuple[Origin, ...]
    preferred_id: str | None = None
    """Id of the preferred origin; None means the last."""
    detections: tuple[Detection, ...] = ()
    """Those that any origin is associated with."""
    magnitudes: tuple[Magnitude, ...] = ()
    """Of all origins; each names its own."""
    screening: tuple[Screening, ...] = ()
    """Of the preferred origin."""
    yields: tuple[YieldRange, ...] = ()
    """What infrasound says of the size at the preferred origin, had it been an explosion."""
    region: str = ""
    """Name of the geographic region."""
    comments: tuple[str, ...] = ()

    @property
    def origin(self) -> Origin | None:
        """The preferred origin; None where the event has no origin yet."""
        named = (o for o in self.origins if o.id == self.preferred_id)
        return next(named, self.origins[-1] if self.origins else None)

    @property
    def preferred_magnitudes(self) -> tuple[Magnitude, ...]:
        """The magnitudes of the preferred origin; those that name no origin of the event too."""
        origin = self.origin
        return self.magnitudes if origin is None else self.magnitudes_of(origin)

    def magnitudes_of(self, origin: Origin) -> tuple[Magnitude, ...]:
        """Return the magnitudes that rest on the distances and the depth of one origin.

        Those that name no origin of the event stand with the preferred one.
        """
        others = {o.id for o in self.origins if o.id != origin.id}
        is_preferred = origin is self.origin
        return tuple(
            m
            for m in self.magnitudes
            if m.origin_id == origin.id or (is_preferred and m.origin_id not in others)
        )

    def detection(self, detection_id: str) -> Detection | None:
        """Return one of the event's detections by its id."""
        return next((d for d in self.detections if d.id == detection_id), None)

    def arrivals(self) -> tuple[tuple[Detection, Association], ...]:
        """Return the preferred origin's detections with their associations, in its order."""
        by_id = {d.id: d for d in self.detections}
        associations = self.origin.associations if self.origin else ()
        return tuple((by_id[a.detection_id], a) for a in associations if a.detection_id in by_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """A list of events, with the detections that belong to none."""

    name: str = ""
    """``SEL1`` ... ``REB``, or a title."""
    events: tuple[Event, ...] = ()
    detections: tuple[Detection, ...] = ()
    """Unassociated detections."""
    author: str = ""
