"""How many hypotheses ended at which rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """How many hypotheses met each rule."""

    counts: dict[str, int]

    def add(self, rule: str, n: int = 1) -> None:
        """Count under a rule."""
        self.counts[rule] = self.counts.get(rule, 0) + n
