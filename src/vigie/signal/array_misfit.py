"""Elements whose time lies off the plane wave that the others share.

A clock error closes in every triplet, so it shows only as a misfit of the plane. The fewest
elements whose removal leaves a plane of possible slowness are at fault, if no other choice of as
many fits nearly as well. Of n elements without k, n - k - 3 residuals are free: one suffices for a
single element (five of them), two where several are removed, since more choices fit by chance.
With four elements the fault is seen, and the suspects are those whose removal leaves a possible
slowness.

Source: ours. Accuracy: ``docs/methods/fk.md``, ``docs/methods/infrasound.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ArrayGeometryError
from vigie.signal.plane_wave import element_times, fit_plane_wave

if TYPE_CHECKING:
    from vigie.signal.array_faults import FaultParams
    from vigie.signal.array_pairs import PairCorrelation

FloatArray = NDArray[np.float64]

MOST_REMOVED = 3
MOST_CHOICES = 600
"""Choices of several elements that are tried (16 elements: 560 of three)."""
SECOND = 1.5
"""The next choice must fit so many times worse."""


@dataclass(frozen=True, slots=True)
class PlaneVerdict:
    """What is wrong with the times of the elements of an array."""

    fits: bool
    """All lie on a plane, or too little is coherent to tell."""
    mistimed: tuple[int, ...] = ()
    suspects: tuple[int, ...] = ()
    """One of these is mistimed (four elements)."""
    misfit_s: float = 0.0
    """Of the plane of the next best choice."""


def off_plane(pairs: PairCorrelation, left: list[int], params: FaultParams) -> PlaneVerdict:
    """Test the plane through the times of the elements that are left.

    Parameters
    ----------
    pairs : PairCorrelation
    left : list of int
        The elements that are tested.
    params : FaultParams
    """
    block = np.abs(pairs.correlation[np.ix_(left, left)])
    np.fill_diagonal(block, 1.0)
    if len(left) < 4 or float(np.median(block)) < params.coherent:
        return PlaneVerdict(fits=True)
    limit = limit_s(pairs, params)
    if plane_misfit(pairs, left, params)[0] <= limit:
        return PlaneVerdict(fits=True)
    if len(left) == 4:
        fits = [i for i in left if plane_misfit(pairs, [k for k in left if k != i], params)[1]]
        if len(fits) == 1:
            return PlaneVerdict(fits=False, mistimed=(fits[0],))
        return PlaneVerdict(fits=False, suspects=tuple(fits))
    for number in range(1, MOST_REMOVED + 1):
        spare = len(left) - number - 3
        if spare < min(number, 2) or comb(len(left), number) > MOST_CHOICES:
            break
        choices = list(combinations(left, number))
        rated = [plane_misfit(pairs, [k for k in left if k not in c], params) for c in choices]
        order = np.argsort([m for m, _ in rated], kind="stable")
        (best, possible), second = rated[int(order[0])], rated[int(order[1])][0]
        if best > limit or (number > 1 and not possible):
            continue
        if second < SECOND * best:
            break
        return PlaneVerdict(fits=False, mistimed=choices[int(order[0])], misfit_s=second)
    return PlaneVerdict(fits=False)


def limit_s(pairs: PairCorrelation, params: FaultParams) -> float:
    """Return the misfit from which a plane is refused."""
    return params.misfit_limit * float(np.hypot(params.timing_sigma_s, pairs.noise_s))


def plane_misfit(
    pairs: PairCorrelation, left: list[int], params: FaultParams
) -> tuple[float, bool]:
    """Return the misfit of a plane per free residual, and whether its slowness is possible."""
    grid = np.ix_(left, left)
    weights = np.abs(pairs.correlation[grid]) ** 2
    times = element_times(pairs.delay_s[grid], weights)
    try:
        wave = fit_plane_wave(pairs.offsets_km[left], times)
    except ArrayGeometryError:
        return np.inf, False
    size = float(np.hypot(*wave.slowness_s_per_km))
    rms = wave.rms_s * float(np.sqrt(len(left) / max(wave.dof, 1)))
    slack = 0.0
    if pairs.noise_s:
        centred = pairs.offsets_km[left] - pairs.offsets_km[left].mean(axis=0)
        slack = 2.0 * pairs.noise_s / float(np.linalg.svd(centred, compute_uv=False)[-1])
    low, high = params.min_slowness_s_per_km - slack, params.max_slowness_s_per_km + slack
    return rms, low <= size <= high


def excess_s(pairs: PairCorrelation, element: int, others: list[int]) -> FloatArray:
    """Delay of an element against each other one, less that of the wave across those."""
    grid = np.ix_(others, others)
    times = element_times(pairs.delay_s[grid], np.abs(pairs.correlation[grid]) ** 2)
    try:
        wave = fit_plane_wave(pairs.offsets_km[others], times).slowness_s_per_km
    except ArrayGeometryError:
        # The others stand in line: the wave's own delay stays in.
        wave = np.zeros(2)
    apart = pairs.offsets_km[element] - pairs.offsets_km[others]
    return np.asarray(pairs.wide_delay_s[others, element] - apart @ wave)
