"""The solid Earth: travel times of each phase, corrections, attenuation."""

from vigie.earth.base import Hypocentre, Predictions, Predictor, Sites
from vigie.earth.phases import ALIASES, PHASES, canonical
from vigie.earth.predictor import EarthPredictor, PredictorOptions, load_predictor
from vigie.earth.traveltimes import TravelTimeArrays, TravelTimes

__all__ = [
    "ALIASES",
    "PHASES",
    "EarthPredictor",
    "Hypocentre",
    "Predictions",
    "Predictor",
    "PredictorOptions",
    "Sites",
    "TravelTimeArrays",
    "TravelTimes",
    "canonical",
    "load_predictor",
]
