"""Which nuclides a spectrum shows: candidates, global solution, and rules that a nuclide must pass.

Candidates are sources with a peak at one of their three lines that would show best. They and all
causes besides nuclides (``labels``) share the peaks in one solution with amounts >= 0 (``solve``),
in which windows without a peak count against those that expect one. A nuclide that stays must have
a peak of its own, or be demanded by the ratio of shared ones (five standard errors); it is
detected from ``detect_sigmas``. Those that fail leave, one by one, and the solution is found anew.

Source: nonnegative least squares over a library as in Gunnink and Niday (1972), UCRL-51061, with
removal by likelihood ratio. Assumes that areas are normal. How well it works:
docs/methods/particulate.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.facts.nuclides import nuclide, nuclide_list
from vigie.radionuclide.particulate.design import Design, design_of
from vigie.radionuclide.particulate.labels import Label, labels_of
from vigie.radionuclide.particulate.lines import LineTable, line_table
from vigie.radionuclide.particulate.problem import (
    Setting,
    amounts_only,
    best_of_source,
    chosen_lines,
    hardened,
    problem_of,
    visibility,
    with_lines_beside,
)
from vigie.radionuclide.particulate.rivals import alike, outdone
from vigie.radionuclide.particulate.rules import refused
from vigie.radionuclide.particulate.solve import Problem, Solution, drops, solve
from vigie.radionuclide.particulate.sources import SERIES, Source
from vigie.radionuclide.particulate.stand_ins import Roles, named, own_lines

if TYPE_CHECKING:
    from vigie.radionuclide.particulate.params import ParticulateParams

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

KEY_LINES = 3
KEY_SHARE = 0.25
"""A key line shows at least this well compared with the best one."""
MATCHED = 0.5
"""Share of a line's counts in a peak from which the two match."""


@dataclass(frozen=True, slots=True, eq=False)
class Identified:
    """The solution with all that it was made of."""

    sources: tuple[Source, ...]
    """The candidates."""
    labels: tuple[Label, ...]
    table: LineTable
    """Lines of the candidates, then of the labels (source index beyond those)."""
    design: Design
    problem: Problem
    solution: Solution
    amounts: Problem
    """As ``problem``, of amounts: of it is the solution."""
    detected: BoolArray
    """Shape (sources,)."""
    everything: LineTable
    """Lines of all sources that were looked for."""
    chosen: BoolArray
    """Which of these are candidates."""
    drop: FloatArray
    """Fall of twice the log-likelihood without a source, with natural sources and other causes
    free to take its place, of natural ones those that are stated; shape (sources,)."""
    alike: dict[int, tuple[int, ...]]
    """Of detected sources, which others would explain the data about as well."""

    @property
    def shares(self) -> FloatArray:
        """Return the counts that each unknown puts into each datum, shape (rows, unknowns)."""
        return np.asarray(self.problem.matrix * self.solution.amount)


def identify(sources: tuple[Source, ...], setting: Setting) -> Identified:
    """Return the nuclides of a spectrum.

    Parameters
    ----------
    sources : tuple of Source
        All that are looked for.
    setting : Setting
    """
    params = setting.params
    everything = line_table(
        sources,
        setting.efficiencies,
        setting.live_share,
        span_kev=setting.view.span_kev,
        least=params.least_line,
    )
    chosen = candidates(everything, len(sources), setting)
    everything = hardened(everything, sources, chosen, setting)
    kept = tuple(source for source, take in zip(sources, chosen, strict=True) if take)
    table = chosen_lines(everything, chosen)
    labels = labels_of(setting.clusters, setting.live_time_s)
    table = _with_labels(table, labels, len(kept))
    visible = visibility(table, setting)
    telling = visible >= params.telling_line * best_of_source(table.source, visible)
    design = design_of(table.energy_kev, telling, setting.clusters, setting.view, params)
    problem = problem_of(kept, labels, table, design, setting)
    never = _without_peak(design, table, len(kept), len(labels))
    natural = np.array([_natural(source) for source in kept], dtype=bool)
    nature = np.concatenate([natural, np.ones(len(labels), dtype=bool)])
    needed = np.where(natural, params.natural_sigmas, params.detect_sigmas)
    heirs = _heirs(kept, len(nature), params.longest_half_lives)
    solution = _settled(kept, problem, (never, nature, heirs), params)
    back = nature & ~never
    nuclides = np.arange(len(nature)) < len(kept)
    roles = Roles(
        natural=nature & nuclides,
        back=back,
        needed=np.concatenate([needed, np.zeros(len(labels))]),
        own=own_lines(kept, (design, table), problem, solution),
    )
    drop, like = named(problem, solution, drops(problem, solution, back | heirs), roles)
    drop = drop[: len(kept)]
    shown = np.zeros(len(nature), dtype=bool)
    shown[: len(kept)] = ~natural & (drop > needed**2)
    like |= alike(problem, solution, shown, ~(nature | heirs | heirs.T), back)
    amounts = with_lines_beside(
        amounts_only(problem, design, solution), (design, table), solution, setting
    )
    solution = solve(amounts, 0.0, never=~solution.kept)
    detected = solution.kept[: len(kept)] & (drop > needed**2)
    return Identified(
        sources=kept,
        labels=labels,
        table=table,
        design=design,
        problem=problem,
        solution=solution,
        amounts=amounts,
        detected=detected,
        everything=everything,
        chosen=chosen,
        drop=drop,
        alike=like,
    )


