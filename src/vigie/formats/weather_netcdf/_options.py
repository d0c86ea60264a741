"""What a user can say of a file that does not say it itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from vigie.errors import ParameterError, VigieError
from vigie.records import parse_iso

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNITS_S = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "": 3600.0, "d": 86400.0}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")
_LEVEL = re.compile(r"(\d+(?:\.\d+)?)\s*(hPa|Pa|)")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherOptions:
    """How a file is to be read; empty where the file says it.

    Raises
    ------
    ParameterError
        A word is none of those that are understood.
    """

    start: str = ""
    """Time of the first state (2016-01-06T00:00:00Z)."""
    step: str = ""
    """Time between states: ``6h``, ``30m``, ``3600s``."""
    level: str = ""
    """Pressure of fields without a level: ``500hPa``."""
    accumulated: str = ""
    """Over how long before its time each sum is taken: ``1h`` for ERA5."""

    def __post_init__(self) -> None:
        for name in ("start_ns", "step_s", "level_pa", "accumulated_s"):
            getattr(self, name)

    @property
    def start_ns(self) -> int | None:
        """Time of the first state."""
        if not self.start:
            return None
        failure = ""
        try:
            return parse_iso(self.start)
        except VigieError as error:
            failure = str(error)
        raise ParameterError(name="start", value=self.start, expected=failure.rstrip("."))

    @property
    def step_s(self) -> float | None:
        """Seconds between states."""
        return _seconds("step", self.step)

    @property
    def accumulated_s(self) -> float | None:
        """Seconds over which sums are taken."""
        return _seconds("accumulated", self.accumulated)

    @property
    def level_pa(self) -> float | None:
        """Pressure of fields without a level."""
        if not self.level:
            return None
        match = _LEVEL.fullmatch(self.level.strip())
        pressure = float(match[1]) * (1.0 if match[2] == "Pa" else 100.0) if match else 0.0
        if not 1.0 <= pressure <= 110000.0:
            expected = "a pressure such as 500hPa"
            raise ParameterError(name="level", value=self.level, expected=expected)
        return pressure


def options_of(words: Mapping[str, str]) -> WeatherOptions:
    """Return the options of names and words, as the command line has them.

    Raises
    ------
    ParameterError
        A name or word is not known.
    """
    names = [one.name for one in fields(WeatherOptions)]
    for name in words:
        if name not in names:
            raise ParameterError(name="option", value=name, expected=f"one of {', '.join(names)}")
    return WeatherOptions(**words)


def _seconds(name: str, text: str) -> float | None:
    if not text:
        return None
    match = _LENGTH.fullmatch(text.strip())
    seconds = float(match[1]) * _UNITS_S.get(match[2], 0.0) if match else 0.0
    if not 1.0 <= seconds <= 366 * 86400.0:
        raise ParameterError(name=name, value=text, expected="a time such as 6h, 30m or 3600s")
    return seconds
