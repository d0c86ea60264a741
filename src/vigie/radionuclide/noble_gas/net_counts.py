"""Net counts of regions (NCC), method 1 of stations: subtract step by step.

What it computes: with gross counts G, detector background D, gas background GB, U that takes off
what nuclides leave in each other's regions (N_i = G_i - sum_j r_ji N_j, solved), and F, what each
nuclide of the gas background counts in the sample,

    N = U (G - D t_s/t_D) - F U (GB - D t_g/t_D),

for radon (1), Xe-135 (2), Xe-133 (3), Xe-131m (5), Xe-133m (6) at once, as the metastables leave
counts in each other's region (where their ratios are stated); activities from N; critical levels
1.645 sqrt(B + var B), B all that was subtracted. Source: FOI-R--0913; sheet 7.2. Two things differ
from it. Stations subtract an interference only when its net count is above 0, which falsifies both
signs; here it is always subtracted, and covariances are kept: N is linear in the counts. And they
let the gas background of a region decay as that region's nuclide, which makes a false Xe-133m of
the Xe-133 that lies there; here it is taken apart first, and what Xe-133m of it decays into is
Xe-133 (``memory``). Where all decay alike, both are the same. Xe-133 is that of its gamma ray.
Assumes normal laws. Accuracy: cases computed by hand, to 6 digits. Cost: 0.1 ms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.matrix import K_ALPHA, MatrixInput
from vigie.radionuclide.noble_gas.memory import counted_as, left_as_counted
from vigie.radionuclide.noble_gas.region_response import SUBTRACTED
from vigie.radionuclide.noble_gas.timing import Counting, effective_s
from vigie.radionuclide.noble_gas.xenon import ISOTOPES

FloatArray = NDArray[np.float64]
ROWS = (0, 1, 2, 4, 5)
"""Regions used, counted from 0, in the order of ``ISOTOPES``."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NetCounts:
    """Net counts and activities of the five nuclides, order of ``xenon.ISOTOPES``."""

    net: FloatArray
    """Shape (5,), counts."""
    net_covariance: FloatArray
    subtracted: FloatArray
    """B: everything that was taken off the gross counts."""
    activity: FloatArray
    """Bq at the start of the measurement; Xe-133 less what grows while counting."""
    covariance: FloatArray
    """Counting and the stated errors of ratios; not of efficiencies."""
    critical_level: FloatArray
    """Bq."""
    detection_limit: FloatArray
    per_bq: FloatArray
    """Counts in its main region per Bq."""
    per_bq_of_gas: FloatArray
    """The same in the gas background, 0 without one."""
    grown_of_memory: float
    """Bq of Xe-133 that Xe-133m of the memory became, as counted in the sample."""
    bq_per_count: FloatArray
    """Of each nuclide per count in each region, shape (5, 5)."""
    bq_per_gas_count: FloatArray
    """The same for counts of the gas background."""


