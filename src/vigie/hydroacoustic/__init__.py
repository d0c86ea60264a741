"""Hydroacoustics: waveforms of hydrophones to detections of H, T and N."""

from vigie.hydroacoustic.chain import HydroResult, Track, process_hydrophones
from vigie.hydroacoustic.recipe import HydroRecipe

__all__ = ["HydroRecipe", "HydroResult", "Track", "process_hydrophones"]
