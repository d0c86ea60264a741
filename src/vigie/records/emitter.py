"""Known emitters: facilities that release radionuclides in the course of their work."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vigie.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class Emitter:
    """What one facility releases of one nuclide: log-normal from period to period.

    Raises
    ------
    ParameterError
        A place, an amount or a time makes no sense.
    """

    name: str
    kind: str = ""
    """``isotope_producer``, ``power_reactor``, ``research_reactor``; empty where not stated."""
    latitude: float
    longitude: float
    nuclide: str
    median_bq_per_day: float | None
    """Of the release; None where no figure is known: it is then named, and not counted."""
    spread: float = 1.0
    """Geometric standard deviation, at least 1, from one period to the next."""
    holds_days: float = 1.0
    """Length of a period, within which the release is even; periods are independent."""
    from_ns: int | None = None
    """When it began to release; None where open."""
    to_ns: int | None = None
    source: str = ""
    """Where the figures come from, with the year."""

    def __post_init__(self) -> None:
        if not (abs(self.latitude) <= 90.0 and abs(self.longitude) <= 360.0):
            where = f"{self.latitude} {self.longitude}"
            raise ParameterError(name="place", value=where, expected="within 90 and 360 deg")
        if self.median_bq_per_day is not None and not 0.0 < self.median_bq_per_day < math.inf:
            value = self.median_bq_per_day
            raise ParameterError(name="median_bq_per_day", value=value, expected="above 0")
        if not 1.0 <= self.spread < math.inf:
            raise ParameterError(name="spread", value=self.spread, expected="at least 1")
        if not 0.0 < self.holds_days < math.inf:
            raise ParameterError(name="holds_days", value=self.holds_days, expected="above 0")
        if self.from_ns is not None and self.to_ns is not None and self.from_ns >= self.to_ns:
            raise ParameterError(name="to_ns", value=self.to_ns, expected="after from_ns")
