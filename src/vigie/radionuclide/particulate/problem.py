"""The matrix of a spectrum: what lines should give, with errors, and what is known beforehand.

Errors of a line's counts: what the efficiency does not say, X-rays, soft lines through unknown
matter. Lines of the surroundings are made as hard as the spectrum shows them. Escapes and random
sums are expected in some proportion to what makes them, which counts as a datum of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.particulate.design import Design, design_of, tolerance_of
from vigie.radionuclide.particulate.lines import Efficiencies, LineTable
from vigie.radionuclide.particulate.measured import Clusters, SpectrumView
from vigie.radionuclide.particulate.params import ParticulateParams
from vigie.radionuclide.particulate.response import AreaResponse
from vigie.radionuclide.particulate.solve import GUESSED, HUGE, Problem, misfit, solve
from vigie.radionuclide.particulate.sources import SERIES

if TYPE_CHECKING:
    from vigie.radionuclide.particulate.labels import Label
    from vigie.radionuclide.particulate.solve import Solution
    from vigie.radionuclide.particulate.sources import Source

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

XRAY_ERROR, UNKNOWN_ERROR, GUESSED_ERROR = 0.15, 0.7, 0.7
"""Relative errors of lines' counts: of X-rays; where the efficiency is extrapolated or matter in
between absorbs; where it is guessed. Near 1 a source would lose the line that it is known by."""
SOFT_KEV = 120.0
ALONE = 0.9
"""Share of a peak from which a source explains it alone."""
OWN_WEIGHT = 0.99
"""Share of a line's counts in a peak from which the peak was fitted for it."""
OWN_SHARE = 0.3
"""Share of a peak from which a line is what was fitted there, wherever its centroid came to lie."""
BESIDE_FWHM = 8.0
"""Lines farther from a peak do nothing to its area."""
SECOND_LINE = 0.1
"""Of the counts of a source's strongest line: with less it is a source of one line (Pb-212)."""
HARDENING = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25)


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What does not change while nuclides are looked for."""

    view: SpectrumView
    clusters: Clusters
    efficiencies: Efficiencies
    live_share: float
    live_time_s: float | None
    params: ParticulateParams
    responses: tuple[AreaResponse, ...] = ()
    """Of the clusters' areas to lines that no peak was fitted for."""


def chosen_lines(table: LineTable, chosen: BoolArray) -> LineTable:
    """Return the lines of some of the sources, which are numbered anew."""
    number = np.cumsum(chosen) - 1
    rows = np.flatnonzero(chosen[table.source])
    return LineTable(
        source=number[table.source[rows]],
        emitter=tuple(table.emitter[i] for i in rows),
        energy_kev=table.energy_kev[rows],
        counts=table.counts[rows],
        intensity=table.intensity[rows],
        intensity_sigma=table.intensity_sigma[rows],
        summing=table.summing[rows],
        is_sum=table.is_sum[rows],
        is_xray=table.is_xray[rows],
    )


def hardened(
    table: LineTable, sources: tuple[Source, ...], chosen: BoolArray, setting: Setting
) -> LineTable:
    """Return lines with those of the surroundings as hard as the spectrum shows them.

    Matter between source and detector passes high energies better: counts are multiplied by
    (E / 1 MeV)^s, one s for the whole spectrum, which the members of the series agree on best. A
    member of one line says nothing of that: this line keeps the counts that it would have in the
    sample. Pb-210, of 46.5 keV alone, would otherwise come out up to 47 times too large.
    """
    ambient = np.array([is_ambient(source) for source in sources])
    around = ambient & chosen
    if not around.any():
        return table
    only = chosen_lines(table, around)
    used = tuple(s for s, take in zip(sources, around, strict=True) if take)
    nothing = np.zeros(len(only.energy_kev), dtype=bool)
    design = design_of(only.energy_kev, nothing, setting.clusters, setting.view, setting.params)
    found = []
    for slope in HARDENING:
        harder = replace(only, counts=only.counts * _hardness(only, slope))
        problem = problem_of(used, (), harder, design, setting)
        found.append(misfit(problem, solve(problem, setting.params.keep_drop)))
    harder_counts = table.counts * _hardness(table, HARDENING[int(np.argmin(found))])
    return replace(table, counts=np.where(ambient[table.source], harder_counts, table.counts))


