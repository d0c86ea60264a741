"""The evidence: which lines of a nuclide are seen, and what explains each peak."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.records import LineEvidence, LineState, PeakShare

if TYPE_CHECKING:
    from vigie.radionuclide.particulate.identify import Identified
    from vigie.radionuclide.particulate.measured import Clusters
    from vigie.records import Peak

FloatArray = NDArray[np.float64]

OWN = 0.5
"""Share of a peak above which a line is seen, not shared."""
PAIR = 0.3
"""Share of what its nuclide puts into a peak from which a line shows as that does."""
SEEN_SIGMAS = 1.645
EXPECTED_SIGMAS = 3.0
ABSENT_SIGMAS = 3.0
MOST_LINES = 16
UNEXPLAINED = 0.5
"""Of a peak's area: more without an explanation, significantly, and the peak is unexplained."""
LEAST_SHARE = 0.01
"""Of a peak's area; smaller parts are not told."""


def line_evidence(found: Identified, index: int) -> tuple[LineEvidence, ...]:
    """Return the lines of one source, those that would show best first.

    Parameters
    ----------
    found : Identified
    index : int
        Of the source.
    """
    table, design, problem, solution = found.table, found.design, found.problem, found.solution
    source = found.sources[index]
    decays = {one.name: one.decays for one in source.emitters}
    first = source.emitters[0].decays
    shares = problem.matrix[: problem.areas] * solution.amount
    explained = shares.sum(axis=1)
    sigma = np.sqrt(solution.variance[: problem.areas])
    rows = np.flatnonzero((table.source == index) & (design.row >= 0) & ~table.is_sum)
    ranked = rows[np.argsort((table.counts * design.weight)[rows] / sigma[design.row[rows]])[::-1]]
    out = []
    for i in ranked[:MOST_LINES]:
        row = int(design.row[i])
        expected = float(solution.amount[index] * table.counts[i])
        others = explained[row] - solution.amount[index] * table.counts[i] * design.weight[i]
        observed = float(problem.value[row] - others)
        # Lines of one nuclide in one peak show as one (92.4 and 92.8 keV of Th-234).
        whole = float(shares[row, index])
        shows = max(expected, whole) if expected > PAIR * whole else expected
        seen = row < problem.clusters and design.weight[i] > OWN
        seen = bool(seen and shows > SEEN_SIGMAS * sigma[row])
        state = _state(expected, observed, sigma[row], seen, shows > OWN * explained[row])
        share = decays[table.emitter[i]] / first if first > 0.0 else 1.0
        out.append(
            LineEvidence(
                energy_kev=float(table.energy_kev[i]),
                intensity=float(table.intensity[i] * share),
                expected_counts=expected,
                observed_counts=observed if row < problem.clusters else None,
                observed_sigma=float(sigma[row]) if row < problem.clusters else None,
                state=state,
            )
        )
    return tuple(out)


def shown(found: Identified) -> NDArray[np.bool_]:
    """Tell of which sources at least one line is seen; nothing is found without one.

    A sum over many lines, none of which shows, holds a wrong continuum as well as a nuclide.
    """
    states = (LineState.SEEN, LineState.SHARED)
    return np.array(
        [
            bool(kept) and any(one.state in states for one in line_evidence(found, k))
            for k, kept in enumerate(found.solution.kept[: len(found.sources)])
        ],
        dtype=np.bool_,
    )


def _state(expected: float, observed: float, sigma: float, seen: bool, own: bool) -> LineState:
    if expected > EXPECTED_SIGMAS * sigma and observed < expected - ABSENT_SIGMAS * sigma:
        return LineState.ABSENT
    if seen:
        return LineState.SEEN if own else LineState.SHARED
    return LineState.WEAK


def explained_peaks(
    peaks: tuple[Peak, ...], clusters: Clusters, found: Identified
) -> tuple[tuple[Peak, ...], tuple[tuple[int, float], ...]]:
    """Return the peaks with what explains them, and those that nothing does.

    Returns
    -------
    peaks : tuple of Peak
    unexplained : tuple of (int, float)
        Index of a peak, and the counts that nothing explains.
    """
    parts: dict[int, dict[tuple[str, str, float | None], list[float]]] = {}
    table, design, solution = found.table, found.design, found.solution
    counts = solution.amount[table.source] * table.counts * design.weight
    sigma = np.sqrt(np.diag(solution.covariance))
    for i in np.flatnonzero((counts > 0.0) & (design.row >= 0) & (design.row < design.n_clusters)):
        members = clusters.members[int(design.row[i])]
        index = min(members, key=lambda k: abs(peaks[k].energy_kev - table.energy_kev[i]))
        key = _cause(found, int(i))
        relative = float(sigma[table.source[i]] / solution.amount[table.source[i]])
        entry = parts.setdefault(index, {}).setdefault(key, [0.0, 0.0])
        entry[0] += float(counts[i])
        entry[1] += float(counts[i]) * relative
    rest = {k: solution.apart[row] for row, members in enumerate(clusters.members) for k in members}
    out, unexplained = [], []
    for k, peak in enumerate(peaks):
        shares = _shares(peak, parts.get(k, {}))
        left = float(peak.area - sum(s.counts for s in shares))
        apart = rest.get(k, 0.0) > 0.0 and left > UNEXPLAINED * peak.area
        odd = apart or (not shares and peak.area > peak.critical_level)
        out.append(replace(peak, shares=shares, unexplained=left if odd else 0.0))
        if odd:
            unexplained.append((k, left))
    return tuple(out), tuple(unexplained)


def _cause(found: Identified, line: int) -> tuple[str, str, float | None]:
    source = int(found.table.source[line])
    energy = float(found.table.energy_kev[line])
    if source >= len(found.sources):
        label = found.labels[source - len(found.sources)]
        return label.cause, "", label.from_kev if label.from_kev is not None else energy
    name = named(found.sources[source].name, found.table.emitter[line])
    return ("sum" if found.table.is_sum[line] else "nuclide"), name, energy


def named(source: str, emitter: str) -> str:
    """Return the nuclide to which people give a line: a listed emitter, else what keeps it.

    Examples
    --------
    >>> named("Cs-137", "Ba-137m"), named("Ba-140", "La-140")
    ('Cs-137', 'La-140')
    """
    from vigie.radionuclide.particulate.sources import library

    return emitter if emitter in library() else source


def _shares(
    peak: Peak, parts: dict[tuple[str, str, float | None], list[float]]
) -> tuple[PeakShare, ...]:
    shares = [
        PeakShare(cause=cause, nuclide=name, line_kev=kev, counts=value, sigma=sigma)
        for (cause, name, kev), (value, sigma) in parts.items()
        if value > LEAST_SHARE * peak.area
    ]
    if peak.background_area > 0.0:
        shares.append(
            PeakShare(cause="background", counts=peak.background_area, sigma=peak.background_sigma)
        )
    return tuple(sorted(shares, key=lambda one: -one.counts))
