"""What is, and is not, consistent with an earthquake: one small module per criterion."""

from vigie.network.screening.base import GROUP, Criterion, answer
from vigie.network.screening.combined import combine
from vigie.network.screening.depth import DEPTH
from vigie.network.screening.ms_mb import MS_MB
from vigie.network.screening.params import (
    CombinedParams,
    DepthParams,
    MsMbParams,
    PhasePath,
    RegionalModel,
    RegionalParams,
    ScreeningParams,
)
from vigie.network.screening.regional_ps import REGIONAL_PS
from vigie.network.screening.screen import CRITERIA, criteria, screen_event
from vigie.network.screening.sentences import SENTENCES, sentence

__all__ = [
    "CRITERIA",
    "DEPTH",
    "GROUP",
    "MS_MB",
    "REGIONAL_PS",
    "SENTENCES",
    "CombinedParams",
    "Criterion",
    "DepthParams",
    "MsMbParams",
    "PhasePath",
    "RegionalModel",
    "RegionalParams",
    "ScreeningParams",
    "answer",
    "combine",
    "criteria",
    "screen_event",
    "sentence",
]
