"""Trends of quality control: drifts and steps of a detector.

What it computes: from the daily check source (QCPHD) gain, resolution and an efficiency proxy;
then, for a series of any such quantity, whether it left its state of control, when, and how fast
it drifts.

Method: the first ``reference`` points fix mean and deviation (median and scaled median absolute
deviation, so that a bad day does not). An EWMA chart sees slow drifts, a CUSUM small steps; a
single point beyond ``outlier_sigma`` is an outlier and does not enter the charts. The limits of
the charts are such that both together make one false alarm in ``run_length`` points. The error of
the reference mean widens them, since the charts accumulate it: the deviation of the EWMA's
statistic takes it as a term, the CUSUM as 1/sqrt(n) of allowance. A drift is the slope of a line
fitted since the change.

Source: ``control_chart``; change point of a CUSUM: the last time at which its sum was zero (Page,
Biometrika 41 (1954) 100).

Accuracy as measured: docs/methods/judgement.md. Cost: 1 to 2 ms for a year.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.radionuclide.judge.control_chart import cusum, cusum_limit, ewma, ewma_limit

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]
_NS_PER_DAY = 86_400_000_000_000
_BOTH = 1.8
"""Run length of one chart over that of both together, which mostly alarm together (simulated)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPoint:
    """One quantity of one quality-control measurement."""

    time_ns: int
    value: float
    sigma: float | None = None
    """Standard error by counting; None where not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendParams:
    """How trends are watched.

    Raises
    ------
    ParameterError
        Too few reference points, or a weight outside (0, 1].
    """

    reference: int = 30
    """Points that fix the state of control (chosen: a month of daily checks)."""
    weight: float = 0.2
    """Of the EWMA; 0.05 to 0.25 are usual (Montgomery 2013, 9.2)."""
    allowance: float = 0.5
    """k of the CUSUM: half of the shift to be found, 1 sigma (Montgomery 2013, 9.1)."""
    run_length: float = 1000.0
    """Points between false alarms of both charts together: one in three years of daily checks."""
    outlier_sigma: float = 5.0
    """A single point beyond is an outlier (chosen)."""

    def __post_init__(self) -> None:
        if self.reference < 8 or not 0.0 < self.weight <= 1.0 or self.allowance <= 0.0:
            raise ParameterError(
                name="reference, weight, allowance",
                value=f"{self.reference}, {self.weight}, {self.allowance}",
                expected="8 or more points, a weight in (0, 1], an allowance above 0",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """What a series of control points does."""

    mean: float
    """State of control, in the unit of the values."""
    sigma: float
    """Deviation of one point, in the unit of the values."""
    n: int
    outliers_ns: tuple[int, ...]
    alarm_ns: int | None
    """When a chart first left its limits; None while in control."""
    chart: str
    """``ewma`` or ``cusum``, which alarmed first; empty while in control."""
    since_ns: int | None
    """Since when the change is estimated to be there."""
    shift: float | None
    """Mean of the points since the change less the state of control, unit of the values."""
    slope_per_day: float | None
    """Drift since the change, and its standard error."""
    slope_sigma_per_day: float | None

    @property
    def drifting(self) -> bool:
        """Whether the drift is significant at 3 standard errors."""
        slope, sigma = self.slope_per_day, self.slope_sigma_per_day
        return slope is not None and sigma is not None and abs(slope) > 3.0 * sigma


def watch(points: Sequence[ControlPoint], params: TrendParams | None = None) -> Trend | None:
    """Look for drifts and steps in a series; None where it is shorter than the reference.

    Parameters
    ----------
    points : sequence of ControlPoint
        In the order of time, finite.
    params : TrendParams, optional

    Raises
    ------
    ParameterError
        Times fall, or a value is not finite.
    """
    params = params or TrendParams()
    times = np.array([p.time_ns for p in points], dtype=np.int64)
    values = np.array([p.value for p in points], dtype=np.float64)
    if np.any(np.diff(times) < 0) or not np.all(np.isfinite(values)):
        raise ParameterError(name="points", value="", expected="finite, in the order of time")
    if len(values) <= params.reference:
        return None
    mean, sigma = _control(points[: params.reference])
    standard = (values - mean) / sigma
    good = np.abs(standard) <= params.outlier_sigma
    # A step of more than that is no outlier where the next point goes along.
    beside = np.append(standard[1:], 0.0) * standard > 0.0
    good |= beside & (np.abs(np.append(standard[1:], 0.0)) > params.outlier_sigma)
    good |= np.append(False, good[:-1] & (np.abs(standard[:-1]) > params.outlier_sigma))
    good[: params.reference] = True
    watched = np.flatnonzero(good)
    watched = watched[watched >= params.reference]
    alarm, chart, since = _alarm(standard[watched], params)
    outliers = tuple(int(t) for t in times[~good])
    found = _change(times[watched], values[watched], since, sigma) if alarm is not None else None
    return Trend(
        mean=mean,
        sigma=sigma,
        n=len(values),
        outliers_ns=outliers,
        alarm_ns=None if alarm is None else int(times[watched][alarm]),
        chart=chart,
        since_ns=None if alarm is None else int(times[watched][since]),
        shift=None if found is None else found[0] - mean,
        slope_per_day=None if found is None else found[1],
        slope_sigma_per_day=None if found is None else found[2],
    )


def _control(points: Sequence[ControlPoint]) -> tuple[float, float]:
    """Return mean and deviation of the state of control, robustly."""
    values = np.array([p.value for p in points])
    centre = float(np.median(values))
    spread = 1.4826 * float(np.median(np.abs(values - centre)))
    held = values[np.abs(values - centre) <= 3.5 * max(spread, 1e-300)]
    mean, sigma = float(np.mean(held)), float(np.std(held, ddof=1)) if len(held) > 1 else 0.0
    counted = [p.sigma for p in points if p.sigma is not None and p.sigma > 0.0]
    # Counting statistics alone scatter so much; less was luck.
    floor = float(np.median(counted)) if counted else 0.0
    return mean, max(sigma, floor, abs(mean) * 1e-12, 1e-300)


def _alarm(standard: FloatArray, params: TrendParams) -> tuple[int | None, str, int]:
    """Return where a chart first leaves its limits, which, and where the change began."""
    if not len(standard):
        return None, "", 0
    n, steps = params.reference, np.arange(1, len(standard) + 1)
    weight = params.weight
    gain = 1.0 - (1.0 - weight) ** steps
    own = weight / (2.0 - weight) * (1.0 - (1.0 - weight) ** (2 * steps))
    widened = np.sqrt(1.0 + gain**2 / (n * own))
    averaged = np.abs(ewma(standard, weight)) / widened
    up, down = cusum(standard, params.allowance + 1.0 / math.sqrt(n))
    over_ewma = np.flatnonzero(averaged > ewma_limit(weight, _BOTH * params.run_length))
    over_cusum = np.flatnonzero(
        np.maximum(up, down) > cusum_limit(params.allowance, _BOTH * params.run_length)
    )
    first = [int(o[0]) if len(o) else len(standard) for o in (over_ewma, over_cusum)]
    alarm = min(first)
    if alarm == len(standard):
        return None, "", 0
    sums = up if up[alarm] >= down[alarm] else down
    still = np.flatnonzero(sums[:alarm] <= 0.0)
    since = int(still[-1]) + 1 if len(still) else 0
    return alarm, "ewma" if first[0] <= first[1] else "cusum", since


def _change(
    times: NDArray[np.int64], values: FloatArray, since: int, sigma: float
) -> tuple[float, float | None, float | None]:
    """Return the mean since a change, and the slope per day with its error."""
    days = (times[since:] - times[since]) / _NS_PER_DAY
    held = values[since:]
    spread = float(np.sum((days - days.mean()) ** 2)) if len(days) > 2 else 0.0
    if spread <= 0.0:
        return float(held.mean()), None, None
    slope = float(np.sum((days - days.mean()) * held)) / spread
    return float(held.mean()), slope, sigma / math.sqrt(spread)
