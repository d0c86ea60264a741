"""Where a sample stands to the lines that part explosions from reactors.

What it computes: for each line y = K x^m in a plane of two isotopic ratios, whether all pairs of
ratios that the data allow lie on one side. y < K x^m is the side of explosions. Source: M. B.
Kalinowski and others, Pure Appl. Geophys. 167 (2010) 517, values as coded in open-spex 1.0.7.
``assumption``: two of the lines were NOT confirmed (a reactor at saturation falls on the side of
explosions); they are marked, and nothing should be concluded from them before the paper was read.
Accuracy: the lines themselves. Cost: none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from vigie.records import IsotopeRatio, RatioKind

if TYPE_CHECKING:
    from collections.abc import Iterable

Pair = tuple[str, str]


class Side(StrEnum):
    """Side of a line on which all ratios allowed lie."""

    EXPLOSION = "explosion"
    REACTOR = "reactor"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscriminationLine:
    """y = K x^m."""

    y: Pair
    """Numerator and denominator."""
    x: Pair
    factor: float
    exponent: float
    confirmed: bool

    def at(self, x: float) -> float:
        """Return y of the line at x >= 0."""
        return float(self.factor * x**self.exponent)


LINES = (
    DiscriminationLine(
        y=("Xe-135", "Xe-133"),
        x=("Xe-133m", "Xe-131m"),
        factor=1e-6,
        exponent=4.4388,
        confirmed=True,
    ),
    DiscriminationLine(
        y=("Xe-135", "Xe-131m"),
        x=("Xe-133", "Xe-131m"),
        factor=3.78e-22,
        exponent=9.0774,
        confirmed=True,
    ),
    DiscriminationLine(
        y=("Xe-135", "Xe-133m"),
        x=("Xe-135", "Xe-131m"),
        factor=0.2,
        exponent=0.7996,
        confirmed=True,
    ),
    DiscriminationLine(
        y=("Xe-133m", "Xe-133"),
        x=("Xe-133m", "Xe-131m"),
        factor=2e-2,
        exponent=0.6972,
        confirmed=False,
    ),
    DiscriminationLine(
        y=("Xe-135", "Xe-133"),
        x=("Xe-133m", "Xe-133"),
        factor=3.27e15,
        exponent=9.7847,
        confirmed=False,
    ),
)
"""The first is that of the four-isotope plot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineVerdict:
    """One line and the side of a sample."""

    line: DiscriminationLine
    side: Side


def discriminate(
    ratios: Iterable[IsotopeRatio], *, lines: tuple[DiscriminationLine, ...] = LINES
) -> tuple[LineVerdict, ...]:
    """Judge a sample by each line of which it has both ratios."""
    by_pair = {(one.numerator, one.denominator): one for one in ratios}
    return tuple(
        LineVerdict(line=line, side=_side(line, by_pair[line.x], by_pair[line.y]))
        for line in lines
        if line.x in by_pair and line.y in by_pair
    )


def _side(line: DiscriminationLine, x: IsotopeRatio, y: IsotopeRatio) -> Side:
    x_low, x_high = allowed_range(x)
    y_low, y_high = allowed_range(y)
    # The line rises, so the corners decide.
    if y_high is not None and y_high < line.at(x_low):
        return Side.EXPLOSION
    if x_high is not None and y_low > line.at(x_high):
        return Side.REACTOR
    return Side.UNDECIDED


def allowed_range(ratio: IsotopeRatio) -> tuple[float, float | None]:
    """Return least and greatest ratio allowed; None: no upper end."""
    if ratio.kind is RatioKind.BOUNDED:
        return ratio.low or 0.0, ratio.high
    if ratio.kind is RatioKind.LOWER:
        return ratio.low or 0.0, None
    return 0.0, ratio.high if ratio.kind is RatioKind.UPPER else None
