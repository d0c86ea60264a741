"""Critical level and smallest detectable activity of every nuclide, detected or not.

Per line: B = fitted counts within +-1.25 FWHM less the nuclide's own, so that neighbours and their
tails count and the nuclide does not; L_C = 1.645 sqrt(B + var B) (Poisson's law below 50 counts),
MDC = (2.71 + 4.65 sqrt B) / (counts per Bq), or (2.71 + 3.29 sqrt(B + var B)) where that is more:
on the flank of a strong peak, whose shape is known to some per cent, counting is not what limits.
A nuclide has the line with the smallest MDC; a line of a daughter that is looked for by itself is
the daughter's, since what it shows is no more than the daughter. Source: L. A. Currie, Anal. Chem.
40 (1968) 586; field sheet 3.8. var B: baseline interpolated from sides of together 4 FWHM, 2 % of
neighbouring peaks' counts in the window, and the shapes of strong neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.particulate.design import neighbour_variance
from vigie.radionuclide.particulate.measured import BASELINE_SHARE, NEAR_ERROR, WINDOW_SHARE
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
    view, n = setting.view, len(sources)
    fitted = view.sums(view.curve, table.energy_kev)
    base = np.maximum(view.sums(view.baseline, table.energy_kev), 0.0)
    gross = np.maximum(fitted - WINDOW_SHARE * own_counts, base)
    near = NEAR_ERROR * (gross - base)
    variance = gross + BASELINE_SHARE * base + near**2
    variance += neighbour_variance(table.energy_kev, setting.clusters)
    per_bq = table.counts * WINDOW_SHARE
    scatter = np.sqrt(np.maximum(2.0 * gross, variance))
    mdc = (K_95**2 + 2.0 * K_95 * scatter) / np.maximum(per_bq, 1e-300)
    usable = ~table.is_sum & (table.counts > 0.0)
    usable &= ~table.is_xray | _only_xrays(table, n)[table.source]
    own = usable & ~_of_daughters(table, sources)
    usable = np.where(np.bincount(table.source[own], minlength=n)[table.source] > 0, own, usable)
    out: list[NuclideLimit | None] = [None] * n
    for i in np.flatnonzero(usable):
        index = int(table.source[i])
        held = out[index]
        if held is not None and held.mdc_bq <= mdc[i]:
            continue
        out[index] = NuclideLimit(
            line_kev=float(table.energy_kev[i]),
            critical_bq=0.0,
            mdc_bq=float(mdc[i]),
            counts_per_bq=float(per_bq[i]),
            baseline=float(gross[i]),
            null_variance=float(variance[i]),
        )
    return [_with_critical_level(one) for one in out]


def _with_critical_level(limit: NuclideLimit | None) -> NuclideLimit | None:
    if limit is None:
        return None
    counts = K_95 * np.sqrt(limit.null_variance)
    if limit.baseline < FEW:
        counts = poisson_critical_level(limit.baseline, limit.null_variance - limit.baseline)
    return NuclideLimit(
        line_kev=limit.line_kev,
        critical_bq=float(counts / limit.counts_per_bq),
        mdc_bq=limit.mdc_bq,
        counts_per_bq=limit.counts_per_bq,
        baseline=limit.baseline,
        null_variance=limit.null_variance,
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
