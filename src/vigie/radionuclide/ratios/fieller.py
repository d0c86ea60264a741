"""The set of ratios of two quantities, at least 0, that two correlated normal estimates allow.

What it computes: the ratios r of which (x2 - r x1)^2 <= k^2 (s22 - 2 r s12 + r^2 s11), Fieller's
set, with k^2 replaced near zero by Feldman and Cousins' acceptance (``bounded_ratio``): both far
above 0 it is Fieller's with k = 1.96. A numerator that is not detected (at most 1.645 standard
errors) leaves 0 in the set (``upper``), such a denominator infinity (``lower``); both leave
everything, or everything but an interval (``exclusive``). An estimate below 0 counts as 0, as in
intervals of single nuclides: what fluctuates far below says no more than what is not there.
Source: E. C. Fieller, J. R. Stat. Soc. B 16 (1954) 175; sheet 8.3. Assumes normal errors with
known covariance. Accuracy: at least 95 % hold the truth, table in docs/methods/isotope-ratios.md;
of several gaps within a set the widest or none is told. Cost: 1 ms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, hypot, log, sqrt

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.radionuclide.ratios.bounded_ratio import (
    LEVEL,
    chance_beyond,
    ratio_at,
    seen_from,
    whole_angle,
)
from vigie.records import RatioKind

K_TWO_SIDED, K_ONE_SIDED = 1.959963984540054, 1.6448536269514722
"""95 % points of the normal law."""
FloatArray = NDArray[np.float64]
_FARTHEST = 0.85
"""Logarithm of an end over the value at which a scale error q = 1.96 u widens by 1/sqrt(1 - q^2),
as of an estimate of zero in ``reported_interval``, within 1 % up to q = 0.5."""
_LOOKED = 256
"""Rays looked at before ends are made exact."""
_CUTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioSet:
    """The ratios that data allow."""

    kind: RatioKind
    value: float | None
    """None where the denominator is not above 0."""
    low: float | None = None
    high: float | None = None

    def scaled(self, factor: float) -> RatioSet:
        """Return the set with all ratios times a factor."""

        def times(one: float | None) -> float | None:
            return None if one is None else one * factor

        return RatioSet(
            kind=self.kind, value=times(self.value), low=times(self.low), high=times(self.high)
        )

    def with_scale_error(self, relative: float) -> RatioSet:
        """Return the set with an independent relative standard error of the ratio's scale.

        Efficiencies and shares of decays scale both activities. In the logarithm the distance of
        each end from the value, and 1.96 times the error, add in squares; an end farther off
        than ``_FARTHEST``, or without a value above 0, moves as one at that distance. What a set
        leaves out at 0 or infinity it still does.

        Examples
        --------
        >>> wider = RatioSet(kind=RatioKind.BOUNDED, value=1.0, low=0.9, high=1.1)
        >>> wider = wider.with_scale_error(0.1)
        >>> round(wider.low, 3), round(wider.high, 3)
        (0.8, 1.244)
        """

        def moved(end: float | None, sign: float) -> float | None:
            if end is None or end <= 0.0:
                return end
            distance = abs(log(end / self.value)) if self.value else _FARTHEST
            distance = min(distance, _FARTHEST)
            return end * exp(sign * (hypot(distance, K_TWO_SIDED * relative) - distance))

        return replace(self, low=moved(self.low, -1.0), high=moved(self.high, 1.0))


@dataclass(frozen=True, slots=True)
class _Wedge:
    """Estimates as seen from the corner of the physical region (``bounded_ratio``)."""

    size: float
    angle: float
    whole: float

    def allows(self, angles: FloatArray) -> NDArray[np.bool_]:
        away = self.angle - angles
        chance = chance_beyond(
            self.size * np.sin(away), self.size * np.cos(away), angles, self.whole - angles
        )
        return np.asarray(chance >= LEVEL)

    def end(self, left_out: float, held: float) -> float:
        """Return the angle at which a set begins, from one outside to one inside."""
        for _ in range(_CUTS):
            between = np.linspace(left_out, held, _LOOKED + 1)
            first = max(int(np.argmax(self.allows(between))), 1)
            left_out, held = float(between[first - 1]), float(between[first])
        return held


def fieller_set(
    numerator: float, denominator: float, *, covariance: tuple[float, float, float]
) -> RatioSet:
    """Return the 95 % set of ratios numerator/denominator, both of which are at least 0.

    Parameters
    ----------
    numerator, denominator : float
        Estimates; may be below 0.
    covariance : tuple of float
        Variance of the numerator, covariance, variance of the denominator.

    Raises
    ------
    ParameterError
        A variance is negative, or the covariance larger than they allow.

    Examples
    --------
    >>> found = fieller_set(2.0, 10.0, covariance=(0.04, 0.0, 0.25))
    >>> found.kind.value, round(found.low, 3), round(found.high, 3)
    ('bounded', 0.158, 0.246)
    >>> found = fieller_set(-1.7, 10.0, covariance=(1.0, 0.0, 0.25))
    >>> found.kind.value, round(found.high, 3)
    ('upper', 0.197)
    """
    s22, s12, s11 = covariance
    if s22 < 0.0 or s11 < 0.0 or s12 * s12 > s11 * s22 * (1.0 + 1e-9):
        raise ParameterError(
            name="covariance", value=str(covariance), expected="a positive semidefinite matrix"
        )
    value = max(numerator, 0.0) / denominator if denominator > 0.0 else None
    top, bottom = max(numerator, 0.0), max(denominator, 0.0)
    # What has no error at all has a billionth of itself.
    s2 = max(sqrt(s22), 1e-9 * top, 1e-150)
    s1 = max(sqrt(s11), 1e-9 * bottom, 1e-150)
    correlation = s12 / (s1 * s2)
    size, angle = seen_from(np.array(top / s2), np.array(bottom / s1), correlation)
    wedge = _Wedge(float(size), float(angle), whole_angle(correlation))
    return replace(_set_of(wedge).scaled(s2 / s1), value=value)


def _set_of(wedge: _Wedge) -> RatioSet:
    """Return the set, of ratios in units of the ratio of standard errors."""
    nearest = min(max(wedge.angle, 0.0), wedge.whole)
    angles = np.sort(np.append(np.linspace(0.0, wedge.whole, _LOOKED), nearest))
    held = np.flatnonzero(wedge.allows(angles))
    first, last = int(held[0]), int(held[-1])

    def end(outside: int, inside: int) -> float:
        return ratio_at(wedge.end(float(angles[outside]), float(angles[inside])), wedge.whole)

    if first > 0 or last < len(angles) - 1:
        low = end(first - 1, first) if first > 0 else None
        high = end(last + 1, last) if last < len(angles) - 1 else None
        kind = RatioKind.BOUNDED if low is not None else RatioKind.UPPER
        return RatioSet(
            kind=kind if high is not None else RatioKind.LOWER, value=None, low=low, high=high
        )
    gap = int(np.argmax(np.diff(held)))
    before, after = int(held[gap]), int(held[gap + 1])
    if after == before + 1:
        return RatioSet(kind=RatioKind.UNBOUNDED, value=None)
    return RatioSet(
        kind=RatioKind.EXCLUSIVE,
        value=None,
        low=end(before + 1, before),
        high=end(after - 1, after),
    )
