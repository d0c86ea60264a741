"""Natural nuclides that would take each other's place: a stand-in has to be stated itself.

A natural source falls to nothing when others that are expected explain its peaks as well. Where two
explain the same peak, each does so for the other, and neither would be stated, however high the
peak. Here those that fall only to others which are not stated either are judged again, without
these: the one first whose own lines, not those of its descendants, show best. What else would do
is told with the result (``alike``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.particulate.rivals import alike
from vigie.radionuclide.particulate.solve import drops

if TYPE_CHECKING:
    from vigie.radionuclide.particulate.design import Design
    from vigie.radionuclide.particulate.lines import LineTable
    from vigie.radionuclide.particulate.solve import Problem, Solution
    from vigie.radionuclide.particulate.sources import Source

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

CLEAR_SIGMAS = 5.0
"""Below that, what others explain as well stays unsaid."""


@dataclass(frozen=True, slots=True, eq=False)
class Roles:
    """What each unknown is; shape (unknowns,) each."""

    natural: BoolArray
    """Natural nuclides, without the causes that are no nuclides."""
    back: BoolArray
    """Natural nuclides and other causes that may come back."""
    needed: FloatArray
    """Standard errors from which one is stated."""
    own: FloatArray
    """By how many errors the best line of each stands in a peak (``own_lines``)."""


def own_lines(
    sources: tuple[Source, ...],
    lines: tuple[Design, LineTable],
    problem: Problem,
    found: Solution,
) -> FloatArray:
    """Return by how many errors a line that a source emits itself shows, shape (unknowns,).

    Parameters
    ----------
    sources : tuple of Source
    lines : (Design, LineTable)
        With which the problem was made.
    problem : Problem
    found : Solution
    """
    design, table = lines
    out = np.zeros(len(found.amount))
    first = [source.name for source in sources]
    pairs = zip(table.source, table.emitter, strict=True)
    own = np.array([k < len(first) and first[k] == one for k, one in pairs], dtype=bool)
    rows = np.flatnonzero(own & (design.row >= 0) & (design.row < problem.clusters))
    counts = found.amount[table.source[rows]] * table.counts[rows] * design.weight[rows]
    np.maximum.at(out, table.source[rows], counts / np.sqrt(found.variance[design.row[rows]]))
    return out


def named(
    problem: Problem, solution: Solution, drop: FloatArray, roles: Roles
) -> tuple[FloatArray, dict[int, tuple[int, ...]]]:
    """Return what sources fall by when only those that are stated may stand in for them.

    Parameters
    ----------
    problem : Problem
    solution : Solution
    drop : ndarray, shape (unknowns,)
        With all natural ones free to do so.
    roles : Roles

    Returns
    -------
    drop : ndarray, shape (unknowns,)
    rivals : dict of int to tuple of int
        Of those that are stated by this alone, which others would explain the data as well.
    """
    drop = drop.copy()
    unsaid = solution.kept & roles.natural & (drop <= roles.needed**2)
    stated = (solution.kept & ~unsaid) | (roles.back & ~roles.natural)
    clear = np.flatnonzero(unsaid & (solution.drop > CLEAR_SIGMAS**2))
    rivals: dict[int, tuple[int, ...]] = {}
    for index in clear[np.argsort(-roles.own[clear], kind="stable")]:
        one = np.arange(len(drop)) == index
        left = replace(solution, kept=one)
        fall = drops(problem, left, stated)[index]
        if fall > roles.needed[index] ** 2:
            drop[index] = fall
            others = np.broadcast_to(roles.back & roles.natural & ~(stated | one), (len(one),) * 2)
            rivals |= alike(problem, left, one, others, stated)
            stated = stated | one
    return drop, rivals
