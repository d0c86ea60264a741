"""Judgement of samples: flags, baselines, categories, trends, background, anomaly."""

from vigie.radionuclide.judge.anomaly import (
    Anomaly,
    Contribution,
    Explanation,
    earlier_chances,
    explained_by,
    sample_anomaly,
    smallest_chance,
)
from vigie.radionuclide.judge.background import BackgroundStatistics, background_statistics
from vigie.radionuclide.judge.baseline import (
    Baseline,
    BaselineParams,
    learn_baseline,
    running_chances,
)
from vigie.radionuclide.judge.blank import BlankPeak, BlankVerdict, compare_with_blank
from vigie.radionuclide.judge.category import categorise
from vigie.radionuclide.judge.category_rules import CategoryRecipe, default_recipe, load_recipe
from vigie.radionuclide.judge.flags import FlagLimits, default_limits, load_limits
from vigie.radionuclide.judge.gas_level import abnormal_limit, gas_level, withheld_xenon
from vigie.radionuclide.judge.observation import Observation, history, observation
from vigie.radionuclide.judge.quality_control import CheckMeasurement, SourceLine, control_values
from vigie.radionuclide.judge.quantities import SampleContext, sample_flags
from vigie.radionuclide.judge.trends import ControlPoint, Trend, TrendParams, watch

__all__ = [
    "Anomaly",
    "BackgroundStatistics",
    "Baseline",
    "BaselineParams",
    "BlankPeak",
    "BlankVerdict",
    "CategoryRecipe",
    "CheckMeasurement",
    "Contribution",
    "ControlPoint",
    "Explanation",
    "FlagLimits",
    "Observation",
    "SampleContext",
    "SourceLine",
    "Trend",
    "TrendParams",
    "abnormal_limit",
    "background_statistics",
    "categorise",
    "compare_with_blank",
    "control_values",
    "default_limits",
    "default_recipe",
    "earlier_chances",
    "explained_by",
    "gas_level",
    "history",
    "learn_baseline",
    "load_limits",
    "load_recipe",
    "observation",
    "running_chances",
    "sample_anomaly",
    "sample_flags",
    "smallest_chance",
    "watch",
    "withheld_xenon",
]
