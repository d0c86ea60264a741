"""Quality flags: each quantity of a sample against its limit.

The limits are configuration (``limits.toml``), with the source of each; whether the limit itself
passes is written there (``least`` and ``most`` include it, ``above`` and ``below`` do not). A
quantity that cannot be had makes a flag that was not checked (``passed`` None), never a pass.

Sources: flags of the IDC's reports as its public report generator and a SAMPML 0.5 document of
2008 show them; open-spex 1.0.7; our own where the limit says "chosen". Two defects of the IDC's
routines of 2009 are avoided: the acquisition flag there tests the collection time, and a noble
gas flag tests ``x > max and x < min``.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from vigie.errors import ParameterError
from vigie.radionuclide.judge.recipe import read_recipe, shipped
from vigie.records.nuclide_result import QualityFlag

if TYPE_CHECKING:
    from collections.abc import Mapping

NEVER = math.inf
"""Value of a gap that has no beginning: there is no previous sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagLimit:
    """What a quantity has to be.

    Raises
    ------
    ParameterError
        No bound is given, or two on one side.
    """

    unit: str
    source: str
    least: float | None = None
    """Passes where the value is this or more."""
    above: float | None = None
    """Passes where the value is more."""
    most: float | None = None
    below: float | None = None

    def __post_init__(self) -> None:
        lows, highs = (self.least, self.above), (self.most, self.below)
        sides = [sum(x is not None for x in side) for side in (lows, highs)]
        if max(sides) > 1 or sum(sides) == 0:
            raise ParameterError(
                name="limit", value=str((lows, highs)), expected="one bound per side, at least one"
            )

    def holds(self, value: float) -> bool:
        """Tell whether a value passes; NaN does not."""
        return (
            (self.least is None or value >= self.least)
            and (self.above is None or value > self.above)
            and (self.most is None or value <= self.most)
            and (self.below is None or value < self.below)
            and not math.isnan(value)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagLimits:
    """All limits, by technology and name of the flag."""

    version: str
    date: datetime.date
    particulate: dict[str, FlagLimit]
    noble_gas: dict[str, FlagLimit]


@cache
def default_limits() -> FlagLimits:
    """Return the limits that come with the package."""
    return load_limits(shipped("limits.toml"), where="limits.toml")


def load_limits(text: str, *, where: str = "limits") -> FlagLimits:
    """Read limits from TOML.

    Raises
    ------
    ParameterError
        A key is unknown, missing or of the wrong kind.

    Examples
    --------
    >>> default_limits().particulate["ba140_mdc"].below
    30.0
    """
    return read_recipe(FlagLimits, text, where=where)


def check(
    limits: Mapping[str, FlagLimit], quantities: Mapping[str, float | None]
) -> tuple[QualityFlag, ...]:
    """Check quantities against limits, in the order of the limits.

    Parameters
    ----------
    limits : mapping of name to FlagLimit
    quantities : mapping of name to value
        In the unit of the limit; None where it could not be had.

    Raises
    ------
    ParameterError
        A limit names a quantity that is not among those given.

    Examples
    --------
    >>> limit = {"flow_rate": FlagLimit(unit="m3/h", source="", above=500.0)}
    >>> [check(limit, {"flow_rate": v})[0].passed for v in (500.0, 500.1, None)]
    [False, True, None]
    """
    if unknown := sorted(set(limits) - set(quantities)):
        raise ParameterError(
            name="limits",
            value=", ".join(unknown),
            expected=f"is no flag; known: {', '.join(sorted(quantities))}",
        )
    return tuple(_flag(name, limit, quantities[name]) for name, limit in limits.items())


def _flag(name: str, limit: FlagLimit, value: float | None) -> QualityFlag:
    known = value is not None and not math.isnan(value)
    return QualityFlag(
        name=name,
        passed=limit.holds(value) if known and value is not None else None,
        value=value if value is not None and math.isfinite(value) else None,
        unit=limit.unit,
        low=limit.least if limit.above is None else limit.above,
        high=limit.most if limit.below is None else limit.below,
        low_included=limit.above is None,
        high_included=limit.below is None,
    )
