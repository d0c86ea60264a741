"""One noble gas sample: its analysis and what its figures and report need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie import __version__
from vigie.errors import VigieError
from vigie.products.figures.spectrum_panels import SpectrumCurve
from vigie.products.figures.xenon_spectrum import GasSpectrum
from vigie.products.radionuclide import RegionCounts
from vigie.radionuclide.judge import SampleContext
from vigie.radionuclide.noble_gas import GasParams, GermaniumCurve, analyse_gas_with_curve
from vigie.radionuclide.ratios import Side, discriminate, screen_ratios
from vigie.records import PulseHeight, Reason, RegionLimits, SampleAnalysis

if TYPE_CHECKING:
    from vigie.pipeline.radionuclide.backgrounds import Backgrounds

FloatArray = NDArray[np.float64]

REGION_NUCLIDES = {
    1: "Pb-214", 2: "Xe-135", 3: "Xe-133", 4: "Xe-133", 5: "Xe-131m", 6: "Xe-133m"
}  # fmt: skip
"""What each region is for; 7 to 10 are parts of 4."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlaneView:
    """Coincidences with the energies at the edges of their channels."""

    counts: FloatArray
    """Shape (gamma channels, beta channels)."""
    beta_edges_kev: FloatArray
    gamma_edges_kev: FloatArray
    regions: tuple[RegionLimits, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GasView:
    """A sample as analysed."""

    analysis: SampleAnalysis
    context: SampleContext
    ratio_flags: tuple[Reason, ...]
    """Of the thresholds and lines of isotopic ratios."""
    regions: tuple[RegionCounts, ...]
    plane: PlaneView | None
    """None of a germanium system."""
    spectrum: GasSpectrum | None
    """Of a germanium system."""


def view_gas(message: PulseHeight, given: Backgrounds) -> GasView:
    """Analyse a message of a beta-gamma or germanium system.

    Raises
    ------
    NobleGasInputError
        The message lacks what every method needs, or contradicts itself.
    """
    detector = given.detector if isinstance(given.detector, PulseHeight) else None
    analysis, curve = analyse_gas_with_curve(
        message, given.gas, detector, params=GasParams(version=__version__)
    )
    acquisition = given.gas.acquisition if given.gas is not None else None
    context = SampleContext(
        gas_background_start_ns=acquisition.start_ns if acquisition is not None else None
    )
    return GasView(
        analysis=analysis,
        context=context,
        ratio_flags=(*screen_ratios(analysis.ratios), *line_reasons(analysis)),
        regions=region_rows(message, given.gas, detector),
        plane=plane_of(message),
        spectrum=None if curve is None else _drawn(curve),
    )


def _drawn(curve: GermaniumCurve) -> GasSpectrum:
    shown = SpectrumCurve(curve.energy_kev, curve.counts, curve.without_xenon, curve.fitted)
    return GasSpectrum(shown, curve.windows_kev, curve.fwhm_kev)


def line_reasons(analysis: SampleAnalysis) -> tuple[Reason, ...]:
    """Say on which side of each confirmed line the ratios lie, where all that they allow does."""
    codes = {
        Side.EXPLOSION: "noble_gas.line_explosion",
        Side.REACTOR: "noble_gas.line_reactor",
    }
    return tuple(
        Reason.of(codes[one.side], y=" / ".join(one.line.y), x=" / ".join(one.line.x))
        for one in discriminate(analysis.ratios)
        if one.line.confirmed and one.side in codes
    )


def region_rows(
    message: PulseHeight, gas: PulseHeight | None, detector: PulseHeight | None
) -> tuple[RegionCounts, ...]:
    """Return gross and net counts of each region; none where there is no histogram.

    Net counts only where the background and all ratios that they need are there: without them they
    would be counts of other nuclides.
    """
    from vigie.radionuclide.noble_gas import count_regions, gas_input, net_counts

    if message.histogram is None or not message.regions:
        return ()
    gross = count_regions(message).gross
    net: dict[int, tuple[float, float]] = {}
    if detector is not None:
        try:
            data = gas_input(message, gas, detector)
            found = net_counts(data.matrix) if data.regions_tell else None
        except VigieError:
            found = None
        if found is not None:
            sigma = np.sqrt(np.diag(found.net_covariance))
            places = {1: 0, 2: 1, 3: 2, 5: 3, 6: 4}
            net = {roi: (float(found.net[k]), float(sigma[k])) for roi, k in places.items()}
    return tuple(
        RegionCounts(
            roi=limits.roi,
            nuclide=REGION_NUCLIDES.get(limits.roi, "Xe-133"),
            gross=float(gross[limits.roi - 1]),
            net=net[limits.roi][0] if limits.roi in net else None,
            net_sigma=net[limits.roi][1] if limits.roi in net else None,
        )
        for limits in message.regions
        if 1 <= limits.roi <= len(gross)
    )


def plane_of(message: PulseHeight) -> PlaneView | None:
    """Return the coincidences of a message for a figure; None where it has none."""
    from vigie.radionuclide.noble_gas.regions import energy_of_channel

    if message.histogram is None:
        return None
    counts = message.histogram.counts.astype(np.float64)
    n_gamma, n_beta = counts.shape
    gamma = energy_of_channel(message.gamma_calibration, axis="gamma")
    beta = energy_of_channel(message.beta_calibration, axis="beta")
    return PlaneView(
        counts=counts,
        beta_edges_kev=_edges(beta, n_beta),
        gamma_edges_kev=_edges(gamma, n_gamma),
        regions=message.regions,
    )


def _edges(coefficients: FloatArray, n: int) -> FloatArray:
    """Return the energies at channel edges; a curve that bends back is made to rise."""
    at = np.arange(n + 1, dtype=np.float64) - 0.5
    energy = np.polynomial.polynomial.polyval(at, coefficients)
    return np.asarray(np.maximum.accumulate(energy), dtype=np.float64)