def _hardness(table: LineTable, slope: float) -> FloatArray:
    """Return by what each line is harder: 1 at the energy that its source is measured at."""
    return np.asarray((table.energy_kev / _reference_kev(table)[table.source]) ** slope)


def _reference_kev(table: LineTable) -> FloatArray:
    """Return for each source 1 MeV, or the energy of its one line."""
    gamma = np.flatnonzero(~(table.is_xray | table.is_sum))
    by_counts = gamma[np.argsort(-table.counts[gamma], kind="stable")]
    out = np.full(int(table.source.max(initial=-1)) + 1, 1000.0)
    for k in np.unique(table.source[by_counts]):
        rows = by_counts[table.source[by_counts] == k]
        if len(rows) == 1 or table.counts[rows[1]] < SECOND_LINE * table.counts[rows[0]]:
            out[k] = table.energy_kev[rows[0]]
    return out


def problem_of(
    sources: tuple[Source, ...],
    labels: tuple[Label, ...],
    table: LineTable,
    design: Design,
    setting: Setting,
) -> Problem:
    """Return data, matrix and errors of candidates and labels in a spectrum."""
    n = len(sources) + len(labels)
    matrix = design.matrix(table.source, table.counts, table.energy_kev, n)
    relative = _line_errors(sources, labels, table, setting)
    error = design.errors(table.source, table.counts * relative, table.energy_kev, n)
    known = [(k, one) for k, one in enumerate(labels) if one.expected is not None]
    prior = np.zeros((len(known), n))
    prior[np.arange(len(known)), [len(sources) + k for k, _ in known]] = 1.0
    expected = np.array([one.expected for _, one in known], dtype=np.float64)
    prior_variance = np.array([max(one.expected_sigma, 1.0) ** 2 for _, one in known])
    null = design.variance.copy()
    gross = setting.clusters.gross
    # Counts of the peak itself leave the variance; what the baseline gives stays.
    floor = 0.2 * null[: design.n_clusters]
    null[: design.n_clusters] = np.maximum(
        null[: design.n_clusters] - np.maximum(gross, 0.0), floor
    )
    return Problem(
        matrix=np.concatenate([matrix, prior]),
        value=np.concatenate([design.value, expected]),
        variance=np.concatenate([design.variance, prior_variance]),
        null_variance=np.concatenate([null, prior_variance]),
        error=np.concatenate([error, np.zeros_like(prior)]),
        clusters=design.n_clusters,
        areas=design.areas,
        moment=design.moment,
        tolerance_kev=tolerance_of(setting.clusters, setting.params),
    )


def _line_errors(
    sources: tuple[Source, ...], labels: tuple[Label, ...], table: LineTable, setting: Setting
) -> FloatArray:
    """Return the relative error of each line's expected counts."""
    each = [_error(source, setting) for source in sources] + [one.error for one in labels]
    out = np.array(each)[table.source]
    real = table.source < len(sources)
    soft = table.energy_kev < SOFT_KEV
    xray = real & table.is_xray
    curve = setting.efficiencies.model.efficiency
    out = np.where(xray, np.maximum(out, XRAY_ERROR), out)
    sums = real & table.is_sum
    out = np.where(sums, np.maximum(out, table.intensity_sigma), out)
    if curve is not None:
        # Where the efficiency is not calibrated, lines explain peaks but measure nothing.
        out[real & curve.extrapolated(table.energy_kev)] = UNKNOWN_ERROR
    else:
        out[real & soft] = GUESSED_ERROR
    # Matter about the detector takes soft lines away; how much, nobody knows.
    around = np.array([is_ambient(source) for source in sources] + [False] * len(labels))
    soft_around = around[table.source] & (soft | xray)
    out = np.where(soft_around, np.maximum(out, UNKNOWN_ERROR), out)
    return _known_by_one(table, out, np.array(each), setting)


