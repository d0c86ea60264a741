"""Hydroacoustics: waveforms of hydrophones to detections of H, T and N."""

from vigie.hydroacoustic.chain import HydroResult, process_hydrophones
from vigie.hydroacoustic.late import Track
from vigie.hydroacoustic.look import Look
from vigie.hydroacoustic.recipe import HydroRecipe

__all__ = ["HydroRecipe", "HydroResult", "Look", "Track", "process_hydrophones"]
