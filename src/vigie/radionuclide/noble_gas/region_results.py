"""Results of one isotope by matrix and net counts, as records.

What it computes: as ``results`` does for the likelihood, with what is stated of each method's own
limits: the errors of ratios and efficiencies of what is subtracted, what was left in for want of a
ratio (``unstated``), and, for Xe-133, what Xe-133m became: its counts vary, and its amount is as
uncertain as that of Xe-133m. Source: sheet 7.2 to 7.4. Assumes normal laws.
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
    weights = np.eye(len(solved.activity))[row]
    level, limit = float(solved.critical_level[row]), float(solved.detection_limit[row])
    system = float(systematic[row])
    counted = present = weights
    if name == "Xe-133":
        level, limit = solved.xe133_critical_level, solved.xe133_detection_limit
        own, weights = (2, 3), np.zeros(len(solved.activity))
        weights[2:4] = solved.weight, 1.0 - solved.weight
        system = float(np.sqrt(((weights[2:4] * systematic[2:4]) ** 2).sum()))
        parent = np.eye(len(solved.activity))[5]
        counted, present = (weights - grown * parent for grown in to.ingrowth)
    interfering = K_ALPHA * hypot(
        systematic_sigma_at_zero(solved, weights, own), unstated.sigma(weights, without=name)
    )
    limit += 2.0 * (hypot(level, interfering) - level)
    level = hypot(level, interfering)

    def measured(w: np.ndarray) -> tuple[float, float, float]:
        variance = max(float(w @ solved.covariance @ w), 0.0)
        return float(w @ solved.activity), hypot(sqrt(variance), unstated.sigma(w)), system

    return _plain(name, "matrix", to, (measured(counted), measured(present)), (level, limit))


def net_result(
    name: str, net: NetCounts, unstated: Unstated, to: Conversion, *, relative: float
) -> NuclideResult:
    """Return the result of net counts; ``relative``: error of efficiency and share."""
    row = NET_ROW[name]
    unit = np.eye(len(net.activity))
    present = counted = unit[row]
    if name == "Xe-133":
        counted = present - (to.ingrowth[0] - to.ingrowth[1]) * unit[NET_ROW["Xe-133m"]]
    level, limit = float(net.critical_level[row]), float(net.detection_limit[row])
    raised = hypot(level, K_ALPHA * unstated.sigma(counted, without=name))

    def measured(w: np.ndarray) -> tuple[float, float, float]:
        bq = float(w @ net.activity)
        variance = max(float(w @ net.covariance @ w), 0.0)
        return bq, hypot(sqrt(variance), unstated.sigma(w)), abs(bq) * relative

    both = (measured(counted), measured(present))
    return _plain(name, "net_counts", to, both, (raised, limit + 2.0 * (raised - level)))


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
