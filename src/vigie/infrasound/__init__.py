"""Infrasound: waveforms of an array to detections."""

from vigie.infrasound.chain import ArrayResult, process_array
from vigie.infrasound.recipe import InfrasoundRecipe

__all__ = ["ArrayResult", "InfrasoundRecipe", "process_array"]
