"""Relative error of an air volume in the concentrations of one analysis.

It is stated with the analysis (noble gas), or taken from what the uncertainties of concentrations
hold beyond those of activities. A volume divides all nuclides alike, so its relative error is no
more than the least that any of them shows; what one shows beyond that is its own. Near zero an
excess divided by the concentration says nothing: from ``MOST_RELATIVE`` on it is no volume.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vigie.radionuclide.laboratory.side import Side

if TYPE_CHECKING:
    from vigie.records.nuclide_result import SampleAnalysis

MOST_RELATIVE = 0.3
"""Of an air volume (chosen): flows and xenon volumes are known to some percent."""


def volume_relative(analysis: SampleAnalysis) -> float:
    """Return the relative standard error of the air volume; 0 where nothing tells of one."""
    volume, sigma = analysis.air_volume_m3, analysis.air_volume_sigma_m3
    if volume and sigma is not None and volume > 0.0 and 0.0 <= sigma < volume:
        return sigma / volume
    shown = [
        ratio
        for one in analysis.main_results
        if (ratio := _excess(Side("", one, analysis))) is not None
    ]
    least = min(shown, default=0.0)
    return least if least < MOST_RELATIVE else 0.0


def own_sigma(side: Side, shared: float) -> float | None:
    """Return the standard error of a concentration without its volume's, in its unit.

    Never below that of the activity; None where neither is known.

    Parameters
    ----------
    side : Side
    shared : float
        Relative error of the volume that the uncertainty holds.
    """
    activity = _of_activity(side)
    whole, value = side.result.uncertainty, side.result.concentration
    if activity is None or whole is None or value is None:
        return activity
    return max(activity, _without(whole, shared * value))


def _excess(side: Side) -> float | None:
    """Return what a concentration's error holds beyond the activity's, by the concentration."""
    activity, whole, value = (
        _of_activity(side), side.result.uncertainty, side.result.concentration
    )  # fmt: skip
    if activity is None or whole is None or not value or not math.isfinite(whole / value):
        return None
    return _without(whole, activity) / abs(value)


def _of_activity(side: Side) -> float | None:
    factor, sigma = side.per_activity, side.result.activity_sigma_bq
    if factor is None or sigma is None or not sigma > 0.0 or not factor > 0.0:
        return None
    return factor * sigma


def _without(whole: float, part: float) -> float:
    """Return the root of the difference of two squares; 0 where the part is the larger."""
    if not whole > 0.0:
        return 0.0
    ratio = min(abs(part / whole), 1.0)
    return whole * math.sqrt((1.0 - ratio) * (1.0 + ratio))