def _known_by_one(
    table: LineTable, errors: FloatArray, own: FloatArray, setting: Setting
) -> FloatArray:
    """Let a source be known by its best line where no line of certain counts would show."""
    visible = visibility(table, setting)
    best = best_of_source(table.source, visible)
    certain = np.where(errors < GUESSED, visible, 0.0)
    shown = best_of_source(table.source, certain) > setting.params.telling_line * best
    alone = ~shown & (visible >= best) & (best > 0.0)
    return np.where(alone, np.minimum(errors, own[table.source]), errors)


def is_ambient(source: Source) -> bool:
    """Tell whether a source is taken to be about the detector, not in the sample."""
    return source.kind == "present" and source.name in SERIES


def _error(source: Source, setting: Setting) -> float:
    params = setting.params
    if is_ambient(source):
        return params.ambient_error if setting.efficiencies.known else params.around_unknown_error
    if not setting.efficiencies.known:
        return params.unknown_efficiency_error
    return params.efficiency_error


def visibility(table: LineTable, setting: Setting) -> FloatArray:
    """Return how well each line would show: counts over the scatter of its baseline, per Bq."""
    base = setting.view.sums(setting.view.baseline, table.energy_kev)
    visible = table.counts / np.sqrt(np.maximum(base, 1.0))
    return np.where(table.is_sum, 0.0, visible)


def best_of_source(source: NDArray[np.int64], visible: FloatArray) -> FloatArray:
    """Return for each line how well the best line of its source shows."""
    if not len(source):
        return visible
    best = np.zeros(int(source.max()) + 1)
    np.maximum.at(best, source, visible)
    return np.asarray(best[source])


def with_lines_beside(
    problem: Problem, lines: tuple[Design, LineTable], solution: Solution, setting: Setting
) -> Problem:
    """Return the problem with what lines without a peak of their own do to areas near them.

    Parameters
    ----------
    problem : Problem
    lines : (Design, LineTable)
        With which it was made.
    solution : Solution
        Of the problem: a line that makes up much of a peak is what was fitted there.
    setting : Setting
    """
    if not setting.responses:
        return problem
    design, table = lines
    matrix = problem.matrix.copy()
    peak = np.where(design.row < design.n_clusters, design.row, -1)
    counts = design.weight * table.counts * solution.amount[table.source]
    own = (peak >= 0) & (design.weight >= OWN_WEIGHT)
    own |= (peak >= 0) & (counts > OWN_SHARE * setting.clusters.area[np.maximum(peak, 0)])
    for k, response in enumerate(setting.responses):
        kev, fwhm = setting.clusters.energy_kev[k], setting.clusters.fwhm_kev[k]
        near = np.flatnonzero(~own & (np.abs(table.energy_kev - kev) < BESIDE_FWHM * fwhm))
        weight = response.to_lines(table.energy_kev[near], setting.view)
        weight -= np.where(peak[near] == k, design.weight[near], 0.0)
        np.add.at(matrix[k], table.source[near], weight * table.counts[near])
    return replace(problem, matrix=matrix)


def amounts_only(problem: Problem, design: Design, solution: Solution) -> Problem:
    """Return the problem without the energies of peaks that one source explains alone.

    They have said which source it is. In the amount they have no say: a centroid that is off by its
    error would pull it down, since with less in the peak less of the energy is wrong.
    """
    shares = problem.matrix[: problem.clusters] * solution.amount
    alone = shares.max(axis=1, initial=0.0) > ALONE * shares.sum(axis=1)
    rows = problem.areas + np.flatnonzero(alone[design.moment])
    variance, null = problem.variance.copy(), problem.null_variance.copy()
    variance[rows] = null[rows] = HUGE
    return replace(problem, variance=variance, null_variance=null)
