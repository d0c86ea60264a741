"""Decay before, during and after counting, as noble-gas methods need it.

What it computes: counts per becquerel; ingrowth of Xe-133 from Xe-133m; concentration from
activity. Source: A. Axelsson and A. Ringbom, Appl. Radiat. Isot. 92 (2014) 12-17, equation 15
(ingrowth); the rest is the law of decay. Assumes a constant concentration during collection and one
dead time during a measurement. Accuracy: the published ingrowth factors to 6 digits. Cost:
microseconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from vigie.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """Real and live time of a measurement, s."""

    real_s: float
    live_s: float

    def __post_init__(self) -> None:
        if not 0.0 < self.live_s <= self.real_s * (1.0 + 1e-9):
            raise ParameterError(
                name="live_s",
                value=self.live_s,
                expected=f"above 0, at most {self.real_s} s (real)",
            )


def effective_s(decay_per_s: float, counting: Counting) -> float:
    """Return decays counted per becquerel at the start of the measurement, s.

    Examples
    --------
    >>> round(effective_s(1e-12, Counting(real_s=100.0, live_s=90.0)), 6)
    90.0
    """
    exponent = decay_per_s * counting.real_s
    mean = -math.expm1(-exponent) / exponent if exponent > 1e-12 else 1.0
    return counting.live_s * mean


def ingrowth_in_activity(parent_per_s: float, daughter_per_s: float, real_s: float) -> float:
    """Return the apparent activity of the daughter per activity of the parent (xi_A).

    Both at the start of the measurement, in which the parent decays into the daughter.

    Examples
    --------
    >>> round(ingrowth_in_activity(3.66326e-6, 1.52956e-6, 50719.17), 7)
    0.0369515
    """
    ratio = daughter_per_s / parent_per_s
    grown = math.expm1(-parent_per_s * real_s) / math.expm1(-daughter_per_s * real_s)
    return daughter_per_s / (daughter_per_s - parent_per_s) * (ratio * grown - 1.0)


def grown_since(parent_per_s: float, daughter_per_s: float, elapsed_s: float) -> float:
    """Return the activity of the daughter that a becquerel of the parent has become (Bateman).

    Examples
    --------
    >>> round(grown_since(3.66326e-6, 1.52956e-6, 86_400.0), 4)
    0.1057
    """
    lost = math.exp(-daughter_per_s * elapsed_s) - math.exp(-parent_per_s * elapsed_s)
    return daughter_per_s / (parent_per_s - daughter_per_s) * lost


def ingrowth_in_concentration(
    parent_per_s: float, daughter_per_s: float, times_s: tuple[float, float, float]
) -> float:
    """Return the apparent concentration of the daughter per concentration of the parent (xi_C).

    Parameters
    ----------
    times_s : tuple of float
        Lengths of collection, processing and real counting, s.

    Examples
    --------
    >>> round(ingrowth_in_concentration(3.66326e-6, 1.52956e-6, (43174.0, 14455.0, 50719.17)), 7)
    0.0867365
    """
    collect_s, process_s, real_s = times_s
    ratio = daughter_per_s / parent_per_s
    left = math.exp(-(parent_per_s - daughter_per_s) * process_s)
    collected = math.expm1(-parent_per_s * collect_s) / math.expm1(-daughter_per_s * collect_s)
    counted = math.expm1(-parent_per_s * real_s) / math.expm1(-daughter_per_s * real_s)
    return (
        daughter_per_s
        / (daughter_per_s - parent_per_s)
        * (ratio * ratio * collected * left * counted - 1.0)
    )


def concentration_per_activity(
    decay_per_s: float, collect_s: float, process_s: float, volume_m3: float
) -> float:
    """Return the mean concentration (1/m3) of a becquerel at the start of the measurement."""
    exponent = decay_per_s * collect_s
    collected = exponent / -math.expm1(-exponent) if exponent > 1e-12 else 1.0
    return collected * math.exp(decay_per_s * process_s) / volume_m3
