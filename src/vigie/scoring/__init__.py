"""Results against truth or against another bulletin."""

from vigie.scoring.compare import CompareParams, Comparison, MatchedPair, RuleScore, compare
from vigie.scoring.concentrations import (
    BelowLimit,
    ConcentrationParams,
    ConcentrationScores,
    Statistic,
    score_concentrations,
)
from vigie.scoring.rules import ARORA_2013, IDC, MatchRule

__all__ = [
    "ARORA_2013",
    "IDC",
    "BelowLimit",
    "CompareParams",
    "Comparison",
    "ConcentrationParams",
    "ConcentrationScores",
    "MatchRule",
    "MatchedPair",
    "RuleScore",
    "Statistic",
    "compare",
    "score_concentrations",
]
