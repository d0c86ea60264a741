"""What sources send out: blast waves of explosions, and yield from what arrives."""

from vigie.sources.blast import Ambient, Burst
from vigie.sources.charge import Charge, Explosive
from vigie.sources.friedlander import FriedlanderPulse
from vigie.sources.yield_estimate import YieldEstimate, YieldRelation, estimate_yield
from vigie.sources.yield_relations import (
    AftacPeriod,
    LanlAmplitude,
    PathAmplitude,
    StevensAmplitude,
)

__all__ = [
    "AftacPeriod",
    "Ambient",
    "Burst",
    "Charge",
    "Explosive",
    "FriedlanderPulse",
    "LanlAmplitude",
    "PathAmplitude",
    "StevensAmplitude",
    "YieldEstimate",
    "YieldRelation",
    "estimate_yield",
]
