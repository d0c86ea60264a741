"""Seismic station processing: waveforms become detections."""

from vigie.seismic.chain import StationResult, StationState, process_station
from vigie.seismic.recipe import StationRecipe, default_recipe

__all__ = [
    "StationRecipe",
    "StationResult",
    "StationState",
    "default_recipe",
    "process_station",
]
