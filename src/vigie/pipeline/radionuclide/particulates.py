"""One particulate sample, or a spectrum alone: its analysis and what its figure needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.products.figures.spectrum_panels import SpectrumCurve
from vigie.radionuclide.judge import SampleContext
from vigie.radionuclide.particulate import analyse_fitted, spectrum_of
from vigie.radionuclide.peaks import PeakAnalysis, analyse_peaks, detector_model
from vigie.records import PulseHeight, Reason, SampleAnalysis, Spectrum

if TYPE_CHECKING:
    from vigie.pipeline.radionuclide.backgrounds import Backgrounds
    from vigie.pipeline.radionuclide.gather import Measurement
    from vigie.records import Calibration

K40_KEV = 1460.822


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ParticulateView:
    """A sample as analysed."""

    analysis: SampleAnalysis
    curve: SpectrumCurve
    peaks: PeakAnalysis
    context: SampleContext
    """What the flags ask of the calibration."""


def view_particulate(
    one: Measurement, given: Backgrounds, efficiency: Calibration | None
) -> ParticulateView:
    """Analyse a message or a spectrum.

    Raises
    ------
    CalibrationError
        It has no spectrum, or no energy calibration.
    """
    sample = one.message if one.message is not None else one.spectrum
    assert sample is not None
    sample, told = _with_efficiency(sample, efficiency)
    peaks = analyse_peaks(spectrum_of(sample))
    analysis = analyse_fitted(sample, peaks, background=given.detector, blank=given.blank)
    scene = peaks.scene
    return ParticulateView(
        analysis=replace(analysis, remarks=(*analysis.remarks, *told)),
        curve=SpectrumCurve(scene.energy_kev, scene.counts, peaks.continuum, peaks.fitted),
        peaks=peaks,
        context=_context(sample, peaks),
    )


def _with_efficiency(
    sample: PulseHeight | Spectrum, efficiency: Calibration | None
) -> tuple[PulseHeight | Spectrum, tuple[Reason, ...]]:
    """Return the sample with an efficiency that a person gave, where it states none itself."""
    spectrum = sample if isinstance(sample, Spectrum) else sample.gamma
    if efficiency is None or spectrum is None:
        return sample, ()
    stated = spectrum.calibration
    if isinstance(sample, PulseHeight) and not stated.efficiency:
        stated = sample.gamma_calibration
    if stated.efficiency:
        return sample, (Reason.of("sample.efficiency_not_needed"),)
    given = replace(
        stated,
        efficiency=efficiency.efficiency,
        total_efficiency=stated.total_efficiency or efficiency.total_efficiency,
    )
    spectrum = replace(spectrum, calibration=given)
    told = (Reason.of("sample.efficiency_given"),)
    if isinstance(sample, Spectrum):
        return spectrum, told
    return replace(sample, gamma=spectrum, gamma_calibration=given), told


def _context(sample: PulseHeight | Spectrum, peaks: PeakAnalysis) -> SampleContext:
    """Return what the flags of gain and position ask: stated calibration against that found."""
    if isinstance(sample, Spectrum):
        return SampleContext()
    stated = detector_model(spectrum_of(sample)).energy
    found = peaks.model.energy
    first = float(peaks.scene.first_channel)
    ends = np.array([first, first + len(peaks.scene.counts) - 1.0])
    expected = float(stated.channel(K40_KEV))
    error_kev = float(stated.sigma(expected))
    return SampleContext(
        # Over the whole spectrum: the slope at one channel follows the curvature that was found.
        gain_kev=float(np.diff(found.energy(ends))[0] / np.diff(ends)[0]),
        reference_gain_kev=float(np.diff(stated.energy(ends))[0] / np.diff(ends)[0]),
        k40_channel=expected,
        k40_channel_sigma=error_kev / float(stated.slope(expected)),
    )
