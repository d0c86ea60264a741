"""The full-matrix method of beta-gamma analysis (BGM): regions to activities by one inversion.

What it computes: activities at the start of the measurement of radon daughters, Xe-135, Xe-133
(by gamma ray, by X-ray, and combined), Xe-131m, Xe-133m, with covariance, critical levels and
detection limits, with or without a gas background. Source: the algorithm of FOI's open-spex 1.0.7
(bgm 2.0.1, MIT licence); positivity of the subtracted background by the truncated normal law.
Differences from it, on purpose: memory of radon decays as radon in every row, and Xe-133m of the
memory into Xe-133; ingrowth of Xe-133 is always subtracted, with its error; what a metastable
leaves in the other's region is not counted in regions 7 to 10 that lack it (``region_response``);
a combined Xe-133 whose variance at zero would be negative gets the smaller of its two critical
levels and says so in ``fallback``. Assumes
normal laws, so it is poor below some 20 counts: with a gas background its false alarms are near
10 % (``noble_gas`` benchmark); it stands beside the likelihood, for comparison with stations' own
results. Accuracy: the reference sample to 0.1 %. Cost: 0.3 ms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from vigie.errors import NobleGasInputError
from vigie.radionuclide.noble_gas.memory import left_after, left_as_counted
from vigie.radionuclide.noble_gas.region_response import (
    COLUMNS,
    STRIP,
    RegionCalibration,
    region_response,
)
from vigie.radionuclide.noble_gas.timing import Counting

FloatArray = NDArray[np.float64]
K_ALPHA = 1.6448536269514722
"""One-sided 5 % point of the normal law."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RegionData:
    """Gross counts of regions 1 to 10, shape (10,), and how long they were counted."""

    gross: FloatArray
    counting: Counting


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MatrixInput:
    """What the matrix method takes."""

    sample: RegionData
    detector_background: RegionData | None
    """None: nothing is subtracted, which the caller has to say."""
    calibration: RegionCalibration
    gas_background: RegionData | None = None
    delay_s: float = 0.0
    """From the start of the gas background to that of the sample."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MatrixResult:
    """Activities in Bq at the start of the measurement; the first 6 are the sample's."""

    activity: FloatArray
    """Shape (6,) or (12,), columns as ``region_response.COLUMNS``."""
    covariance: FloatArray
    critical_level: FloatArray
    detection_limit: FloatArray
    xe133: float
    """Combined of gamma ray and X-ray."""
    xe133_sigma: float
    xe133_critical_level: float
    xe133_detection_limit: float
    weight: float
    """Of the gamma ray in the combined value."""
    used: tuple[int, ...]
    """Regions of the X-ray signature."""
    fallback: bool
    """Whether the variance of the combined value at zero was negative."""
    response: FloatArray
    response_sigma: FloatArray
    net: FloatArray
    """z: gross counts less detector background, shape (6,) or (12,)."""


def xray_regions(xe131m: bool, xe133m: bool) -> tuple[int, ...]:
    """Return the regions that stand for region 4 when metastables were detected."""
    if xe131m and xe133m:
        return (7, 8)
    if xe131m:
        return (7, 9)
    return (8, 10) if xe133m else (STRIP,)


def solve_matrix(
    data: MatrixInput, *, substitute: bool = True, as_open_spex: bool = False
) -> MatrixResult:
    """Compute activities by inversion of the response.

    Parameters
    ----------
    substitute : bool
        Whether to analyse again with regions 7 to 10 in place of 4 where metastables were
        detected.
    as_open_spex : bool
        Whether the metastable that is not detected is absent in regions 9 and 10, and Xe-133m of
        the memory becomes no Xe-133: for comparison with open-spex.

    Raises
    ------
    NobleGasInputError
        The response cannot be inverted.
    """
    first = solve_with_regions(data, (STRIP,), as_open_spex=as_open_spex)
    detected = first.activity >= first.critical_level
    used = xray_regions(bool(detected[4]), bool(detected[5]))
    stated = data.calibration
    missing = [
        roi
        for roi in used
        if roi not in stated.efficiency or not {(1, roi), (3, roi)} <= stated.ratio.keys()
    ]
    if not substitute or used == (STRIP,) or missing:
        return first
    return solve_with_regions(data, used, as_open_spex=as_open_spex)


