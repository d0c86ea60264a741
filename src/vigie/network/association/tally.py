"""How many hypotheses ended at which rule, and whose detections were free again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vigie.network.association.prepare import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.records import Detection


@dataclass(slots=True)
class Tally:
    """How many hypotheses met each rule."""

    counts: dict[str, int]
    _refused: dict[str, Skipped] = field(default_factory=dict)

    @property
    def refused(self) -> tuple[Skipped, ...]:
        """Detections of events that did not hold when they were located, once each."""
        return tuple(self._refused.values())

    def add(self, rule: str, n: int = 1) -> None:
        """Count under a rule."""
        self.counts[rule] = self.counts.get(rule, 0) + n

    def refuse(self, detections: Iterable[Detection], reason: str) -> None:
        """Note the detections of an event that did not hold."""
        for d in detections:
            self._refused.setdefault(d.id, Skipped(d.id, d.station, reason))
