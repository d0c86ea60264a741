"""What a simulated station states of its detector: calibrations, regions, efficiencies, ratios.

What it computes: energies, resolutions and efficiencies of the cell itself, regions around the
signatures, and the coincidence efficiencies and interference ratios of the regions from the
nuclides' mean spectra, as a station gets them from strong pure sources. Errors stated: 1 % of
ratios, 2 % of efficiencies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.xenon import (
    ISOTOPES,
    XE133,
    XE133_XRAY_SHARE,
    isotope,
)
from vigie.records import (
    Calibration,
    CalibrationPoint,
    InterferenceRatio,
    RegionEfficiency,
    RegionLimits,
)

if TYPE_CHECKING:
    from vigie.simulate.radionuclide.beta_gamma.cell import BetaGammaCell
    from vigie.simulate.radionuclide.beta_gamma.spectra import MeanSpectra

FloatArray = NDArray[np.float64]
REGIONS_KEV = (
    (1, 30.0, 600.0, 320.0, 384.0),
    (2, 30.0, 730.0, 224.0, 276.0),
    (3, 30.0, 352.0, 70.0, 93.0),
    (4, 30.0, 394.0, 20.0, 42.0),
    (5, 88.0, 168.0, 20.0, 42.0),
    (6, 168.0, 235.0, 20.0, 42.0),
    (7, 30.0, 88.0, 20.0, 42.0),
    (8, 235.0, 394.0, 20.0, 42.0),
    (9, 168.0, 394.0, 20.0, 42.0),
    (10, 30.0, 168.0, 20.0, 42.0),
)
"""Region, beta low, beta high, gamma low, gamma high."""
GAMMA_POINTS_KEV = (30.0, 53.16, 81.0, 164.0, 249.8, 351.9, 609.3)
BETA_POINTS_KEV = (45.0, 79.0, 129.4, 198.7, 260.0, 346.0, 480.0, 672.0)
RATIO_SIGMA = 0.01
EFFICIENCY_SIGMA = 0.02


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StatedCalibration:
    """The calibration blocks of a message."""

    gamma: Calibration
    beta: Calibration
    regions: tuple[RegionLimits, ...]
    efficiencies: tuple[RegionEfficiency, ...]
    ratios: tuple[InterferenceRatio, ...]


def state_calibration(
    cell: BetaGammaCell, nuclides: dict[str, MeanSpectra], xe133_gamma: MeanSpectra
) -> StatedCalibration:
    """Return what a station with this cell states.

    Parameters
    ----------
    xe133_gamma : MeanSpectra
        Of the decays of Xe-133 that emit the gamma ray only: the part of region 4 that is none of
        the X-rays'.
    """
    content = {name: _contents(cell, one.histogram) for name, one in nuclides.items()}
    gamma_only = _contents(cell, xe133_gamma.histogram)
    return StatedCalibration(
        gamma=_gamma(cell),
        beta=_beta(cell),
        regions=tuple(
            RegionLimits(roi=r, beta_low=b0, beta_high=b1, gamma_low=g0, gamma_high=g1)
            for r, b0, b1, g0, g1 in REGIONS_KEV
        ),
        efficiencies=_efficiencies(content, gamma_only),
        ratios=_ratios(content, gamma_only),
    )


def _contents(cell: BetaGammaCell, plane: FloatArray) -> FloatArray:
    """Return counts per decay of regions 1 to 10, cut channels by their share."""
    out = np.zeros(10)
    for roi, b0, b1, g0, g1 in REGIONS_KEV:
        gamma = _cover(cell.channels, cell.gamma_span_kev, (g0, g1))
        out[roi - 1] = gamma @ plane @ _cover(cell.channels, cell.beta_span_kev, (b0, b1))
    return out


def _cover(n: int, span_kev: float, ends: tuple[float, float]) -> FloatArray:
    low, high = (end * n / span_kev for end in ends)
    left = np.arange(float(n))
    covered = np.minimum(left + 1.0, high) - np.maximum(left, low)
    return np.asarray(np.clip(covered, 0.0, 1.0))


def _efficiencies(
    content: dict[str, FloatArray], gamma_only: FloatArray
) -> tuple[RegionEfficiency, ...]:
    rows = []
    for roi, name in ((2, "Xe-135"), (3, "Xe-133"), (5, "Xe-131m"), (6, "Xe-133m")):
        rows.append((name, roi, content[name][roi - 1] / isotope(name).share))
    xray = content["Xe-133"] - gamma_only
    rows += [("Xe-133", roi, xray[roi - 1] / XE133_XRAY_SHARE) for roi in (4, 7, 8, 9, 10)]
    return tuple(
        RegionEfficiency(
            nuclide=name, roi=roi, efficiency=float(value), sigma=float(EFFICIENCY_SIGMA * value)
        )
        for name, roi, value in sorted(rows, key=lambda row: row[1])
    )


def _ratios(
    content: dict[str, FloatArray], gamma_only: FloatArray
) -> tuple[InterferenceRatio, ...]:
    radon, xe133 = content[ISOTOPES[0].name], content[XE133.name]
    names = {2: "PB214_352:242", 3: "PB214_352:80"}
    rows = [
        (names.get(roi, f"PB214_352:30_{roi}"), 1, roi, radon[roi - 1] / radon[0])
        for roi in range(2, 11)
    ]
    for roi in range(4, 11):
        # Regions 5 and 6 take all of Xe-133, the others what its gamma ray leaves there.
        counts = (xe133 if roi in (5, 6) else gamma_only)[roi - 1]
        rows.append((f"XE133-{roi}_81:30", 3, roi, counts / xe133[2]))
    return tuple(
        InterferenceRatio(
            name=name,
            roi_high=high,
            roi_low=low,
            ratio=float(value),
            sigma=float(RATIO_SIGMA * value),
        )
        for name, high, low, value in rows
    )


def _gamma(cell: BetaGammaCell) -> Calibration:
    per_kev = cell.channels / cell.gamma_span_kev
    energies = np.array(GAMMA_POINTS_KEV)
    peak, _ = cell.efficiency(energies)
    return Calibration(
        energy=_points(energies, energies * per_kev, 0.05),
        resolution=_points(energies, cell.gamma_fwhm(energies), 0.2),
        efficiency=_points(energies, peak, 0.02),
    )


def _beta(cell: BetaGammaCell) -> Calibration:
    per_kev = cell.channels / cell.beta_span_kev
    energies = np.array(BETA_POINTS_KEV)
    return Calibration(
        energy=_points(energies, energies * per_kev, 0.1, "C"),
        resolution=_points(energies, cell.beta_fwhm(energies), 0.3),
    )


def _points(
    energies: FloatArray, values: FloatArray, sigma: float, mode: str = ""
) -> tuple[CalibrationPoint, ...]:
    return tuple(
        CalibrationPoint(energy_kev=float(e), value=float(v), sigma=sigma, mode=mode)
        for e, v in zip(energies, values, strict=True)
    )