def solve_with_regions(
    data: MatrixInput, used: tuple[int, ...], *, as_open_spex: bool = False
) -> MatrixResult:
    """Compute activities with given regions in row 4."""
    response, sigma = _full_response(data, used, as_open_spex)
    gross, background, factor2 = _vectors(data, used)
    try:
        inverse: FloatArray = np.asarray(np.linalg.inv(response), dtype=np.float64)
    except np.linalg.LinAlgError as error:
        raise NobleGasInputError(
            what="the response of the regions cannot be inverted",
            remedy="Check #b-gEfficiency and #Ratios of the sample.",
        ) from error
    net = gross - background
    overlaps = _overlaps(used, len(net))
    covariance = inverse @ _with_overlaps(gross + factor2, overlaps) @ inverse.T
    activity = inverse @ net
    off_diagonal = response - np.diag(np.diag(response))
    zero = off_diagonal @ activity + background
    zero_variance = np.einsum("ij,jk,ik->i", off_diagonal, covariance, off_diagonal) + factor2
    critical = K_ALPHA * np.sqrt(_positive_mean(zero, zero_variance) + zero_variance)
    detection = K_ALPHA**2 + 2.0 * critical
    diagonal = np.diag(response)
    combined = _combine(inverse, response, (activity, covariance), overlaps)
    fallback = combined[3] < 0.0
    level = critical / diagonal
    xe133_level = min(level[2], level[3]) if fallback else K_ALPHA * np.sqrt(combined[3])
    return MatrixResult(
        activity=activity,
        covariance=covariance,
        critical_level=level,
        detection_limit=detection / diagonal,
        xe133=combined[0],
        xe133_sigma=float(np.sqrt(combined[1])),
        xe133_critical_level=float(xe133_level),
        xe133_detection_limit=float(combined[4] * K_ALPHA + 2.0 * xe133_level),
        weight=combined[2],
        used=used,
        fallback=bool(fallback),
        response=response,
        response_sigma=sigma,
        net=net,
    )


def systematic_sigma(
    result: MatrixResult, rng: np.random.Generator, *, n_draws: int = 10_000
) -> FloatArray:
    """Return the error of activities from that of the response, shape as ``activity``.

    Elements are drawn from normal laws cut at 4 standard errors, all at once; the state of
    ``rng`` is the caller's to record.
    """
    size = (n_draws, *result.response.shape)
    draws = np.clip(rng.standard_normal(size), -4.0, 4.0)
    drawn = result.response + draws * result.response_sigma
    solved = np.linalg.solve(drawn, np.broadcast_to(result.net, size[:2])[..., None])[..., 0]
    return np.asarray(solved.std(axis=0))


def systematic_sigma_at_zero(
    result: MatrixResult, weights: FloatArray, own: tuple[int, ...], *, present: float = 0.0
) -> float:
    """Return the error of an activity from that of the response, were the activity zero, Bq.

    Parameters
    ----------
    weights : ndarray
        Shape as ``activity``: of the columns that make the value.
    own : tuple of int
        Columns of the nuclide itself, which would not be there.
    present : float
        Bq of it that would be there all the same: what grew from its parent.

    Notes
    -----
    First order in the errors of the elements R_ij: sum_i (w R^-1)_i^2 sum_(j not own)
    (sigma_ij a_j)^2. open-spex leaves this out of its critical levels, so that beside strong
    Xe-133 the metastables are found too often.
    """
    others = np.array(result.activity)
    others[list(own)] = present
    rows = weights @ np.linalg.inv(result.response)
    return float(np.sqrt(rows**2 @ (result.response_sigma**2 @ others**2)))


