"""Results against truth or against another bulletin."""

from vigie.scoring.compare import CompareParams, Comparison, MatchedPair, RuleScore, compare
from vigie.scoring.rules import ARORA_2013, IDC, MatchRule

__all__ = [
    "ARORA_2013",
    "IDC",
    "CompareParams",
    "Comparison",
    "MatchRule",
    "MatchedPair",
    "RuleScore",
    "compare",
]
