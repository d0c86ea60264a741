"""A detector as its calibration describes it: energy, resolution, efficiency and peak shape."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.errors import CalibrationError
from vigie.radionuclide.peaks.efficiency import EfficiencyCurve, fit_efficiency
from vigie.radionuclide.peaks.energy import EnergyCurve, fit_energy, stated_energy
from vigie.radionuclide.peaks.resolution import ResolutionCurve, fit_resolution
from vigie.radionuclide.peaks.shape import ASSUMED_LAW, FWHM_OVER_SIGMA, ShapeLaw
from vigie.records import Reason

if TYPE_CHECKING:
    from vigie.records import Spectrum

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DetectorModel:
    """What turns channels into energies, widths, shapes and photons."""

    energy: EnergyCurve
    resolution: ResolutionCurve | None = None
    """None: to be found in the spectrum."""
    efficiency: EfficiencyCurve | None = None
    """None: no activity can be given."""
    total_efficiency: EfficiencyCurve | None = None
    shape: ShapeLaw = ASSUMED_LAW
    calibrated: bool = False
    """Whether the energy curve comes from points with errors, or was found on a sample."""
    remarks: tuple[Reason, ...] = ()
    """What the calibration lacked."""

    def widths(self) -> ResolutionCurve:
        """Return the resolution.

        Raises
        ------
        CalibrationError
            It is not known (yet).
        """
        if self.resolution is None:
            raise CalibrationError(
                what="Resolution",
                reason="none is stated",
                remedy="Have it found in the spectrum (analyse_peaks does), or give widths.",
            )
        return self.resolution

    def sigma_channels(self, energy_kev: ArrayLike) -> FloatArray:
        """Return the standard deviation of the Gaussian part in channels."""
        place = self.energy.channel(energy_kev)
        fwhm_kev = self.widths().fwhm(energy_kev)
        return np.asarray(fwhm_kev / FWHM_OVER_SIGMA / self.energy.slope(place))

    def remark(self, code: str, **params: str | float) -> DetectorModel:
        """Return the model with a remark added."""
        return replace(self, remarks=(*self.remarks, Reason.of(code, **params)))


def detector_model(spectrum: Spectrum) -> DetectorModel:
    """Make a detector model from the calibration that came with a spectrum.

    Coefficients of a file are taken as they are; else points are fitted. What is missing or makes
    no sense is remarked and left out, except the energy.

    Raises
    ------
    CalibrationError
        The energy is not calibrated.
    """
    stated = spectrum.calibration
    channels = spectrum.channels
    if stated.energy_coefficients_kev and not stated.energy:
        energy = stated_energy(stated.energy_coefficients_kev, channels)
    else:
        energy = fit_energy(stated.energy, channels)
    model = DetectorModel(energy=energy, calibrated=bool(stated.energy))
    if stated.resolution:
        try:
            model = replace(model, resolution=fit_resolution(stated.resolution))
        except CalibrationError as error:
            model = model.remark("peaks.resolution_unusable", reason=str(error))
    else:
        model = model.remark("peaks.no_resolution")
    if stated.efficiency:
        try:
            model = replace(model, efficiency=fit_efficiency(stated.efficiency))
        except CalibrationError as error:
            model = model.remark("peaks.efficiency_unusable", reason=str(error))
    if stated.total_efficiency:
        try:
            model = replace(model, total_efficiency=fit_efficiency(stated.total_efficiency))
        except CalibrationError as error:
            model = model.remark("peaks.total_efficiency_unusable", reason=str(error))
    if model.efficiency is None:
        model = model.remark("peaks.no_efficiency")
    return model
