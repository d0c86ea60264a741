"""Isotopic ratios: their confidence sets, discrimination lines, thresholds and zero times."""

from vigie.radionuclide.ratios.discrimination import (
    LINES,
    DiscriminationLine,
    LineVerdict,
    Side,
    discriminate,
)
from vigie.radionuclide.ratios.fieller import RatioSet, fieller_set
from vigie.radionuclide.ratios.screening import RatioThresholds, screen_ratios
from vigie.radionuclide.ratios.zero_time import pure_decay_time, ratio_curve, zero_times

__all__ = [
    "LINES",
    "DiscriminationLine",
    "LineVerdict",
    "RatioSet",
    "RatioThresholds",
    "Side",
    "discriminate",
    "fieller_set",
    "pure_decay_time",
    "ratio_curve",
    "screen_ratios",
    "zero_times",
]
