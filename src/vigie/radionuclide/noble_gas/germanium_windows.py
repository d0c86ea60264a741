"""Windows of a germanium spectrum around the lines of radioxenon, with their efficiencies.

What it computes: the X-ray group (26 to 38 keV) and the gamma rays of 81.0, 163.9, 233.2 and 249.8
keV, with 6 FWHM on both sides; that of 81.0 keV reaches over the X-rays of lead and bismuth beside
it (70 to 91 keV), which show the shape of the peaks there. Which windows the stated efficiencies
reach; and the error that the efficiencies of the windows share. Channels are joined to cells of a
quarter of a FWHM, which loses nothing of the areas.

A window beyond the stated energies: the X-rays are left out, as the efficiency falls there by
factors in a few keV; a gamma ray is kept with the error of the extrapolated curve. Both are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import CalibrationError, NobleGasInputError
from vigie.radionuclide.peaks.efficiency import (
    ASSUMED_RELATIVE_SIGMA,
    EfficiencyCurve,
    fit_efficiency,
)
from vigie.records import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.radionuclide.peaks.scene import Scene
    from vigie.records import Calibration, CalibrationPoint

FloatArray = NDArray[np.float64]
XRAY_WINDOW_KEV = (26.0, 38.0)
XRAY_ENDS_KEV = (29.67, 35.1)
"""Mean of the K alpha X-rays of xenon and of the K beta X-rays of caesium."""
XRAY_MIDDLE_KEV = 30.85
"""Mean of the K alpha X-rays of caesium, at which the group's efficiency error is taken."""
GAMMA_KEV = (80.998, 163.93, 233.22, 249.794)
BARIUM_KEV = 356.013
"""Gamma ray by which Ba-133, whose 81 keV ray is that of Xe-133, is told."""
LEAD_214_KEV = 351.93
"""Pb-214, beside it."""
HALF_WINDOW_FWHM = 6.0
LEAD_WINDOW_KEV = (70.0, 91.0)
"""Of 81 keV, with the K X-rays of lead and bismuth."""
BETWEEN_KEV = 241.0
"""Where the windows of 233 and 250 keV end at the latest, so that no channel counts twice."""
CELL_FWHM = 0.25
LEAST_CELLS = 5
LEAST_FREE = 4.0
"""Degrees of freedom of the efficiency's points from which their scatter says something."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Window:
    """Channels that are fitted together."""

    first: int
    """Channel counted from 0."""
    size: int
    """Number of cells."""
    joined: int
    """Channels in each."""
    low_kev: float
    high_kev: float
    line_kev: float
    """At which the error of its efficiency is taken."""
    xrays: bool
    """Whether it is that of the X-rays of xenon and caesium."""
    wide: bool
    """Whether its continuum is curved."""
    beside: NDArray[np.bool_] | None = None
    """Channels that show the continuum, where counts are so few that the window is one cell."""
    inside: NDArray[np.bool_] | None = None
    """Channels of that cell."""

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.size * self.joined if self.inside is None else len(self.inside)

    def cells(self, per_channel: FloatArray) -> FloatArray:
        """Return sums over the channels of each cell, shape (size,)."""
        if self.inside is not None:
            return np.array([per_channel[self.inside].sum()])
        return np.asarray(per_channel.reshape(self.size, self.joined).sum(axis=1))

    def counts(self, spectrum: FloatArray) -> FloatArray:
        """Return the counts of a spectrum in the cells, shape (size,)."""
        return self.cells(spectrum[self.first : self.first + self.channels])


def efficiency_curve(calibration: Calibration) -> EfficiencyCurve:
    """Return the efficiency against energy.

    Raises
    ------
    NobleGasInputError
        Fewer than two efficiencies are usable, or one is above 1.
    """
    points = [p for p in calibration.efficiency if p.value > 0.0]
    problem = f"the spectrum has {len(points)} efficiencies"
    if len(points) >= 2:
        try:
            return fit_efficiency(points)
        except CalibrationError as error:
            problem = f"the efficiencies cannot be used ({error})"
    raise NobleGasInputError(
        what=problem, remedy="#g_Efficiency needs at least two between 0 and 1."
    )


def windows_of(scene: Scene, curve: EfficiencyCurve) -> tuple[list[Window], tuple[Reason, ...]]:
    """Return the windows that can be used, by rising energy, and what is to be told of them.

    Raises
    ------
    NobleGasInputError
        The spectrum does not reach from the X-rays to 250 keV.
    """
    low, high = curve.range_kev
    beyond = bool(curve.extrapolated(XRAY_ENDS_KEV).any())
    windows = [] if beyond else [_window(scene, XRAY_WINDOW_KEV, XRAY_MIDDLE_KEV)]
    remarks = []
    if beyond:
        first, last = XRAY_WINDOW_KEV
        remarks.append(
            Reason.of(
                "noble_gas.window_without_efficiency",
                first_kev=first,
                last_kev=last,
                low_kev=low,
                high_kev=high,
            )
        )
    for energy in GAMMA_KEV:
        windows.append(_window(scene, _gamma_span(scene, energy), energy))
        if bool(curve.extrapolated(energy)):
            remarks.append(
                Reason.of(
                    "noble_gas.line_extrapolated", energy_kev=energy, low_kev=low, high_kev=high
                )
            )
    return windows, tuple(remarks)


def barium_window(scene: Scene) -> Window | None:
    """Return the window of the 356 keV ray of Ba-133; None where the spectrum ends before."""
    try:
        return _window(scene, _gamma_span(scene, BARIUM_KEV), BARIUM_KEV)
    except NobleGasInputError:
        return None


def efficiency_doubts(
    curve: EfficiencyCurve, calibration: Calibration, windows: Sequence[Window]
) -> FloatArray:
    """Return what one standard deviation of each error does to each window, shape (J, W).

    The errors of points are those of a source's activity, common to all, and of each alone. Only
    their sum is stated; the scatter of the points about the curve tells what each has alone
    (chi-square over degrees of freedom), and the rest is common and is not averaged.
    """
    at = np.array([one.line_kev for one in windows])
    points = [p for p in calibration.efficiency if p.value > 0.0]
    relative = [p.sigma / p.value if p.sigma else ASSUMED_RELATIVE_SIGMA for p in points]
    alone = _share_alone(curve, points, np.array(relative))
    common = float(np.median(relative)) ** 2 * (1.0 - alone)
    shape = curve.relative_covariance(np.clip(at, *curve.range_kev))
    beyond = curve.relative_covariance(at) - shape
    values, vectors = np.linalg.eigh(alone * shape + beyond + common)
    kept = values > 1e-12
    return np.asarray((vectors[:, kept] * np.sqrt(values[kept])).T)


def _share_alone(
    curve: EfficiencyCurve, points: Sequence[CalibrationPoint], relative: FloatArray
) -> float:
    """Return the share of the points' variance that is of each alone, at most 1.

    Of few points nothing can be told: half.
    """
    energy = np.array([p.energy_kev for p in points])
    fitted = np.diag(curve.relative_covariance(energy)) / relative**2
    free = len(points) - float(fitted.sum())
    if free < LEAST_FREE:
        return 0.5
    off = np.log([p.value for p in points]) - np.log(curve.efficiency(energy))
    return min(float(((off / relative) ** 2).sum()) / free, 1.0)


def _gamma_span(scene: Scene, energy_kev: float) -> tuple[float, float]:
    if energy_kev == GAMMA_KEV[0]:
        return LEAD_WINDOW_KEV
    half = HALF_WINDOW_FWHM * float(scene.model.widths().fwhm(energy_kev))
    low, high = energy_kev - half, energy_kev + half
    if energy_kev < BETWEEN_KEV:
        return max(low, LEAD_WINDOW_KEV[1]), min(high, BETWEEN_KEV)
    return max(low, BETWEEN_KEV), high


def _window(scene: Scene, span: tuple[float, float], line_kev: float) -> Window:
    energy = scene.energy_kev
    start, stop = (int(one) for one in np.searchsorted(energy, span))
    reached = len(energy) > 1 and energy[0] <= span[0] and energy[-1] >= span[1]
    at = min(start, len(energy) - 1)
    joined = max(int(CELL_FWHM * scene.fwhm[at]), 1)
    size = (stop - start) // joined
    if size < LEAST_CELLS or not reached:
        low, high = span
        raise NobleGasInputError(
            what=f"the spectrum has {stop - start} channels from {low:.1f} to {high:.1f} keV",
            remedy="Radioxenon needs a spectrum from 26 to 260 keV with its calibration.",
        )
    return Window(
        first=start,
        size=size,
        joined=joined,
        low_kev=span[0],
        high_kev=span[1],
        line_kev=line_kev,
        xrays=line_kev == XRAY_MIDDLE_KEV,
        wide=line_kev in (XRAY_MIDDLE_KEV, GAMMA_KEV[0]),
    )
