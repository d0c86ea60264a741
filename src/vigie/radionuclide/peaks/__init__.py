"""Peaks of a gamma spectrum: calibration, search, fit and limits."""

from vigie.radionuclide.peaks.analysis import PeakAnalysis, analyse_peaks
from vigie.radionuclide.peaks.efficiency import EfficiencyCurve, fit_efficiency
from vigie.radionuclide.peaks.energy import EnergyCurve, as_polynomial, fit_energy
from vigie.radionuclide.peaks.fixed import FixedFit, fit_fixed
from vigie.radionuclide.peaks.model import DetectorModel, detector_model
from vigie.radionuclide.peaks.params import PeakParams
from vigie.radionuclide.peaks.resolution import ResolutionCurve, fit_resolution
from vigie.radionuclide.peaks.shape import ShapeLaw

__all__ = [
    "DetectorModel",
    "EfficiencyCurve",
    "EnergyCurve",
    "FixedFit",
    "PeakAnalysis",
    "PeakParams",
    "ResolutionCurve",
    "ShapeLaw",
    "analyse_peaks",
    "as_polynomial",
    "detector_model",
    "fit_efficiency",
    "fit_energy",
    "fit_fixed",
    "fit_resolution",
]
