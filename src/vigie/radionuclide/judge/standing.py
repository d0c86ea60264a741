"""How one detected nuclide stands: natural or relevant, usual or not, and why."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from vigie.radionuclide.judge.observation import LONG_HISTORY, observation
from vigie.records.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.radionuclide.judge.baseline import Baseline
    from vigie.radionuclide.judge.category_rules import CategoryRecipe, NuclideNote
    from vigie.records.nuclide_result import NuclideResult, SampleAnalysis


class Kind(StrEnum):
    """What a nuclide is to the treaty."""

    NATURAL = "natural"
    RELEVANT = "relevant"
    OTHER = "other"
    """In no list of the rules: neither natural nor relevant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a detected nuclide counts, with the numbers."""

    nuclide: str
    kind: Kind
    fission: bool
    unusual: bool
    told_by_history: bool
    """Whether it is unusual by a history that is long enough to tell."""
    counts: bool
    """Whether it counts towards a level."""
    chance: float | None
    """That an ordinary sample of the station holds as much; None without history."""
    limit: float | None
    """Upper end of the usual range, in the unit of histories."""
    n_history: int
    """Earlier samples that the judgement rests on."""
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NuclideLists:
    """Members of the lists that rules name."""

    relevant: frozenset[str]
    fission: frozenset[str]
    natural: frozenset[str]

    def kind(self, nuclide: str) -> Kind:
        """Return what a nuclide is; natural wins where lists overlap."""
        if nuclide in self.natural:
            return Kind.NATURAL
        return Kind.RELEVANT if nuclide in self.relevant else Kind.OTHER


def nuclide_lists(recipe: CategoryRecipe) -> NuclideLists:
    """Return the members of the lists that a recipe names, from the table of nuclides."""
    from vigie.facts.nuclides import nuclide_list

    names = recipe.lists
    return NuclideLists(
        relevant=frozenset(n for one in names.relevant for n in nuclide_list(one)),
        fission=frozenset(n for one in names.fission for n in nuclide_list(one)),
        natural=frozenset(n for one in names.natural for n in nuclide_list(one)),
    )


def standings(
    analysis: SampleAnalysis,
    baselines: Mapping[str, Baseline],
    recipe: CategoryRecipe,
    lists: NuclideLists,
) -> tuple[Standing, ...]:
    """Return how each detected nuclide stands, by name.

    Parameters
    ----------
    analysis : SampleAnalysis
    baselines : mapping of nuclide to Baseline
        Of this detector, learned from samples before this one.
    recipe : CategoryRecipe
    lists : NuclideLists
    """
    found = {one.nuclide: one for one in analysis.main_results if one.detected}
    n_natural = sum(lists.kind(name) is Kind.NATURAL for name in found)
    rates = {
        Kind.NATURAL: 1.0 - (1.0 - recipe.thresholds.natural_rate) ** (1.0 / max(n_natural, 1)),
        Kind.RELEVANT: recipe.thresholds.anthropogenic_rate,
        Kind.OTHER: recipe.thresholds.anthropogenic_rate,
    }
    return tuple(
        _standing(analysis, found[name], baselines.get(name), recipe, lists, rates)
        for name in sorted(found)
    )


def _standing(
    analysis: SampleAnalysis,
    result: NuclideResult,
    baseline: Baseline | None,
    recipe: CategoryRecipe,
    lists: NuclideLists,
    rates: Mapping[Kind, float],
) -> Standing:
    kind = lists.kind(result.nuclide)
    note = recipe.note(result.nuclide, analysis.station, _day(analysis))
    rate = note.rate if note is not None and note.rate is not None else rates[kind]
    one = observation(analysis, result.nuclide)
    known = baseline if baseline is not None and not baseline.short and one is not None else None
    chance = known.chance(one) if known is not None and one is not None else None
    limit = known.limit(one.time_ns, rate) if known is not None and one is not None else None
    # What is told beside the limit is in the limit's unit, that of the history.
    told = (
        result if one is None else replace(result, concentration=one.concentration, unit=one.unit)
    )
    unusual, reasons = _usual(told, kind, baseline, recipe, (chance, limit, rate))
    counts, doubts = _counts(result, kind, note, recipe, unusual=unusual)
    kept = _kept_by(analysis, result, recipe)
    if kept is not None:
        counts, doubts = False, [kept]
    return Standing(
        nuclide=result.nuclide,
        kind=kind,
        fission=result.nuclide in lists.fission,
        unusual=unusual,
        # What a detected parent keeps is told with the parent.
        told_by_history=unusual and kept is None and _long(baseline, chance, kind, recipe),
        counts=counts,
        chance=chance,
        limit=limit,
        n_history=baseline.n_samples if baseline is not None else 0,
        reasons=tuple(doubts) if kept is not None else (*reasons, *doubts),
    )


def _long(
    baseline: Baseline | None, chance: float | None, kind: Kind, recipe: CategoryRecipe
) -> bool:
    """Tell whether a history can say that a nuclide is unusual: of few samples every one is."""
    if baseline is None:
        return False
    rarely = kind is not Kind.NATURAL and baseline.n_detected < recipe.thresholds.usual_detections
    return baseline.n_samples >= LONG_HISTORY if rarely else chance is not None


def _kept_by(
    analysis: SampleAnalysis, result: NuclideResult, recipe: CategoryRecipe
) -> Reason | None:
    """Return why a daughter of a detected nuclide is no second one; None where it is its own."""
    parent = analysis.nuclide(result.supported_by) if result.supported_by else None
    if parent is None or not parent.detected or recipe.thresholds.count_daughters:
        return None
    return Reason.of("category.kept_by", nuclide=result.nuclide, parent=result.supported_by)


def _day(analysis: SampleAnalysis) -> date | None:
    start = analysis.collection_start_ns
    return None if start is None else datetime.fromtimestamp(start / 1e9, tz=UTC).date()


def _usual(
    result: NuclideResult,
    kind: Kind,
    baseline: Baseline | None,
    recipe: CategoryRecipe,
    numbers: tuple[float | None, float | None, float],
) -> tuple[bool, list[Reason]]:
    chance, limit, rate = numbers
    seen = baseline.n_detected if baseline is not None else 0
    n = baseline.n_samples if baseline is not None else 0
    if kind is not Kind.NATURAL and seen < recipe.thresholds.usual_detections:
        rarely = Reason.of("category.rarely_seen", nuclide=result.nuclide, seen=seen, n=n)
        return True, [rarely if n else Reason.of("category.no_history", nuclide=result.nuclide)]
    if chance is None:
        short = Reason.of("category.short_history", nuclide=result.nuclide, n=n)
        # A natural nuclide is everywhere: usual until there is a history, and told with others.
        return (False, []) if kind is Kind.NATURAL else (True, [short])
    numbers_told: dict[str, str | float] = {
        "nuclide": result.nuclide,
        "concentration": math.nan if result.concentration is None else result.concentration,
        "unit": result.unit,
        "chance_percent": 100.0 * chance,
        "n": n,
    }
    if chance >= rate:
        return False, [Reason.of("category.in_range", **numbers_told)]
    if limit is not None and limit > 0.0:
        return True, [Reason.of("category.above_range", **numbers_told, limit=limit)]
    return True, [Reason.of("category.above_all", **numbers_told)]


def _counts(
    result: NuclideResult,
    kind: Kind,
    note: NuclideNote | None,
    recipe: CategoryRecipe,
    *,
    unusual: bool,
) -> tuple[bool, list[Reason]]:
    """Decide whether a nuclide counts, and say what speaks against it or explains it."""
    thresholds, name = recipe.thresholds, result.nuclide
    if kind is Kind.OTHER:
        return False, [Reason.of("category.not_listed", nuclide=name)]
    reasons: list[Reason] = []
    if note is not None:
        code = "category.explained" if note.counts else "category.left_out"
        reasons.append(Reason.of(code, nuclide=name, cause=note.cause))
        if not note.counts:
            return False, reasons
    if kind is Kind.NATURAL:
        return True, reasons
    half_life = None if result.supported_by else result.half_life_s
    if half_life is not None and half_life < thresholds.least_half_life_s:
        short = Reason.of("category.too_short_lived", nuclide=name, half_life_s=half_life)
        return False, [*reasons, short]
    doubt = _doubt(result, recipe) if unusual else None
    return doubt is None, reasons if doubt is None else [*reasons, doubt]


def _doubt(result: NuclideResult, recipe: CategoryRecipe) -> Reason | None:
    """Return why a nuclide not usual at the station is too uncertain to count, if it is."""
    thresholds = recipe.thresholds
    sigma = result.activity_sigma_bq or 0.0
    sigmas = (result.activity_bq or 0.0) / sigma if sigma > 0.0 else math.inf
    if sigmas < thresholds.least_significance:
        return Reason.of(
            "category.too_weak",
            nuclide=result.nuclide,
            sigmas=sigmas,
            needed=thresholds.least_significance,
        )
    if result.probability is not None and result.probability < thresholds.least_probability:
        return Reason.of(
            "category.uncertain_identity",
            nuclide=result.nuclide,
            percent=100.0 * result.probability,
            needed=100.0 * thresholds.least_probability,
        )
    return None
