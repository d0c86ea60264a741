"""The rules of categorisation as configuration: dated, versioned, checked."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache

from vigie.errors import ParameterError
from vigie.radionuclide.judge.recipe import read_recipe, shipped


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
        rates = (self.natural_rate, self.anthropogenic_rate, self.gas_rate)
        if not all(0.0 < rate < 1.0 for rate in rates):
            raise ParameterError(name="thresholds", value=str(rates), expected="rates in (0, 1)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRule:
    """A level and the fewest nuclides of each kind that it asks for."""

    id: str
    level: str
    unusual_relevant: int = 0
    unusual_fission: int = 0
    relevant: int = 0
    unusual_natural: int = 0


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
    return read_recipe(CategoryRecipe, text, where=where)
