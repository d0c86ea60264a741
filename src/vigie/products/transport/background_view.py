"""The background of samples by known emitters, as products show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.products.transport.source_pair import Pair
from vigie.records import Emitter
from vigie.transport.background.expected import Expected, Part

if TYPE_CHECKING:
    from vigie.transport.source.over_background import Background

UNUSUAL_P = 0.05
LARGEST = 3
"""Contributors that are shown of each sample."""


@dataclass(frozen=True, slots=True, eq=False)
class SampleBackground:
    """What known emitters leave in one sample."""

    pair: Pair
    expected: Expected
    chance: float
    """As of ``chance_of_more``."""

    @property
    def p_value(self) -> float | None:
        """Probability that background alone would be measured as high; None without a value."""
        return None if self.pair.observation.value is None else self.chance

    @property
    def ought_to_be_seen(self) -> float | None:
        """Probability that background alone would be detected, of a sample without a value."""
        return self.chance if self.pair.observation.value is None else None

    @property
    def exceeded(self) -> bool:
        """Whether a detection is more than background explains but by chance (5 %)."""
        return self.pair.observation.detected and self.chance < UNUSUAL_P

    @property
    def contributors(self) -> tuple[Part, ...]:
        """The largest whose release is known."""
        return tuple(part for part in self.expected.parts if part.expected)[:LARGEST]

    @property
    def explained(self) -> tuple[float, float, float] | None:
        """Share of a detection that they explain: 5, 50, 95 %; None of a non-detection."""
        one = self.pair.observation
        if not one.detected or not one.value or one.value <= 0.0:
            return None
        return self.expected.explains(one.value)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BackgroundView:
    """The background of all samples."""

    nuclide: str
    emitters: tuple[Emitter, ...]
    """That were looked at, of the nuclide."""
    samples: tuple[SampleBackground, ...]
    model_error: float

    @property
    def nodes(self) -> list[Background]:
        """The law of each sample's background, for likelihoods."""
        return [one.expected.nodes(one.pair.observation.critical_level) for one in self.samples]

    @property
    def unknown(self) -> tuple[str, ...]:
        """Emitters that samples see, and whose release is not known, the best seen first."""
        best: dict[str, float] = {}
        for one in self.samples:
            for part in one.expected.unknown:
                name = part.emitter.name
                best[name] = max(best.get(name, 0.0), part.per_bq_day)
        return tuple(sorted(best, key=lambda name: -best[name]))