def net_counts(data: MatrixInput) -> NetCounts:
    """Subtract backgrounds and interferences.

    Raises
    ------
    NobleGasInputError
        From the calibration, when it lacks an efficiency.
    """
    gross = data.sample.gross[list(ROWS)]
    apart = _apart(data)
    net, covariance, memory = _subtracted(data, apart)
    subtracted = gross - net
    # Where only background is there, the gross counts vary as much as what is subtracted.
    background_variance = np.maximum(np.diag(covariance) - gross, 0.0)
    level = K_ALPHA * np.sqrt(np.maximum(subtracted, 0.0) + background_variance)
    limit = K_ALPHA**2 + 2.0 * level
    per_bq = _per_bq(data, data.sample.counting)
    grown = counted_as(data.sample.counting.real_s, ISOTOPES)
    # What grows is no parent of anything, so the inverse of 1 + x is 1 - x.
    convert = (2.0 * np.eye(len(ISOTOPES)) - grown) @ np.diag(1.0 / per_bq)
    return NetCounts(
        net=net,
        net_covariance=covariance,
        subtracted=subtracted,
        activity=convert @ net,
        covariance=convert @ covariance @ convert.T,
        critical_level=level / per_bq,
        detection_limit=limit / per_bq,
        per_bq=per_bq,
        per_bq_of_gas=apart.per_bq_of_gas,
        grown_of_memory=float(apart.grown * memory[-1]) / float(per_bq[2]),
        bq_per_count=convert @ apart.sample,
        bq_per_gas_count=-convert @ apart.gas,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Apart:
    """How counts of regions become net counts of nuclides, each shape (5, 5)."""

    sample: FloatArray
    gas: FloatArray
    """U and F U of the module; the latter zero without a gas background."""
    sigma: FloatArray
    """Errors of the ratios, at their row and column."""
    per_bq_of_gas: FloatArray
    """Counts of each nuclide of the gas background per Bq, shape (5,)."""
    grown: float = 0.0
    """Counts of Xe-133 in the sample per count of Xe-133m in the gas background."""


def _apart(data: MatrixInput) -> _Apart:
    unmix, sigma = _unmix(data)
    gas = data.gas_background
    if gas is None:
        return _Apart(unmix, np.zeros_like(unmix), sigma, np.zeros(len(ISOTOPES)))
    times = (data.sample.counting.real_s, gas.counting.real_s)
    left = left_as_counted(data.delay_s, *times, ISOTOPES)
    in_sample, in_gas = (_per_bq(data, one) for one in (data.sample.counting, gas.counting))
    factors = np.diag(in_sample) @ left @ np.diag(1.0 / in_gas)
    return _Apart(unmix, factors @ unmix, sigma, in_gas, float(factors[2, -1]))


def _subtracted(data: MatrixInput, apart: _Apart) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return net counts, their covariance from counts and ratios, those of the gas background."""
    rows = list(ROWS)
    back, gas = data.detector_background, data.gas_background
    empty = np.zeros(len(rows)) if back is None else back.gross[rows]
    live_s = 1.0 if back is None else back.counting.live_s
    share = data.sample.counting.live_s / live_s
    here, before = data.sample.gross[rows], np.zeros(len(rows))
    clean = here - empty * share
    clean_gas, into_both = np.zeros(len(rows)), apart.sample * share
    if gas is not None:
        before, gas_share = gas.gross[rows], gas.counting.live_s / live_s
        clean_gas = before - empty * gas_share
        # The detector background is in both; what it does to their difference counts once.
        into_both = into_both - apart.gas * gas_share
    covariance = (
        _spread(apart.sample, here) + _spread(apart.gas, before) + _spread(into_both, empty)
    )
    net_here, net_gas = apart.sample @ clean, apart.sample @ clean_gas
    for target, source in zip(*np.nonzero(apart.sigma), strict=True):
        # A ratio errs in both alike.
        effect = apart.sample[:, target] * net_here[source] - apart.gas[:, target] * net_gas[source]
        covariance += apart.sigma[target, source] ** 2 * np.outer(effect, effect)
    return net_here - apart.gas @ clean_gas, covariance, net_gas


def _spread(matrix: FloatArray, variance: FloatArray) -> FloatArray:
    return np.asarray((matrix * variance) @ matrix.T)


def _per_bq(data: MatrixInput, counting: Counting) -> FloatArray:
    """Return counts of each nuclide in its main region per Bq at the start."""
    return np.array(
        [
            data.calibration.eff(one.roi)[0] * one.share * effective_s(one.decay_per_s, counting)
            for one in ISOTOPES
        ]
    )


def _unmix(data: MatrixInput) -> tuple[FloatArray, FloatArray]:
    """Return the matrix that takes interferences off, and the errors of the ratios."""
    mix = np.eye(len(ROWS))
    sigma = np.zeros_like(mix)
    for row, target in enumerate(ISOTOPES):
        for column, source in enumerate(ISOTOPES):
            if (source.roi, target.roi) in SUBTRACTED:
                mix[row, column], sigma[row, column] = data.calibration.interference(
                    source.roi, target.roi
                )
    return np.asarray(np.linalg.inv(mix), dtype=np.float64), sigma