def _full_response(
    data: MatrixInput, used: tuple[int, ...], as_open_spex: bool
) -> tuple[FloatArray, FloatArray]:
    block, sigma = region_response(
        data.calibration, data.sample.counting, used, undetected_absent=as_open_spex
    )
    if data.gas_background is None:
        return block, sigma
    gas, gas_sigma = region_response(
        data.calibration, data.gas_background.counting, used, undetected_absent=as_open_spex
    )
    times = (data.sample.counting.real_s, data.gas_background.counting.real_s)
    left = left_as_counted(data.delay_s, *times, COLUMNS)
    if as_open_spex:
        left = np.diag(np.diag(left_after(data.delay_s, COLUMNS)))
    zeros = np.zeros((6, 6))
    return (
        np.block([[block, block @ left], [zeros, gas]]),
        np.block([[sigma, np.sqrt(sigma**2 @ left**2)], [zeros, gas_sigma]]),
    )


def _vectors(data: MatrixInput, used: tuple[int, ...]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return gross counts, detector background scaled to them, and its variance."""

    def rows(counts: FloatArray) -> FloatArray:
        out = np.array(counts[:6], dtype=np.float64)
        out[3] = sum(counts[roi - 1] for roi in used)
        return out

    parts = [one for one in (data.sample, data.gas_background) if one is not None]
    gross = np.concatenate([rows(one.gross) for one in parts])
    if data.detector_background is None:
        return gross, np.zeros(len(gross)), np.zeros(len(gross))
    counts = rows(data.detector_background.gross)
    live_s = data.detector_background.counting.live_s
    factors = [one.counting.live_s / live_s for one in parts]
    background = np.concatenate([counts * one for one in factors])
    return gross, background, np.concatenate([counts * one**2 for one in factors])


def _overlaps(used: tuple[int, ...], size: int) -> list[tuple[int, int]]:
    """Return pairs (row 4, row of a region inside it)."""
    inside = [row for row, rois in ((4, (4, 10)), (5, (4, 9))) if any(r in rois for r in used)]
    return [(3 + at, row + at) for at in range(0, size, 6) for row in inside]


def _with_overlaps(variance: FloatArray, overlaps: list[tuple[int, int]]) -> FloatArray:
    full = np.diag(variance)
    for outer, inner in overlaps:
        full[outer, inner] = full[inner, outer] = variance[inner]
    return full


def _positive_mean(mean: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the mean of a normal law that is known to be positive."""
    sigma = np.sqrt(np.maximum(variance, 1e-300))
    z = mean / sigma
    # phi(z)/Phi(z) through logarithms, since both vanish far below zero.
    ratio = np.exp(-0.5 * z * z - 0.5 * np.log(2.0 * np.pi) - log_ndtr(z))
    return np.asarray(np.where(variance > 0.0, mean + sigma * ratio, np.maximum(mean, 0.0)))


def _combine(
    inverse: FloatArray,
    response: FloatArray,
    solved: tuple[FloatArray, FloatArray],
    overlaps: list[tuple[int, int]],
) -> tuple[float, float, float, float, float]:
    """Return Xe-133 of both signatures: value, variance, weight, variance at 0 and its slope."""
    activity, covariance = solved
    v3, v4, c34 = covariance[2, 2], covariance[3, 3], covariance[2, 3]
    spread = v3 + v4 - 2.0 * c34
    weight = (v4 - c34) / spread if spread > 0.0 else 0.5
    weights = np.array([weight, 1.0 - weight])
    value = float(weights @ activity[2:4])
    variance = float(weights @ covariance[2:4, 2:4] @ weights)
    # A becquerel of Xe-133 adds to the variance of each region what it adds to its counts.
    added = _with_overlaps(response[:, 2] + response[:, 3], overlaps)
    rows = inverse[2:4]
    slope = float(weights @ (rows @ added @ rows.T) @ weights)
    return value, variance, float(weight), variance - slope * value, slope
