"""Counts in the regions of interest of the beta-gamma plane, under three rules for their edges.

What it computes: gross counts of rectangles of energy in a histogram of channels. Rules:
``rounded`` (that of open-spex: whole channels int(c + 1/2), the upper one left out, calibration
fitted without weights), ``energy`` (channels whose own energy, by a quadratic of energy on
channel, lies within), ``fractional`` (edges between channels; a channel that is cut counts by its
share; channel ch spans ch to ch + 1; the default). Assumes a quadratic of channel on energy.
Accuracy: both real messages of the reference exactly, under the fractional rule to 0.05 counts.
Their regions differ by up to 4 % between the rules: their spread enters the budget as error of
the edges, as of a uniform law over it. Cost: 2 ms for ten regions of 256 x 256 channels, all
rules.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import NobleGasInputError

if TYPE_CHECKING:
    from vigie.records import Calibration, PulseHeight, RegionLimits

FloatArray = NDArray[np.float64]


class RegionRule(StrEnum):
    """How the edges of a region fall on channels."""

    ROUNDED = "rounded"
    ENERGY = "energy"
    FRACTIONAL = "fractional"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RegionCounts:
    """Gross counts of regions 1 to 10 of one measurement."""

    gross: FloatArray
    """Shape (10,); NaN where the file has no such region."""
    edge_sigma: FloatArray
    """Shape (10,): standard error from where the edges are taken to lie, counts."""
    rule: RegionRule


def channel_of_energy(calibration: Calibration, *, axis: str, weighted: bool = True) -> FloatArray:
    """Return coefficients, constant first, of channel = c0 + c1 E + c2 E^2.

    Two points give a line. Points without error count as much as the mean of the others.

    Raises
    ------
    NobleGasInputError
        Fewer than two different energies, or a curve that does not rise.
    """
    return _quadratic(calibration, axis, weighted=weighted, energy_on_channel=False)


def energy_of_channel(calibration: Calibration, *, axis: str) -> FloatArray:
    """Return coefficients, constant first, of E = e0 + e1 ch + e2 ch^2, keV."""
    return _quadratic(calibration, axis, weighted=True, energy_on_channel=True)


def count_regions(
    message: PulseHeight,
    *,
    regions: tuple[RegionLimits, ...] = (),
    rule: RegionRule = RegionRule.FRACTIONAL,
) -> RegionCounts:
    """Count the coincidences in each region.

    Parameters
    ----------
    message : PulseHeight
        With histogram and the calibration of both axes.
    regions : tuple of RegionLimits, optional
        Taken in place of the message's own, keV: a background is counted where its sample is.

    Raises
    ------
    NobleGasInputError
        No histogram, no calibration or no regions.
    """
    limits = regions or message.regions
    if message.histogram is None:
        raise NobleGasInputError(
            what=f"{message.measurement_id or message.type} has no histogram",
            remedy="Ask for the full message; only gamma spectra can be looked at without it.",
        )
    if not limits:
        raise NobleGasInputError(
            what=f"{message.measurement_id or message.type} has no #ROI_Limits",
            remedy="Give the regions of another message of the same detector.",
        )
    by_rule = {one: _count(message, limits, one) for one in RegionRule}
    spread = np.ptp(np.array(list(by_rule.values())), axis=0)
    return RegionCounts(gross=by_rule[rule], edge_sigma=spread / math.sqrt(12.0), rule=rule)


def channel_edges(
    message: PulseHeight, limits: RegionLimits, rule: RegionRule = RegionRule.ROUNDED
) -> tuple[float, float, float, float]:
    """Return beta low, beta high, gamma low, gamma high in channels; high ones are left out."""
    weighted = rule is not RegionRule.ROUNDED
    beta = channel_of_energy(message.beta_calibration, axis="beta", weighted=weighted)
    gamma = channel_of_energy(message.gamma_calibration, axis="gamma", weighted=weighted)
    low_b, high_b = _at(beta, limits.beta_low, limits.beta_high)
    low_g, high_g = _at(gamma, limits.gamma_low, limits.gamma_high)
    if rule is not RegionRule.ROUNDED:
        return low_b, high_b, low_g, high_g
    rounded = [float(int(edge + 0.5)) for edge in (low_b, high_b, low_g, high_g)]
    return rounded[0], rounded[1], rounded[2], rounded[3]


def channel_shares(low: float, high: float, n_channels: int) -> FloatArray:
    """Return the share of each channel that lies between two edges, shape (n_channels,)."""
    left = np.arange(n_channels, dtype=np.float64)
    covered = np.minimum(left + 1.0, high) - np.maximum(left, low)
    return np.asarray(np.clip(covered, 0.0, 1.0))


def first_channels(message: PulseHeight) -> tuple[int, int]:
    """Return the number of the first channel of the gamma and of the beta axis."""
    return (
        message.gamma.first_channel if message.gamma else 0,
        message.beta.first_channel if message.beta else 0,
    )


def _count(message: PulseHeight, limits: tuple[RegionLimits, ...], rule: RegionRule) -> FloatArray:
    assert message.histogram is not None
    counts = message.histogram.counts.astype(np.float64)
    base_g, base_b = first_channels(message)
    gross = np.full(10, np.nan)
    for region in limits:
        if not 1 <= region.roi <= 10:
            continue
        if rule is RegionRule.ENERGY:
            energy = (
                _inside(message.beta_calibration, "beta", counts.shape[1], base_b),
                _inside(message.gamma_calibration, "gamma", counts.shape[0], base_g),
            )
            beta = _between(energy[0], region.beta_low, region.beta_high)
            gamma = _between(energy[1], region.gamma_low, region.gamma_high)
        else:
            low_b, high_b, low_g, high_g = channel_edges(message, region, rule)
            beta = channel_shares(low_b - base_b, high_b - base_b, counts.shape[1])
            gamma = channel_shares(low_g - base_g, high_g - base_g, counts.shape[0])
        gross[region.roi - 1] = gamma @ counts @ beta
    return gross


def _inside(calibration: Calibration, axis: str, n_channels: int, base: int) -> FloatArray:
    coefficients = energy_of_channel(calibration, axis=axis)
    return np.polynomial.polynomial.polyval(np.arange(n_channels) + float(base), coefficients)


def _between(energy_kev: FloatArray, low: float, high: float) -> FloatArray:
    return ((energy_kev >= low) & (energy_kev <= high)).astype(np.float64)


def _at(coefficients: FloatArray, low_kev: float, high_kev: float) -> tuple[float, float]:
    low, high = np.polynomial.polynomial.polyval(np.array([low_kev, high_kev]), coefficients)
    return float(low), float(high)


def _quadratic(
    calibration: Calibration, axis: str, *, weighted: bool, energy_on_channel: bool
) -> FloatArray:
    points = calibration.energy
    energy = np.array([one.energy_kev for one in points])
    channel = np.array([one.value for one in points])
    degree = min(2, len(np.unique(energy)) - 1)
    if degree < 1 or not (np.isfinite(energy).all() and np.isfinite(channel).all()):
        raise NobleGasInputError(
            what=f"the energy calibration of the {axis} axis has {len(points)} points",
            remedy=f"#{axis[0]}_Energy needs at least two different energies.",
        )
    sigma = np.array([one.sigma or np.nan for one in points])
    usual = np.nanmean(sigma) if np.isfinite(sigma).any() else 1.0
    weights = 1.0 / np.where(np.isfinite(sigma), sigma, usual) if weighted else None
    x, y = (channel, energy) if energy_on_channel else (energy, channel)
    fit = np.polynomial.polynomial.polyfit(x, y, degree, w=weights)
    coefficients = np.zeros(3)
    coefficients[: degree + 1] = fit
    slope = coefficients[1] + 2.0 * coefficients[2] * x
    if (slope <= 0.0).any():
        raise NobleGasInputError(
            what=f"the energy calibration of the {axis} axis does not rise",
            remedy=f"Check the columns of #{axis[0]}_Energy.",
        )
    return coefficients
