"""The rules of categorisation as configuration: dated, versioned, checked."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from vigie.errors import ParameterError
from vigie.radionuclide.judge.recipe import read_recipe, shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVELS = ("1", "2", "3", "4", "5")
"""Of particulate samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryLists:
    """Names of lists of the table of nuclides."""

    relevant: tuple[str, ...]
    fission: tuple[str, ...]
    natural: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryThresholds:
    """Numbers of the decision; comments in ``categories.toml``."""

    natural_rate: float
    anthropogenic_rate: float
    usual_detections: int
    least_significance: float
    least_probability: float
    least_half_life_s: float
    count_daughters: bool
    gas_rate: float
    gas_history_days: float

    def __post_init__(self) -> None:
        rates = {
            name: getattr(self, name) for name in ("natural_rate", "anthropogenic_rate", "gas_rate")
        }
        _check({k: v for k, v in rates.items() if not 0.0 < v < 1.0}, "a chance above 0, below 1")
        sizes = {
            name: getattr(self, name)
            for name in ("least_significance", "least_half_life_s", "gas_history_days")
        }
        _check({k: v for k, v in sizes.items() if not 0.0 <= v < math.inf}, "0 or more, finite")
        if self.usual_detections < 1:
            _check({"usual_detections": self.usual_detections}, "1 or more")
        if not 0.0 <= self.least_probability <= 1.0:
            _check({"least_probability": self.least_probability}, "from 0 to 1")


def _check(wrong: Mapping[str, float], expected: str) -> None:
    for name, value in wrong.items():
        raise ParameterError(name=f"thresholds.{name}", value=f"{value:g}", expected=expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRule:
    """A level and the fewest nuclides of each kind that it asks for.

    Raises
    ------
    ParameterError
        The level is none of particulate samples, or a number is below 0.
    """

    id: str
    level: str
    unusual_relevant: int = 0
    unusual_fission: int = 0
    relevant: int = 0
    unusual_natural: int = 0

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            expected = f"one of {', '.join(LEVELS)}"
            raise ParameterError(name=f"rules.{self.id}.level", value=self.level, expected=expected)
        least = min(
            self.unusual_relevant, self.unusual_fission, self.relevant, self.unusual_natural
        )
        if least < 0:
            raise ParameterError(name=f"rules.{self.id}", value=str(least), expected="0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class NuclideNote:
    """What is known of a nuclide everywhere or at a station."""

    nuclide: str
    cause: str
    """``medical``, ``cosmic``, ``resuspension``, ``shield``, ``reactor`` or a name of a source."""
    station: str = ""
    """Empty for every station."""
    from_date: datetime.date | None = None
    to_date: datetime.date | None = None
    """Last day on which it holds."""
    counts: bool = True
    """Whether the nuclide counts towards a level."""
    rate: float | None = None
    """Chance of exceedance instead of the general one."""

    def holds(self, station: str, day: datetime.date | None) -> bool:
        """Tell whether the note is of a station and a day."""
        if self.station not in ("", station):
            return False
        if day is None:
            return self.from_date is None and self.to_date is None
        return (self.from_date is None or day >= self.from_date) and (
            self.to_date is None or day <= self.to_date
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRecipe:
    """All of a rules file.

    Raises
    ------
    ParameterError
        No rule holds for every sample, or two have the same id.
    """

    version: str
    date: datetime.date
    source: str
    lists: CategoryLists
    thresholds: CategoryThresholds
    rules: tuple[CategoryRule, ...]
    nuclides: tuple[NuclideNote, ...] = ()

    def __post_init__(self) -> None:
        ids = [rule.id for rule in self.rules]
        if len(set(ids)) < len(ids):
            raise ParameterError(name="rules", value=", ".join(ids), expected="one rule per id")
        last = self.rules[-1] if self.rules else None
        if last is None or any(
            (last.unusual_relevant, last.unusual_fission, last.relevant, last.unusual_natural)
        ):
            raise ParameterError(
                name="rules",
                value="".join(ids[-1:]),
                expected="the last rule must hold for every sample",
            )

    def note(self, nuclide: str, station: str, day: datetime.date | None) -> NuclideNote | None:
        """Return what is known of a nuclide: of the station before of all."""
        held = [n for n in self.nuclides if n.nuclide == nuclide and n.holds(station, day)]
        return max(held, key=lambda n: n.station != "", default=None)


@cache
def default_recipe() -> CategoryRecipe:
    """Return the rules that come with the package."""
    return load_recipe(shipped("categories.toml"), where="categories.toml")


def load_recipe(text: str, *, where: str = "categories") -> CategoryRecipe:
    """Read rules from TOML.

    Raises
    ------
    ParameterError
        A key is unknown, missing or of the wrong kind, or the rules do not hold together.

    Examples
    --------
    >>> [rule.level for rule in default_recipe().rules]
    ['5', '4', '3', '2', '1']
    """
    recipe = read_recipe(CategoryRecipe, text, where=where)
    _check_names(recipe, where)
    return recipe


def _check_names(recipe: CategoryRecipe, where: str) -> None:
    """Refuse lists and nuclides that the table does not know: they would silently not apply."""
    from vigie.errors import UnknownModelError, UnknownNuclideError
    from vigie.facts.nuclides import normal_name, nuclide, nuclide_list

    lists = recipe.lists
    for name in (*lists.relevant, *lists.fission, *lists.natural):
        try:
            nuclide_list(name)
        except UnknownModelError as error:
            raise ParameterError(name=f"{where}: lists", value=name, expected=str(error)) from error
    for note in recipe.nuclides:
        try:
            nuclide(note.nuclide)
            spelled = normal_name(note.nuclide)
        except UnknownNuclideError as error:
            place = f"{where}: nuclides"
            raise ParameterError(name=place, value=note.nuclide, expected=str(error)) from error
        if spelled != note.nuclide:
            expected = f"spelled {spelled}"
            raise ParameterError(name=f"{where}: nuclides", value=note.nuclide, expected=expected)
