"""Peaks of a sample against those of a blank filter or the empty detector.

What it computes: for each peak of the sample the rate that a blank explains, the rest with its
error, and whether the rest exceeds its decision threshold. Peaks are compared as areas, never as
spectra (field sheet 3.5): the continua differ. Also told: peaks that only the blank has.

The decision threshold of a difference of two rates, each with its own continuum, is
k sqrt(u^2(n_b) (t_s/t_b)^2 + u_0^2), where u_0 is the error of the sample's area if nothing but the
blank's share were there: the critical level of the peak, taken over k, and the Poisson scatter of
the blank's share itself (ISO 11929-1:2019, decision threshold of a net quantity).

Assumptions: the blank is of the same detector and geometry; rates of the blank are constant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from vigie.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records.nuclide_result import Peak

K_95 = 1.6448536269514722
"""One-sided 5 % of the normal law."""


class BlankVerdict(StrEnum):
    """How a peak compares with the blank."""

    ABOVE = "above"
    """More than the blank explains."""
    EXPLAINED = "explained"
    """The blank has it, and explains it."""
    SAMPLE_ONLY = "sample_only"
    """The blank has no such peak."""
    BLANK_ONLY = "blank_only"
    """The sample has no such peak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankPeak:
    """One energy in sample and blank; counts over the live time of the sample."""

    energy_kev: float
    sample_counts: float
    blank_counts: float
    """Scaled to the live time of the sample."""
    net_counts: float
    net_sigma: float
    decision_threshold: float
    """Net counts that no more than the blank exceeds in 5 % of cases."""
    verdict: BlankVerdict


def compare_with_blank(
    sample: Sequence[Peak],
    blank: Sequence[Peak],
    *,
    live_times_s: tuple[float, float],
    tolerance_fwhm: float = 0.5,
) -> tuple[BlankPeak, ...]:
    """Compare the peaks of a sample with those of a blank, in the order of energy.

    Parameters
    ----------
    sample, blank : sequence of Peak
    live_times_s : (float, float)
        Of sample and blank, s.
    tolerance_fwhm : float
        Peaks nearer than this share of the FWHM, with the errors of both energies added, are
        the same; each peak of the blank is used once, by the nearest.

    Raises
    ------
    ParameterError
        A live time is not above zero.
    """
    if min(live_times_s) <= 0.0:
        raise ParameterError(name="live_times_s", value=str(live_times_s), expected="above 0")
    scale = live_times_s[0] / live_times_s[1]
    pairs = _pairs(sample, blank, tolerance_fwhm)
    used = set(pairs.values())
    rows = [
        _row(peak, blank[pairs[i]] if i in pairs else None, scale) for i, peak in enumerate(sample)
    ]
    rows += [_alone(peak, scale) for j, peak in enumerate(blank) if j not in used]
    return tuple(sorted(rows, key=lambda r: r.energy_kev))


def _pairs(sample: Sequence[Peak], blank: Sequence[Peak], share: float) -> dict[int, int]:
    near = []
    for i, a in enumerate(sample):
        for j, b in enumerate(blank):
            off = abs(a.energy_kev - b.energy_kev)
            errors = math.hypot(a.energy_sigma_kev, b.energy_sigma_kev)
            if off <= share * max(a.fwhm_kev, b.fwhm_kev) + 2.0 * errors:
                near.append((off, i, j))
    pairs: dict[int, int] = {}
    for _, i, j in sorted(near):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return pairs


def _row(peak: Peak, blank: Peak | None, scale: float) -> BlankPeak:
    counts = scale * blank.area if blank is not None else 0.0
    error = scale * blank.area_sigma if blank is not None else 0.0
    alone = peak.critical_level / K_95
    threshold = K_95 * math.sqrt(alone**2 + max(counts, 0.0) + error**2)
    net = peak.area - counts
    if blank is None:
        verdict = BlankVerdict.SAMPLE_ONLY
    else:
        verdict = BlankVerdict.ABOVE if net > threshold else BlankVerdict.EXPLAINED
    return BlankPeak(
        energy_kev=peak.energy_kev,
        sample_counts=peak.area,
        blank_counts=counts,
        net_counts=net,
        net_sigma=math.hypot(peak.area_sigma, error),
        decision_threshold=threshold,
        verdict=verdict,
    )


def _alone(peak: Peak, scale: float) -> BlankPeak:
    counts = scale * peak.area
    sigma = scale * peak.area_sigma
    return BlankPeak(
        energy_kev=peak.energy_kev,
        sample_counts=0.0,
        blank_counts=counts,
        net_counts=-counts,
        net_sigma=math.hypot(sigma, math.sqrt(max(counts, 0.0))),
        decision_threshold=K_95 * scale * peak.critical_level,
        verdict=BlankVerdict.BLANK_ONLY,
    )
