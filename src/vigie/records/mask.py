"""Masks: intervals of a channel that are not to be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vigie.records.waveform import ChannelId


class MaskKind(StrEnum):
    """Why an interval is not to be trusted."""

    GAP = "gap"
    OVERLAP = "overlap"
    DEAD = "dead"
    TAPER = "taper"
    SPIKE = "spike"
    CLIPPED = "clipped"
    STEP = "step"
    NOISY = "noisy"
    ANALYST = "analyst"


@dataclass(frozen=True, slots=True)
class Mask:
    """An interval of a channel that is not to be trusted."""

    channel: ChannelId
    start_ns: int
    end_ns: int
    """Time just after the last bad sample."""
    kind: MaskKind
    method: str
    """What found it, with its decisive parameters."""
    author: str = "vigie"
    n_samples: int | None = None
    """Samples concerned; None where there are none (a gap)."""

    def __post_init__(self) -> None:
        if self.end_ns < self.start_ns:
            raise ValueError(f"a mask ends before it starts: {self}")