def _settled(
    sources: tuple[Source, ...],
    problem: Problem,
    roles: tuple[BoolArray, BoolArray, BoolArray],
    params: ParticulateParams,
) -> Solution:
    """Return the solution in which every nuclide passes the rules.

    Of the ``roles``, the first tells who has left, the second who is natural or no nuclide, the
    third who may stand in for whom. One nuclide leaves at a time: one that breaks a rule, one that
    a rival outdoes, and at last the least significant of the relevant ones that are no detection.
    Left in, these would take parts of peaks from those that are.
    """
    never, nature, heirs = roles
    half_life_s = np.full(len(nature), np.inf)
    half_life_s[: len(sources)] = [nuclide(source.name).half_life_s for source in sources]
    while True:
        solution = solve(problem, params.keep_drop, never=never)
        broken = refused(len(sources), problem, solution, params)
        if broken is not None:
            never[broken] = True
            continue
        back = nature & ~never
        rivals = ~(nature | never | heirs.T)
        loser = outdone(problem, solution, ~nature, rivals, back, half_life_s)
        if loser is None:
            drop = np.where(solution.kept & ~nature, drops(problem, solution, back | heirs), np.inf)
            weakest = int(np.argmin(drop))
            if drop[weakest] >= params.detect_sigmas**2:
                return solution
            loser = weakest
        never[loser] = True


def _heirs(sources: tuple[Source, ...], size: int, half_lives: float) -> BoolArray:
    """Return which sources are descendants of which, shape (size, size): [parent, descendant].

    A peak of Tc-99m tells of Tc-99m. It tells of Mo-99 when Mo-99 is seen by what Tc-99m lacks. A
    descendant that would have decayed by now, had it come alone, is seen because it is fed: I-132
    is no heir of Te-132.
    """
    out = np.zeros((size, size), dtype=bool)
    for i, source in enumerate(sources):
        members = {one.name for one in source.emitters[1:]}
        for j, other in enumerate(sources):
            is_heir = other.kind == source.kind and other.name in members
            out[i, j] = is_heir and not _is_gone(other, half_lives)
    return out


def _is_gone(source: Source, half_lives: float) -> bool:
    """Tell whether of what was collected a share is left that so many half-lives leave."""
    collection, decay, _ = source.factors or (1.0, 1.0, 1.0)
    return bool(collection * decay > 2.0**half_lives)


def candidates(table: LineTable, n: int, setting: Setting) -> BoolArray:
    """Return which sources have a peak at a line that ought to show."""
    clusters, params = setting.clusters, setting.params
    nothing = np.zeros(len(table.energy_kev), dtype=bool)
    design = design_of(table.energy_kev, nothing, clusters, setting.view, params)
    visible = visibility(table, setting)
    matched = (design.row >= 0) & (design.row < design.n_clusters) & (design.weight > MATCHED)
    out = np.zeros(n, dtype=bool)
    for index in range(n):
        own = np.flatnonzero(table.source == index)
        if not len(own):
            continue
        best = own[np.argsort(visible[own])[::-1][:KEY_LINES]]
        key = best[visible[best] >= KEY_SHARE * visible[best[0]]]
        out[index] = bool(matched[key].any())
    return out


def _with_labels(table: LineTable, labels: tuple[Label, ...], first: int) -> LineTable:
    rows = [(first + k, kev, share) for k, one in enumerate(labels) for kev, share in one.lines]
    added = np.array(rows, dtype=np.float64).reshape(-1, 3)
    size = len(rows)
    return LineTable(
        source=np.concatenate([table.source, added[:, 0].astype(np.int64)]),
        emitter=(*table.emitter, *([""] * size)),
        energy_kev=np.concatenate([table.energy_kev, added[:, 1]]),
        counts=np.concatenate([table.counts, added[:, 2]]),
        intensity=np.concatenate([table.intensity, np.zeros(size)]),
        intensity_sigma=np.concatenate([table.intensity_sigma, np.zeros(size)]),
        summing=np.concatenate([table.summing, np.ones(size)]),
        is_sum=np.concatenate([table.is_sum, np.zeros(size, dtype=bool)]),
        is_xray=np.concatenate([table.is_xray, np.zeros(size, dtype=bool)]),
    )


def _without_peak(design: Design, table: LineTable, sources: int, labels: int) -> BoolArray:
    """Return which labels have no peak: they are not looked for in windows."""
    never = np.zeros(sources + labels, dtype=bool)
    matched = (design.row >= 0) & (design.row < design.n_clusters) & (design.weight > MATCHED)
    for index in range(sources, sources + labels):
        never[index] = not matched[table.source == index].any()
    return never


def _natural(source: Source) -> bool:
    return source.name in nuclide_list("natural") or source.name in SERIES
