"""Background of a station: what a nuclide usually is there, by season.

What it computes: median, quantiles with confidence limits, share of detections and rate of
exceedance of a limit, of the whole history and of each season, non-detects censored
(``censored``). Rates have exact (Clopper-Pearson) limits: Biometrika 26 (1934) 404.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from vigie.radionuclide.judge.censored import CensoredDistribution, kaplan_meier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.radionuclide.judge.observation import Observation

SEASONS = {"DJF": (12, 1, 2), "MAM": (3, 4, 5), "JJA": (6, 7, 8), "SON": (9, 10, 11)}
"""Months of the meteorological seasons, by the initials usual in the field."""
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95, 0.975, 0.99)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantileEstimate:
    """A quantile with limits; None where it lies below what is detected."""

    probability: float
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateEstimate:
    """A share of samples with its 95 % limits."""

    n: int
    """Of the kind, of ``of`` in all."""
    of: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BackgroundStatistics:
    """Background of one nuclide over the whole history or one season."""

    season: str
    """``all``, ``DJF``, ``MAM``, ``JJA`` or ``SON``."""
    detections: RateEstimate
    quantiles: tuple[QuantileEstimate, ...]
    exceedance: RateEstimate | None
    """Of the limit that was asked for; None without one."""
    first_ns: int
    last_ns: int

    def quantile(self, probability: float) -> float | None:
        """Return a quantile; None where it is not known."""
        return next((q.value for q in self.quantiles if q.probability == probability), None)


def background_statistics(
    samples: Sequence[Observation], *, limit: float | None = None, fewest: int = 5
) -> tuple[BackgroundStatistics, ...]:
    """Return the background of a nuclide: of the whole history, then of each season.

    Parameters
    ----------
    samples : sequence of Observation
        Of one nuclide and detector; those without value or limit, and those of known events, are
        left out.
    limit : float, optional
        Whose rate of exceedance is wanted, in the unit of the concentrations.
    fewest : int
        Samples below which nothing is said of a season.
    """
    used = [o for o in samples if o.usable and not o.excluded]
    groups = {"all": used}
    for season, months in SEASONS.items():
        groups[season] = [o for o in used if _month(o.time_ns) in months]
    return tuple(
        _statistics(season, group, limit)
        for season, group in groups.items()
        if len(group) >= fewest
    )


def binomial_rate(n: int, of: int, confidence: float = 0.95) -> RateEstimate:
    """Return a share with exact limits.

    Examples
    --------
    >>> r = binomial_rate(0, 10)
    >>> r.low, round(r.high, 4)
    (0.0, 0.3085)
    """
    from scipy.special import betaincinv

    half = (1.0 - confidence) / 2.0
    low = float(betaincinv(n, of - n + 1, half)) if n > 0 else 0.0
    high = float(betaincinv(n + 1, of - n, 1.0 - half)) if n < of else 1.0
    return RateEstimate(n=n, of=of, rate=n / of, low=low, high=high)


def _statistics(
    season: str, group: Sequence[Observation], limit: float | None
) -> BackgroundStatistics:
    detected = np.array([o.detected for o in group])
    values = np.array([float((o.concentration if o.detected else o.limit) or 0.0) for o in group])
    law = kaplan_meier(values, detected)
    over = None
    if limit is not None:
        over = binomial_rate(int(np.sum(values[detected] > limit)), len(group))
    return BackgroundStatistics(
        season=season,
        detections=binomial_rate(int(detected.sum()), len(group)),
        quantiles=tuple(_quantile(law, p) for p in QUANTILES),
        exceedance=over,
        first_ns=min(o.time_ns for o in group),
        last_ns=max(o.time_ns for o in group),
    )


def _quantile(law: CensoredDistribution, probability: float) -> QuantileEstimate:
    low, high = law.quantile_limits(probability)
    return QuantileEstimate(
        probability=probability, value=law.quantile(probability), low=low, high=high
    )


def _month(time_ns: int) -> int:
    return datetime.fromtimestamp(time_ns / 1e9, tz=UTC).month
