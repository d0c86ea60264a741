"""The solid Earth: travel times of each phase, corrections, attenuation."""

from vigie.earth.base import Hypocentre, Predictions, Predictor, Sites
from vigie.earth.combined import CombinedPredictor
from vigie.earth.corrections import (
    BinnedVectorCorrections,
    PathCorrection,
    VectorBin,
    VectorCorrection,
    VectorCorrections,
)
from vigie.earth.local import HalfspacePredictor, Layer, LayeredPredictor
from vigie.earth.model_error import ModelError
from vigie.earth.phases import ALIASES, PHASES, canonical
from vigie.earth.predictor import EarthPredictor, PredictorOptions, load_predictor
from vigie.earth.traveltimes import TravelTimeArrays, TravelTimes

__all__ = [
    "ALIASES",
    "PHASES",
    "BinnedVectorCorrections",
    "CombinedPredictor",
    "EarthPredictor",
    "HalfspacePredictor",
    "Hypocentre",
    "Layer",
    "LayeredPredictor",
    "ModelError",
    "PathCorrection",
    "Predictions",
    "Predictor",
    "PredictorOptions",
    "Sites",
    "TravelTimeArrays",
    "TravelTimes",
    "VectorBin",
    "VectorCorrection",
    "VectorCorrections",
    "canonical",
    "load_predictor",
]
