"""What a nuclide leaves in regions for which the station states no ratio: an error, not a term.

Matrix and net counts subtract the interferences that a header states. One of 16 ratios has none of
the metastables: some 7 per cent of Xe-133m in region 5, and more in the rest of region 4, would be
called Xe-131m and Xe-133. What is left in is r (1 +- 1/2) of the nuclide's own counts, r by the
templates and the half as in the likelihood (``cell_responses.UNSTATED_SIGMA``). These methods stay
what stations have, so it is not subtracted; its root mean square enters their errors and limits:

    u^2 = (sum_i g_i r_i)^2 + sum_i (g_i r_i / 2)^2,   g_i the result per count in region i.

What the memory leaves so decays as the nuclide in whose region it lies; what that does to a result
is in it too (2 Bq of Xe-135 before made a false Xe-131m).

Assumes that templates are right within that half. Cost: 1 ms; the templates are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.cell_responses import UNSTATED_SIGMA
from vigie.radionuclide.noble_gas.cells import Box, exact_sum
from vigie.radionuclide.noble_gas.matrix import (
    K_ALPHA,
    MatrixResult,
    systematic_sigma_at_zero,
)
from vigie.radionuclide.noble_gas.region_response import STRIP, SUBTRACTED
from vigie.radionuclide.noble_gas.templates import shape_planes
from vigie.radionuclide.noble_gas.xenon import XE131M, XE133M, XE135, isotope

if TYPE_CHECKING:
    from vigie.radionuclide.noble_gas.cell_model import Measurements
    from vigie.radionuclide.noble_gas.net_counts import NetCounts

FloatArray = NDArray[np.float64]
SOURCES = (XE133M, XE131M, XE135)
METASTABLES = (XE133M.name, XE131M.name)
MATRIX_COLUMN = {"Xe-135": 1, "Xe-131m": 4, "Xe-133m": 5}
NET_ROW = {"Xe-135": 1, "Xe-131m": 3, "Xe-133m": 4}
NET_REGIONS = (1, 2, 3, 5, 6)


@dataclass(frozen=True, slots=True, eq=False)
class Unstated:
    """Errors of results from what was left in them."""

    effects: Mapping[str, FloatArray]
    """By nuclide that is there: what its counts in each region add to each result, Bq, shape
    (results, regions)."""
    memory: Mapping[str, FloatArray] = field(default_factory=dict)
    """The same of what earlier samples left."""

    def sigma(self, weights: FloatArray, *, without: str = "") -> float:
        """Return the error of a sum of results, Bq; ``without`` a nuclide that is not there."""
        sums = {name: weights @ one for name, one in self.memory.items()}
        for name, one in self.effects.items():
            if name != without:
                sums[name] = sums.get(name, 0.0) + weights @ one
        parts = sums.values()
        return float(np.sqrt(sum(p.sum() ** 2 + UNSTATED_SIGMA**2 * (p**2).sum() for p in parts)))


def unstated_shares(
    data: Measurements, regions: tuple[tuple[int, ...], ...]
) -> dict[str, FloatArray]:
    """Return counts per count in its own region of what no ratio is stated for, by nuclide.

    Parameters
    ----------
    data : Measurements
    regions : tuple of tuple of int
        Regions whose counts are summed in each row; several stand for region 4.

    Returns
    -------
    dict of ndarray, shape (rows,)
        0 where a ratio is stated that is used, and in the nuclide's own region.
    """
    model = data.sample.model
    boxes = {
        one.roi: Box(
            atom="",
            beta=(one.beta_low, one.beta_high),
            gamma=(one.gamma_low, one.gamma_high),
        )
        for one in data.regions
    }
    out = {}
    for source in SOURCES:
        plane = shape_planes(model)[source.name][""]
        content = {roi: exact_sum(plane, box, model) for roi, box in boxes.items()}
        own = content[source.roi]
        rows = np.zeros(len(regions))
        for k, rois in enumerate(regions):
            stated = STRIP if rois[0] == STRIP or rois[0] > 6 else rois[0]
            pair = (source.roi, stated)
            if source.roi in rois or (pair in SUBTRACTED and pair in data.calibration.ratio):
                continue
            counts = sum(content.get(roi, 0.0) for roi in rois)
            # Region 4 and those that stand for it may hold the nuclide's own.
            held = _holds(source.roi, rois) * own
            rows[k] = max(counts - held, 0.0) / max(own, 1e-300)
        out[source.name] = rows
    return out


def _holds(roi: int, rois: tuple[int, ...]) -> int:
    inside = {5: (4, 10), 6: (4, 9)}.get(roi, ())
    return sum(one in inside for one in rois)


def matrix_unstated(
    solved: MatrixResult,
    data: Measurements,
    seen: Mapping[str, float],
    memory: Mapping[str, float] | None = None,
) -> Unstated:
    """Return the errors of the matrix method.

    Parameters
    ----------
    seen : mapping
        Bq of nuclides that the likelihood detects; others count by their own region.
    memory : mapping, optional
        Bq of nuclides at the start of the gas background.
    """
    shares = unstated_shares(data, ((1,), (2,), (3,), solved.used, (5,), (6,)))
    whole: FloatArray = np.asarray(np.linalg.inv(solved.response), dtype=np.float64)
    inverse, amounts = whole[:, :6], dict(seen)
    diagonal = np.diag(solved.response)
    before = {
        name: (float(diagonal[c]), float(diagonal[6 + c]))
        for name, c in MATRIX_COLUMN.items()
        if len(diagonal) > 6
    }
    left = _of_memory(shares, (inverse, whole[:, 6:]), before, (memory or {}, data.delay_s))
    unit = np.eye(len(solved.activity))

    def effects() -> Unstated:
        per_bq = {name: solved.response[c, c] for name, c in MATRIX_COLUMN.items()}
        return Unstated(
            {name: inverse * (shares[name] * per_bq[name] * bq) for name, bq in amounts.items()},
            left,
        )

    for name in METASTABLES:
        column = MATRIX_COLUMN[name]
        level = np.hypot(
            solved.critical_level[column],
            K_ALPHA * systematic_sigma_at_zero(solved, unit[column], (column,)),
        )
        _add(amounts, name, float(solved.activity[column]), (effects(), unit[column], float(level)))
    return effects()


def net_unstated(
    net: NetCounts,
    data: Measurements,
    seen: Mapping[str, float],
    memory: Mapping[str, float] | None = None,
) -> Unstated:
    """Return the errors of net counts; ``seen`` and ``memory`` as of ``matrix_unstated``."""
    shares = unstated_shares(data, tuple((roi,) for roi in NET_REGIONS))
    before = {
        name: (float(net.per_bq[row]), float(net.per_bq_of_gas[row]))
        for name, row in NET_ROW.items()
    }
    per_count = (net.bq_per_count, net.bq_per_gas_count)
    left = _of_memory(shares, per_count, before, (memory or {}, data.delay_s))
    amounts = dict(seen)
    unit = np.eye(len(net.activity))

    def effects() -> Unstated:
        return Unstated(
            {
                name: net.bq_per_count * (shares[name] * float(net.per_bq[NET_ROW[name]]) * bq)
                for name, bq in amounts.items()
            },
            left,
        )

    for name in METASTABLES:
        row = NET_ROW[name]
        level = float(net.critical_level[row])
        _add(amounts, name, float(net.activity[row]), (effects(), unit[row], level))
    return effects()


def _of_memory(
    shares: Mapping[str, FloatArray],
    per_count: tuple[FloatArray, FloatArray],
    per_bq: Mapping[str, tuple[float, float]],
    memory: tuple[Mapping[str, float], float],
) -> dict[str, FloatArray]:
    """Return what each nuclide of the memory adds to each result by each region, Bq.

    Parameters
    ----------
    shares : mapping
        Of ``unstated_shares``.
    per_count : (ndarray, ndarray)
        Bq of each result per count of a region in the sample, and in the gas background.
    per_bq : mapping
        Counts of each nuclide in its own region, in both.
    memory : (mapping, float)
        Bq at the start of the gas background, and s from there to the sample.
    """
    amounts, delay_s = memory
    out = {}
    for name, bq in amounts.items():
        if name not in per_bq or bq <= 0.0:
            continue
        here, before = per_bq[name]
        decayed = float(np.exp(-isotope(name).decay_per_s * delay_s))
        effect = per_count[0] * here * decayed + per_count[1] * before
        out[name] = effect * (shares[name] * bq)
    return out


def _add(
    amounts: dict[str, float], name: str, bq: float, judged: tuple[Unstated, FloatArray, float]
) -> None:
    """Add a nuclide that its own region shows above what the others may have left there."""
    so_far, weights, level = judged
    if name not in amounts and bq > np.hypot(level, K_ALPHA * so_far.sigma(weights)):
        amounts[name] = bq


def left_in(found: Unstated) -> set[str]:
    """Return the metastables that leave anything in the results of others."""
    return {
        name
        for name in METASTABLES
        if name in found.effects and np.abs(found.effects[name]).sum() > 0.0
    }
