"""What is thought possible when events and samples are brought together."""

from __future__ import annotations

from dataclasses import dataclass, field

from vigie.fusion.delay import DelayPrior
from vigie.fusion.evidence import FusionParams
from vigie.pipeline.fusion.yields import MagnitudeYield
from vigie.transport.source.place_error import PLACE_ERROR_KM_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class FuseOptions:
    """What is thought possible, and what is looked at."""

    params: FusionParams = field(default_factory=FusionParams)
    delay: DelayPrior = field(default_factory=DelayPrior)
    relation: MagnitudeYield | None = None
    prior_odds: float | None = None
    place_error_km_per_day: float = PLACE_ERROR_KM_PER_DAY
    region: bool = False
    """Whether the 90 % region of a source is looked for, which takes longer."""
