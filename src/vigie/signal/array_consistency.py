"""Whether what some elements of an array recorded can be one plane wave, in one window.

Where the pairs are coherent, none may be most alike outside the lags that a wave can cause, none
upside down, and the elements' times must lie on a plane. Of which slowness says nothing of the
elements: waves of the ground, steep ones of the sky and eddies that drift with the wind cross an
array too. With three elements every set of times lies on a plane: then only signs tell.

Source: ours. Accuracy: ``docs/methods/infrasound.md``. Cost: 0.1 ms.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.signal.array_misfit import limit_s, plane_misfit
from vigie.signal.plane_wave import element_times, fit_plane_wave

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.signal.array_faults import FaultParams
    from vigie.signal.array_pairs import PairCorrelation

LAG_GAIN = 0.2
"""By how much a correlation outside the possible lags must be the higher one."""
VOTING = 0.75
"""Share of the coherence from which a pair's sign counts, as in the sign vote."""


def subset(pairs: PairCorrelation, rows: Sequence[int]) -> PairCorrelation:
    """Return the correlations of some of the elements."""
    grid = np.ix_(rows, rows)
    matrices = {
        f.name: getattr(pairs, f.name)[grid]
        for f in fields(pairs)
        if f.name not in {"offsets_km", "noise_s"}
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
    misfit_s, _ = plane_misfit(pairs, list(range(len(pairs.offsets_km))), params)
    return misfit_s <= limit_s(pairs, params)


class Crossed(NamedTuple):
    """A plane wave of any speed."""

    slowness_s_per_km: tuple[float, float]
    """East and north; points where the wave goes."""
    is_possible: bool
    """Its speed is one that is looked for."""

    @property
    def velocity_km_s(self) -> float:
        """Trace velocity."""
        return 1.0 / max(float(np.hypot(*self.slowness_s_per_km)), 1e-3)


def crossed_by(pairs: PairCorrelation, params: FaultParams) -> Crossed | None:
    """Return the plane wave of any speed that the elements recorded; None where there is none.

    Wind carries eddies across an array. Their lags are outside the possible ones, as those of a
    clock error are, but on a plane (of four elements; three are always on one, and there only the
    possible lags are taken).

    Parameters
    ----------
    pairs : PairCorrelation
        Of three elements or more.
    params : FaultParams
    """
    every = list(range(len(pairs.offsets_km)))
    elsewhere = np.abs(pairs.wide_delay_s) > pairs.possible_s
    if len(every) > 3 and np.any(elsewhere & (pairs.wide >= params.coherent)):
        # The lags of distant elements may lie beyond those that were tried.
        believed = np.where(pairs.wide >= params.coherent, pairs.wide, 1e-3)
        pairs = replace(pairs, delay_s=pairs.wide_delay_s, correlation=believed)
    misfit_s, possible = plane_misfit(pairs, every, params)
    if misfit_s > limit_s(pairs, params):
        return None
    times = element_times(pairs.delay_s, np.abs(pairs.correlation) ** 2)
    east, north = fit_plane_wave(pairs.offsets_km, times).slowness_s_per_km
    return Crossed((float(east), float(north)), possible)
