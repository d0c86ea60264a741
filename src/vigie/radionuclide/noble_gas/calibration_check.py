"""Whether a calibration with Xe-133 agrees with the ratios that its station states.

What it computes: from the histogram, the ratios of regions 4, 5 and 6 to region 3 of Xe-133, with
counting errors, against those stated; from singles and coincidences, the efficiency for electrons
(coincidences in the 81 keV peak over its gamma singles) and the share of electrons with an 81 keV
coincidence. Source: product rule of a coincidence, eps_beta = N_bg / N_g; sheet 7.7. Assumes that
Xe-133 alone is in the cell. Without a detector background the continuum beside the peaks is taken
off. Accuracy: the reference message gives 0.282 and 0.138 gross, as published. Cost: 5 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.region_response import (
    RegionCalibration,
    counts_per_decay,
    region_calibration,
)
from vigie.radionuclide.noble_gas.regions import count_regions
from vigie.radionuclide.noble_gas.templates import plane_model
from vigie.radionuclide.noble_gas.xenon import XE133
from vigie.records import PulseHeight, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]
REGIONS = (4, 5, 6)
LEAST_COUNTS = 400
"""In region 3, below which ratios say nothing."""
DEVIATION_SIGMAS, DEVIATION_SHARE = 4.0, 0.08
"""A ratio contradicts when it is off by more than both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioCheck:
    """One ratio to region 3, measured and stated."""

    roi: int
    measured: float
    sigma: float
    stated: float
    stated_sigma: float

    @property
    def contradicts(self) -> bool:
        """Whether the difference is neither chance nor small."""
        error = float(np.hypot(self.sigma, self.stated_sigma))
        off = abs(self.measured - self.stated)
        return off > DEVIATION_SIGMAS * error and off > DEVIATION_SHARE * self.measured


@dataclass(frozen=True, slots=True, kw_only=True)
class CellCalibration:
    """What a calibration measurement says."""

    ratios: tuple[RatioCheck, ...]
    beta_efficiency: float | None
    beta_efficiency_sigma: float | None
    gamma_per_electron: float | None
    """81 keV coincidences per electron seen."""

    @property
    def remarks(self) -> tuple[Reason, ...]:
        """One for each ratio that contradicts."""
        return tuple(
            Reason.of(
                "noble_gas.ratio_contradicts",
                region=one.roi,
                stated=one.stated,
                measured=one.measured,
            )
            for one in self.ratios
            if one.contradicts
        )


def check_calibration(
    message: PulseHeight, background: PulseHeight | None = None
) -> CellCalibration | None:
    """Compare a measurement of Xe-133 with what its message states; None with too few counts.

    Raises
    ------
    NobleGasInputError
        No histogram, regions or efficiencies.
    """
    stated = region_calibration(message)
    gross = count_regions(message).gross
    net, variance = _net(gross, message, background)
    if not net[2] > LEAST_COUNTS:
        return None
    checks = [_check(roi, net, variance, stated) for roi in REGIONS]
    return CellCalibration(ratios=tuple(checks), **_efficiencies(message, background, net[2]))


def _net(
    gross: FloatArray, message: PulseHeight, background: PulseHeight | None
) -> tuple[FloatArray, FloatArray]:
    if background is None or background.acquisition is None or message.acquisition is None:
        return gross, np.maximum(gross, 1.0)
    share = message.acquisition.live_time_s / background.acquisition.live_time_s
    empty = count_regions(background, regions=message.regions).gross
    return gross - empty * share, np.maximum(gross, 1.0) + empty * share**2


def _check(
    roi: int, net: FloatArray, variance: FloatArray, stated: RegionCalibration
) -> RatioCheck:
    base = counts_per_decay(stated, XE133, 3)
    ratio = counts_per_decay(stated, XE133, roi) / base
    measured = float(net[roi - 1] / net[2])
    sigma = measured * float(
        np.sqrt(variance[roi - 1] / net[roi - 1] ** 2 + variance[2] / net[2] ** 2)
    )
    error = stated.interference(3, roi)[1]
    if roi == 4:
        parts = [stated.efficiency[one] for one in (3, 4)]
        error = ratio * float(np.sqrt(sum((s / value) ** 2 for value, s in parts)))
    return RatioCheck(roi=roi, measured=measured, sigma=sigma, stated=ratio, stated_sigma=error)


def _efficiencies(
    message: PulseHeight, background: PulseHeight | None, coincidences: float
) -> dict[str, float | None]:
    nothing: dict[str, float | None] = dict.fromkeys(
        ("beta_efficiency", "beta_efficiency_sigma", "gamma_per_electron")
    )
    strip = next((one for one in message.regions if one.roi == 3), None)
    if strip is None or message.gamma is None or message.histogram is None:
        return nothing
    edges = plane_model(message).gamma_edges_kev
    singles = _peak(message.gamma.counts, edges, (strip.gamma_low, strip.gamma_high))
    # Electrons below the lower edge of region 3 belong to the coincidences of the peak as well.
    coincident = _peak(
        message.histogram.counts.sum(axis=1), edges, (strip.gamma_low, strip.gamma_high)
    )
    if singles[0] <= 5.0 * singles[1] or coincident[0] <= 0.0:
        return nothing
    efficiency = coincident[0] / singles[0]
    relative = float(np.hypot(singles[1] / singles[0], coincident[1] / coincident[0]))
    electrons = None if message.beta is None else float(message.beta.counts.sum())
    if electrons is not None and background is not None and background.beta is not None:
        a, b = message.acquisition, background.acquisition
        if a is not None and b is not None:
            electrons -= float(background.beta.counts.sum()) * a.live_time_s / b.live_time_s
    share = coincidences / electrons if electrons and background is not None else None
    return {
        "beta_efficiency": efficiency,
        "beta_efficiency_sigma": efficiency * relative,
        "gamma_per_electron": share,
    }


def _peak(
    counts: NDArray[np.integer], edges_kev: FloatArray, window: tuple[float, float]
) -> tuple[float, float]:
    """Return net counts of a window over the line between its sides, and their error."""
    low, high = (int(np.argmin(np.abs(edges_kev - at))) for at in window)
    side = max((high - low) // 3, 2)
    parts: Sequence[NDArray[np.integer]] = (
        counts[max(low - side, 0) : low],
        counts[high : high + side],
    )
    below = float(sum(part.sum() for part in parts))
    width = (high - low) / max(sum(len(part) for part in parts), 1)
    gross = float(counts[low:high].sum())
    return gross - below * width, float(np.sqrt(gross + below * width**2))
