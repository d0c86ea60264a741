"""Critical level and smallest detectable activity of every nuclide, detected or not.

Per line: B = fitted counts within +-1.25 FWHM less the nuclide's own, so that neighbours and their
tails count and the nuclide does not; L_C = 1.645 sqrt(B + var B) (Poisson's law below 50 counts),
MDC = (2.71 + 4.65 sqrt B) / (counts per Bq), or (2.71 + 3.29 sqrt(B + var B)) where that is more:
on the flank of a strong peak, whose shape is known to some per cent, counting is not what limits.
A nuclide has the line with the smallest MDC; a line of a daughter that is looked for by itself is
the daughter's, since what it shows is no more than the daughter. Source: L. A. Currie, Anal. Chem.
40 (1968) 586; field sheet 3.8. var B: baseline interpolated from sides of together 4 FWHM, 2 % of
neighbouring peaks' counts in the window, the shapes of strong neighbours, and the error of a
background's peaks that were subtracted there (ISO 11929-1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.particulate.design import neighbour_variance
from vigie.radionuclide.particulate.measured import (
    BASELINE_SHARE,
    FWHM_PER_SIGMA,
    NEAR_ERROR,
    WINDOW_FWHM,
    WINDOW_SHARE,
)
from vigie.radionuclide.peaks.limits import FEW, poisson_critical_level

if TYPE_CHECKING:
    from vigie.radionuclide.particulate.lines import LineTable
    from vigie.radionuclide.particulate.problem import Setting
    from vigie.radionuclide.particulate.sources import Source

FloatArray = NDArray[np.float64]

K_95 = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class NuclideLimit:
    """Limits of one source by its best line."""

    line_kev: float
    critical_bq: float
    mdc_bq: float
    counts_per_bq: float
    baseline: float
    """B, counts."""
    null_variance: float
    """B + var B."""


@dataclass(frozen=True, slots=True, eq=False)
class _LineLimits:
    """Of each line by itself; arrays of shape (lines,)."""

    gross: FloatArray
    """B, counts."""
    variance: FloatArray
    """B + var B."""
    per_bq: FloatArray
    """Counts in the window per Bq of the source."""
    mdc_bq: FloatArray


def limits_of(
    table: LineTable, own_counts: FloatArray, setting: Setting, sources: tuple[Source, ...]
) -> list[NuclideLimit | None]:
    """Return the limits of each source.

    Parameters
    ----------
    table : LineTable
        Lines of the sources.
    own_counts : ndarray, shape (lines,)
        Counts that the solution gives to each line.
    setting : Setting
    sources : tuple of Source

    Returns
    -------
    list of NuclideLimit or None
        None where no line of the source lies in the spectrum.
    """
    n = len(sources)
    each = _line_limits(table, own_counts, setting)
    usable = ~table.is_sum & (table.counts > 0.0)
    usable &= ~table.is_xray | _only_xrays(table, n)[table.source]
    own = usable & ~_of_daughters(table, sources)
    usable = np.where(np.bincount(table.source[own], minlength=n)[table.source] > 0, own, usable)
    rows: list[list[int]] = [[] for _ in sources]
    for i in np.flatnonzero(usable):
        rows[int(table.source[i])].append(int(i))
    return [_best(table, each, one) if one else None for one in rows]


def supported_limit(
    table: LineTable, own_counts: FloatArray, setting: Setting, source: int, name: str
) -> NuclideLimit | None:
    """Return the limits, in Bq of a parent, that the lines of a daughter have which it keeps.

    Parameters
    ----------
    table, own_counts, setting
        As of ``limits_of``.
    source : int
        The parent's.
    name : str
        Of the daughter. All its counts are its own, also those that it would have without parent.

    Returns
    -------
    NuclideLimit or None
        None where the daughter has no line in the spectrum.
    """
    emitted = np.array([one == name for one in table.emitter], dtype=bool)
    usable = emitted & (table.source == source) & ~table.is_sum & (table.counts > 0.0)
    if (usable & ~table.is_xray).any():
        usable &= ~table.is_xray
    rows = np.flatnonzero(usable)
    if not len(rows):
        return None
    whole = own_counts.copy()
    for i in rows:
        same = emitted & (table.energy_kev == table.energy_kev[i])
        whole[i] = own_counts[same].sum()
    return _best(table, _line_limits(table, whole, setting), rows.tolist())


def _line_limits(table: LineTable, own_counts: FloatArray, setting: Setting) -> _LineLimits:
    view = setting.view
    fitted = view.sums(view.curve, table.energy_kev)
    base = np.maximum(view.sums(view.baseline, table.energy_kev), 0.0)
    gross = np.maximum(fitted - WINDOW_SHARE * own_counts, base)
    near = NEAR_ERROR * (gross - base)
    variance = gross + BASELINE_SHARE * base + near**2
    variance += neighbour_variance(table.energy_kev, setting.clusters)
    variance += _subtracted_variance(table.energy_kev, setting)
    per_bq = table.counts * WINDOW_SHARE
    scatter = np.sqrt(np.maximum(2.0 * gross, variance))
    mdc = (K_95**2 + 2.0 * K_95 * scatter) / np.maximum(per_bq, 1e-300)
    return _LineLimits(gross, variance, per_bq, mdc)


def _subtracted_variance(energy_kev: FloatArray, setting: Setting) -> FloatArray:
    """Return the variance of the background's counts that were taken off within each window."""
    from scipy.special import ndtr

    clusters, out = setting.clusters, np.zeros(len(energy_kev))
    half = WINDOW_FWHM * setting.view.fwhm_at(energy_kev)
    for k in np.flatnonzero(clusters.subtracted_variance > 0.0):
        away = energy_kev - clusters.energy_kev[k]
        sigma = clusters.fwhm_kev[k] / FWHM_PER_SIGMA
        inside = ndtr((away + half) / sigma) - ndtr((away - half) / sigma)
        out += inside**2 * clusters.subtracted_variance[k]
    return out


def _best(table: LineTable, each: _LineLimits, rows: list[int]) -> NuclideLimit:
    """Return the limits by that line of some whose MDC is smallest."""
    i = min(rows, key=lambda k: float(each.mdc_bq[k]))
    baseline, variance = float(each.gross[i]), float(each.variance[i])
    counts = K_95 * np.sqrt(variance)
    if baseline < FEW:
        counts = poisson_critical_level(baseline, variance - baseline)
    return NuclideLimit(
        line_kev=float(table.energy_kev[i]),
        critical_bq=float(counts / each.per_bq[i]),
        mdc_bq=float(each.mdc_bq[i]),
        counts_per_bq=float(each.per_bq[i]),
        baseline=baseline,
        null_variance=variance,
    )


def _of_daughters(table: LineTable, sources: tuple[Source, ...]) -> NDArray[np.bool_]:
    """Return which lines a descendant emits that is a source of its own."""
    stands = {(one.name, one.kind) for one in sources}
    rows = zip(table.source.tolist(), table.emitter, strict=True)
    return np.array(
        [name != sources[k].name and (name, sources[k].kind) in stands for k, name in rows],
        dtype=bool,
    )


def _only_xrays(table: LineTable, n: int) -> NDArray[np.bool_]:
    """Return the sources that have nothing but X-rays."""
    out = np.ones(n, dtype=bool)
    out[table.source[~table.is_xray & ~table.is_sum]] = False
    return out
