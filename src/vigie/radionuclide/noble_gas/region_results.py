"""Results of one isotope by matrix and net counts, as records.

What it computes: as ``results`` does for the likelihood, with what is stated of each method's own
limits: the errors of ratios and efficiencies of what is subtracted, what was left in for want of a
ratio (``unstated``), and, for Xe-133, what Xe-133m became, of the memory too: its counts vary, and
its amount is as uncertain as that of Xe-133m. Source: sheet 7.2 to 7.4. Assumes normal laws.
"""

from __future__ import annotations

from dataclasses import replace
from math import hypot, sqrt
from typing import TYPE_CHECKING

import numpy as np

from vigie.radionuclide.noble_gas.matrix import K_ALPHA, MatrixResult, systematic_sigma_at_zero
from vigie.radionuclide.noble_gas.results import PHOTON_KEV, Conversion, iso_limits, record
from vigie.radionuclide.noble_gas.xenon import isotope
from vigie.records import LineEvidence, LineState, NuclideResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.radionuclide.noble_gas.likelihood import NuclideFit
    from vigie.radionuclide.noble_gas.net_counts import NetCounts
    from vigie.radionuclide.noble_gas.unstated import Unstated

MATRIX_ROW = {"Xe-135": 1, "Xe-133": 2, "Xe-131m": 4, "Xe-133m": 5}
NET_ROW = {"Xe-135": 1, "Xe-133": 2, "Xe-131m": 3, "Xe-133m": 4}


def matrix_result(
    name: str, solved: MatrixResult, errors: tuple[np.ndarray, Unstated], to: Conversion
) -> NuclideResult:
    """Return the result of the matrix method; Xe-133 combined of both signatures.

    Parameters
    ----------
    errors : (ndarray, Unstated)
        From the errors of the response, and from interferences that are not stated.
    """
    row, (systematic, unstated) = MATRIX_ROW[name], errors
    own: tuple[int, ...] = (row,)
    unit = np.eye(len(solved.activity))
    weights = counted = present = unit[row]
    level, limit = float(solved.critical_level[row]), float(solved.detection_limit[row])
    system, grown, grown_error = float(systematic[row]), 0.0, 0.0
    if name == "Xe-133":
        level, limit = solved.xe133_critical_level, solved.xe133_detection_limit
        own, weights = (2, 3), solved.weight * unit[2] + (1.0 - solved.weight) * unit[3]
        system = float(np.sqrt(((weights[2:4] * systematic[2:4]) ** 2).sum()))
        counted, present = (weights - share * unit[5] for share in to.ingrowth)
        grown = to.ingrowth[0] * max(float(solved.activity[5]), 0.0)
        grown_error = to.ingrowth[0] * float(systematic[5])
        per_count = max(limit - 2.0 * level, 0.0) / K_ALPHA
        counting = per_count * grown + to.ingrowth[0] ** 2 * float(solved.covariance[5, 5])
        limit, level = _raised(limit, level, sqrt(counting))
    interfering = hypot(
        systematic_sigma_at_zero(solved, counted, own, present=grown),
        unstated.sigma(counted, without=name),
    )
    limit, level = _raised(limit, level, interfering)

    def measured(w: np.ndarray, extra: float) -> tuple[float, float, float]:
        variance = max(float(w @ solved.covariance @ w), 0.0)
        sigma = hypot(sqrt(variance), hypot(unstated.sigma(w), extra))
        return float(w @ solved.activity), sigma, system

    both = (measured(counted, grown_error), measured(present, 0.0))
    return _plain(name, "matrix", to, both, (level, limit))


def net_result(
    name: str,
    net: NetCounts,
    unstated: Unstated,
    to: Conversion,
    *,
    relative: Mapping[str, float],
) -> NuclideResult:
    """Return the result of net counts; ``relative``: error of efficiency and share, by isotope."""
    row, parent = NET_ROW[name], NET_ROW["Xe-133m"]
    unit = np.eye(len(net.activity))
    present = counted = unit[row]
    level, limit = float(net.critical_level[row]), float(net.detection_limit[row])
    grown = before = 0.0
    if name == "Xe-133":
        share = to.ingrowth[0]
        before = max(net.grown_of_memory, 0.0)
        counted = present - (share - to.ingrowth[1]) * unit[parent]
        grown = share * max(float(net.activity[parent]), 0.0)
        counting = grown / float(net.per_bq[row]) + share**2 * float(net.covariance[parent, parent])
        limit, level = _raised(limit, level, sqrt(counting))
    own, other = relative[name], relative["Xe-133m"]
    interfering = hypot(unstated.sigma(counted, without=name), (grown + before) * hypot(own, other))
    limit, level = _raised(limit, level, interfering)

    def measured(w: np.ndarray, subtracted: float) -> tuple[float, float, float]:
        bq = float(w @ net.activity)
        variance = max(float(w @ net.covariance @ w), 0.0)
        # The own efficiency errs on all that was counted, and ``_plain`` on what is left.
        whole = own**2 * max(2.0 * bq + subtracted, 0.0) * subtracted
        sigma = sqrt(variance + whole + (other * subtracted) ** 2)
        return bq, hypot(sigma, unstated.sigma(w)), abs(bq) * own

    both = (measured(counted, grown + before), measured(present, before))
    return _plain(name, "net_counts", to, both, (level, limit))


def _raised(limit: float, level: float, sigma: float) -> tuple[float, float]:
    """Return detection limit and critical level with one more error at zero, Bq."""
    higher = hypot(level, K_ALPHA * sigma)
    return limit + 2.0 * (higher - level), higher


def region_evidence(
    net: NetCounts, fit: NuclideFit, *, observed: bool = True
) -> tuple[LineEvidence, ...]:
    """Return net counts of the main region beside what the likelihood expects there."""
    row, one = NET_ROW[fit.name], isotope(fit.name)
    return (
        LineEvidence(
            energy_kev=PHOTON_KEV[fit.name],
            intensity=one.share,
            expected_counts=fit.estimate * float(net.per_bq[row]),
            observed_counts=float(net.net[row]) if observed else None,
            observed_sigma=sqrt(max(float(net.net_covariance[row, row]), 0.0))
            if observed
            else None,
            state=LineState.SEEN if fit.detected else LineState.WEAK,
        ),
    )


def _plain(
    name: str,
    method: str,
    to: Conversion,
    measured: tuple[tuple[float, float, float], tuple[float, float, float]],
    limits: tuple[float, float],
) -> NuclideResult:
    """Return a result of Bq, error by counting and of what scales it.

    First for the concentration, then for the activity in the cell: for Xe-133 they differ by what
    grew from Xe-133m.
    """
    (bq, sigma, system), present = measured
    level, limit = limits
    per = to.per_bq[name]
    relative = system / abs(bq) if bq else 0.0
    # Normal laws: what widens with the activity is the counts' own share of the detection limit.
    zero = level / K_ALPHA
    slope = max(limit - 2.0 * level, 0.0) / K_ALPHA**2
    plain = record(
        name,
        to,
        activity=(present[0], hypot(present[1], present[2])),
        value=(bq * per, per * hypot(sigma, hypot(system, bq * to.volume_relative))),
        limits=(level * per, limit * per),
    )
    iso = iso_limits(bq * per, sigma * per, (zero * per, slope * per, relative), to)
    return replace(plain, method=method, detected=bool(bq > level), limits=iso)
