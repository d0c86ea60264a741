"""Category of a particulate sample: level 1 to 5, by rules in configuration.

What it computes: each detected nuclide is natural or relevant (fission or activation product) and
usual or unusual at its station (``baseline``); the first rule of the recipe whose counts are
reached decides. The category carries the rule's id, the version of the rules and, per nuclide,
the numbers.

Source: the five levels as the IDC's SAMPML documents describe them (1 typical background,
2 anomalous background, 3 typical anthropogenic, 4 anomalous anthropogenic, 5 multiple anomalous
anthropogenic); ``assumption``: the official wording of the combination of two nuclides in level 5
(at least one a fission product) is recalled, and stands in ``categories.toml`` alone.

Assumptions: the identification is right as often as its results say; ``least_significance`` and
``least_probability`` keep a single doubtful nuclide that was never seen there from making a level
4. What was kept out is named among the reasons.

Accuracy as measured: {1, 2} against {3, 4, 5} and false alarms in docs/methods/judgement.md.
Cost: below 1 ms beside the baselines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.radionuclide.judge.category_rules import CategoryRecipe, CategoryRule, default_recipe
from vigie.radionuclide.judge.standing import (
    Kind,
    NuclideLists,
    Standing,
    nuclide_lists,
    standings,
)
from vigie.records.nuclide_result import Category, SampleAnalysis
from vigie.records.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.radionuclide.judge.baseline import Baseline


def categorise(
    analysis: SampleAnalysis,
    baselines: Mapping[str, Baseline],
    *,
    recipe: CategoryRecipe | None = None,
    lists: NuclideLists | None = None,
) -> Category:
    """Return the category of a particulate sample.

    Parameters
    ----------
    analysis : SampleAnalysis
    baselines : mapping of nuclide to Baseline
        Of this detector, learned from samples before this one; may be empty.
    recipe : CategoryRecipe, optional
        By default the rules of the package.
    lists : NuclideLists, optional
        By default those that the recipe names, of the table of nuclides.
    """
    recipe = recipe or default_recipe()
    lists = lists or nuclide_lists(recipe)
    found = standings(analysis, baselines, recipe, lists)
    return decide(analysis, found, recipe)


def decide(analysis: SampleAnalysis, found: Sequence[Standing], recipe: CategoryRecipe) -> Category:
    """Return the category that standings make; the first rule that is reached decides."""
    counted = [one for one in found if one.counts]
    unusual = [one for one in counted if one.unusual]
    groups = {
        "unusual_relevant": [o.nuclide for o in unusual if o.kind is Kind.RELEVANT],
        "unusual_fission": [o.nuclide for o in unusual if o.kind is Kind.RELEVANT and o.fission],
        "relevant": [o.nuclide for o in counted if o.kind is Kind.RELEVANT],
        "unusual_natural": [o.nuclide for o in unusual if o.kind is Kind.NATURAL],
    }
    rule = next(r for r in recipe.rules if _reached(r, groups))
    by_weight = sorted(found, key=lambda o: (not o.unusual, o.kind is Kind.NATURAL))
    reasons = [_summary(groups, found), *(reason for one in by_weight for reason in one.reasons)]
    young = [o for o in found if o.kind is Kind.NATURAL and o.counts and o.chance is None]
    if young:
        names = ", ".join(o.nuclide for o in young)
        fewest = min(o.n_history for o in young)
        reasons.append(Reason.of("category.natural_short_history", nuclides=names, n=fewest))
    unexplained = sum(not peak.explained for peak in analysis.peaks)
    if unexplained:
        reasons.append(Reason.of("category.unexplained_peaks", n=unexplained))
    # All relevant nuclides are looked for: what is suggested is none of them.
    looks_like = dict.fromkeys("/".join(p.suggested) for p in analysis.peaks if p.suggested)
    if looks_like:
        reasons.append(Reason.of("category.perhaps", nuclides=", ".join(looks_like)))
    return Category(
        level=rule.level,
        rule=rule.id,
        rules_version=recipe.version,
        nuclides=tuple(one.nuclide for one in found if one.told_by_history),
        reasons=tuple(reasons),
    )


def _reached(rule: CategoryRule, groups: Mapping[str, Sequence[str]]) -> bool:
    return all(len(names) >= getattr(rule, key) for key, names in groups.items())


def _summary(groups: Mapping[str, Sequence[str]], found: Sequence[Standing]) -> Reason:
    """Return the sentence of the whole, by what was found and not by the level's number."""
    if groups["relevant"]:
        return _of_relevant(groups)
    if natural := groups["unusual_natural"]:
        return Reason.of("category.natural_unusual", n=len(natural), nuclides=", ".join(natural))
    other = [one for one in found if one.kind is not Kind.NATURAL]
    if left_out := [one.nuclide for one in other if not one.counts]:
        return Reason.of("category.none_counts", nuclides=", ".join(left_out))
    return Reason.of("category.natural_usual" if found else "category.nothing_found")


def _of_relevant(groups: Mapping[str, Sequence[str]]) -> Reason:
    unusual, relevant = groups["unusual_relevant"], groups["relevant"]
    if len(unusual) > 1 and groups["unusual_fission"]:
        return Reason.of("category.several_unusual", n=len(unusual), nuclides=", ".join(unusual))
    if len(unusual) > 1:
        return Reason.of("category.no_fission", n=len(unusual), nuclides=", ".join(unusual))
    if unusual:
        return Reason.of("category.one_unusual", nuclide=unusual[0])
    return Reason.of("category.usual_relevant", n=len(relevant), nuclides=", ".join(relevant))
