"""Level of a noble gas sample: A to C, the grade G0 to G4, and flags of isotopic ratios.

What it computes: A where no xenon isotope is detected; B where one is, and none lies above the
station's abnormal-concentration limit; C where one does. The limit is a quantile of the isotope's
concentrations at the station over the past year, with non-detects censored and a law of the tail
beyond the ranks (``tail``): a median plus a multiple of the interquartile range cannot hold a
nominal rate on skewed series. The grade is the number of isotopes detected, as open-spex counts
it. Flags of ratios come from the analysis and are told beside, they do not change the level.

Source: three-level scheme of the IDC (CTBT SnT2017, contribution 21851), wording recalled:
``assumption``. open-spex 1.0.7 for the grades.

Accuracy as measured: docs/methods/judgement.md.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from vigie.radionuclide.judge.category_rules import CategoryRecipe, default_recipe
from vigie.radionuclide.judge.observation import Observation, observation
from vigie.radionuclide.judge.tail import UpperTail, upper_tail
from vigie.records.nuclide_result import Category, NuclideResult, SampleAnalysis
from vigie.records.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

XENONS = ("Xe-131m", "Xe-133m", "Xe-133", "Xe-135")
_DAY_NS = 86_400_000_000_000
_FEWEST = 30
"""Samples that a limit needs at all."""


def gas_level(
    analysis: SampleAnalysis,
    histories: Mapping[str, Sequence[Observation]],
    *,
    recipe: CategoryRecipe | None = None,
    ratio_flags: Sequence[Reason] = (),
) -> Category | None:
    """Return the level of a noble gas sample; None where nothing is said of some isotope.

    Parameters
    ----------
    analysis : SampleAnalysis
    histories : mapping of isotope to sequence of Observation
        Of this detector; what lies at or after this sample, and more than a year before, is
        left out.
    recipe : CategoryRecipe, optional
        Its ``gas_rate`` and ``gas_history_days`` count here.
    ratio_flags : sequence of Reason
        What the screening of isotopic ratios says; told beside.
    """
    recipe = recipe or default_recipe()
    if withheld_xenon(analysis):
        return None
    detected = [r for name in XENONS if (r := analysis.nuclide(name)) is not None and r.detected]
    grade = Reason.of("gas.grade", n=len(detected), grade=f"G{len(detected)}")
    judged = [_isotope(analysis, r, histories.get(r.nuclide, ()), recipe) for r in detected]
    above = tuple(r.nuclide for r, (is_above, _) in zip(detected, judged, strict=True) if is_above)
    level = "C" if above else "B" if detected else "A"
    summary = {"A": "gas.none", "B": "gas.usual", "C": "gas.abnormal"}[level]
    if level == "B" and any(r.code == "gas.no_history" for _, told in judged for r in told):
        summary = "gas.unjudged"
    names = ", ".join(r.nuclide for r in detected)
    told = [Reason(summary, (("nuclides", names),) if names else ()), grade]
    reasons = [reason for _, several in judged for reason in several]
    return Category(
        level=level,
        rule=f"noble_gas.{level}",
        rules_version=recipe.version,
        nuclides=above,
        reasons=(*told, *reasons, *ratio_flags),
    )


def withheld_xenon(analysis: SampleAnalysis) -> tuple[str, ...]:
    """Return the isotopes of which the analysis says nothing, not even that they are absent.

    Of a noble gas sample alone: xenon that is on a filter has no part in its level.
    """
    if analysis.technology != "noble_gas":
        return ()
    found = (analysis.nuclide(name) for name in XENONS)
    return tuple(one.nuclide for one in found if one is not None and one.withheld)


def abnormal_limit(
    samples: Sequence[Observation], at_ns: int, recipe: CategoryRecipe | None = None
) -> float | None:
    """Return the concentration that ordinary samples reach with the chance ``gas_rate``.

    None with fewer than 30 samples in the year before ``at_ns``.
    """
    recipe = recipe or default_recipe()
    tail, _ = _law(samples, at_ns, recipe)
    if tail is None:
        return None
    level = tail.level(recipe.thresholds.gas_rate)
    return math.exp(level) if math.isfinite(level) else None


def _isotope(
    analysis: SampleAnalysis,
    result: NuclideResult,
    samples: Sequence[Observation],
    recipe: CategoryRecipe,
) -> tuple[bool, list[Reason]]:
    one = observation(analysis, result.nuclide)
    tail, days = (None, 0.0) if one is None else _law(samples, one.time_ns, recipe)
    if one is None or tail is None or not one.concentration or one.concentration <= 0.0:
        # Without a history nothing is known to be abnormal: said, and left to a person.
        return False, [Reason.of("gas.no_history", nuclide=result.nuclide)]
    rate = recipe.thresholds.gas_rate
    chance, n = tail.chance(math.log(one.concentration)), len(tail.ordered)
    numbers: dict[str, str | float] = {
        "nuclide": result.nuclide,
        "concentration": one.concentration,
        "unit": one.unit,
        "chance_percent": 100.0 * chance,
        "n": n,
    }
    reasons = [Reason.of("gas.above" if chance < rate else "gas.within", **numbers)]
    if days < recipe.thresholds.gas_history_days * 0.95:
        reasons.append(Reason.of("gas.short_history", nuclide=result.nuclide, days=days))
    return chance < rate, reasons


def _law(
    samples: Sequence[Observation], at_ns: int, recipe: CategoryRecipe
) -> tuple[UpperTail | None, float]:
    """Return the law of ln C over the year before, and how many days it spans."""
    since = at_ns - int(recipe.thresholds.gas_history_days * _DAY_NS)
    used = [o for o in samples if since <= o.time_ns < at_ns and o.usable and not o.excluded]
    if len(used) < _FEWEST:
        return None, 0.0
    seen = [math.log(o.concentration) for o in used if o.detected and o.concentration]
    unseen = [math.log(o.limit) for o in used if not o.detected and o.limit]
    days = (at_ns - min(o.time_ns for o in used)) / _DAY_NS
    return upper_tail(np.array(seen), np.array(unseen)), days
