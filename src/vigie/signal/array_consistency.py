"""Whether what some elements of an array recorded can be one plane wave, in one window.

Where the pairs are coherent, none may be most alike outside the lags that a wave can cause, none
upside down, and the elements' times must lie on a plane of possible slowness. With three elements
every set of times lies on a plane: then only signs and the slowness tell, and a wrong time whose
slowness happens to be possible is not seen.

Source: ours. Accuracy: ``docs/methods/infrasound.md``. Cost: 0.1 ms.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.signal.array_misfit import plane_misfit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.signal.array_faults import FaultParams, PairCorrelation

LAG_GAIN = 0.2
"""By how much a correlation outside the possible lags must be the higher one."""
VOTING = 0.75
"""Share of the coherence from which a pair's sign counts, as in the sign vote."""


def subset(pairs: PairCorrelation, rows: Sequence[int]) -> PairCorrelation:
    """Return the correlations of some of the elements."""
    grid = np.ix_(rows, rows)
    matrices = {
        f.name: getattr(pairs, f.name)[grid] for f in fields(pairs) if f.name != "offsets_km"
    }
    return replace(pairs, **matrices, offsets_km=pairs.offsets_km[list(rows)])


def turned_over(pairs: PairCorrelation, rows: Sequence[int]) -> PairCorrelation:
    """Return the correlations with some of the elements turned over."""
    sign = np.ones(len(pairs.offsets_km))
    sign[list(rows)] = -1.0
    return replace(pairs, correlation=pairs.correlation * np.outer(sign, sign))


def is_consistent(pairs: PairCorrelation, params: FaultParams) -> bool | None:
    """Tell whether elements recorded one plane wave; None where they are not coherent.

    Parameters
    ----------
    pairs : PairCorrelation
        Of three elements or more.
    params : FaultParams
    """
    upper = np.triu_indices(len(pairs.offsets_km), 1)
    strength, wide = np.abs(pairs.correlation)[upper], pairs.wide[upper]
    if float(np.median(np.maximum(strength, wide))) < params.coherent:
        return None
    elsewhere = np.abs(pairs.wide_delay_s)[upper] > pairs.possible_s[upper]
    if np.any(elsewhere & (wide >= params.coherent) & (wide > strength + LAG_GAIN)):
        return False
    is_negative = pairs.correlation[upper] < 0.0
    clear = strength - pairs.opposite[upper] >= params.polarity_margin
    if np.any(is_negative & clear & (strength >= VOTING * params.coherent)):
        return False
    misfit_s, possible = plane_misfit(pairs, list(range(len(pairs.offsets_km))), params)
    return possible and misfit_s <= params.misfit_limit * params.timing_sigma_s
