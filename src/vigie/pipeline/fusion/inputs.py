"""Samples of all nuclides with their sensitivities, and the background of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vigie.errors import MissingInputError, UnknownNuclideError
from vigie.facts.nuclides import normal_name, nuclide
from vigie.fusion.composition import reference_of, usable_together
from vigie.pipeline.transport.background import background_of
from vigie.pipeline.transport.source_inputs import match
from vigie.products.fusion.fuse_view import FusedSample
from vigie.products.transport.source_pair import Field, Pair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.products.transport.background_view import BackgroundView
    from vigie.records import Emitter, SampleAnalysis


@dataclass(slots=True, kw_only=True)
class MatchedNuclides:
    """Samples of several nuclides that came together with sensitivities."""

    reference: str
    pairs: list[tuple[str, Pair]] = field(default_factory=list)
    """Nuclide and sample."""
    samples_alone: list[str] = field(default_factory=list)
    fields_alone: list[Field] = field(default_factory=list)
    """Sensitivities of which no sample was given."""
    unusable: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Nuclides of which it is not known how much is released with the others."""
    unknown: list[str] = field(default_factory=list)
    """Nuclides without a half-life in vigie's table."""


def match_nuclides(
    samples: Sequence[SampleAnalysis],
    fields: Sequence[Field],
    wanted: Sequence[str],
    *,
    tolerance_h: float,
) -> MatchedNuclides:
    """Bring samples of all nuclides, or of those wanted, and sensitivities together.

    Parameters
    ----------
    samples : sequence of SampleAnalysis
    fields : sequence of Field
    wanted : sequence of str
        Nuclides; all that the samples hold where it is empty.
    tolerance_h : float

    Raises
    ------
    MissingInputError
        The samples hold none of the nuclides, or none that can be used.
    UnknownNuclideError
        A nuclide that is wanted is none.
    """
    counted: dict[str, tuple[int, int]] = {}
    for sample in samples:
        for one in sample.nuclides:
            detected, n = counted.get(one.nuclide, (0, 0))
            counted[one.nuclide] = (detected + one.detected, n + 1)
    # Those detected most often first: of several that are not known together the first counts.
    there = sorted(counted, key=lambda name: (-counted[name][0], -counted[name][1], name))
    chosen = [normal_name(name) for name in wanted]
    names = [name for name in there if not chosen or name in chosen]
    known = [name for name in names if _has_half_life(name)]
    kept, left_out = usable_together(known)
    if not kept:
        raise MissingInputError(
            path="samples",
            what="a nuclide that can be used" + (f" among {', '.join(chosen)}" if chosen else ""),
            remedy=f"The samples hold {', '.join(there) or 'none'}.",
        )
    out = MatchedNuclides(
        reference=reference_of(kept),
        left_out=left_out,
        unknown=[name for name in names if name not in known],
    )
    taken: set[int] = set()
    for name in sorted(kept, key=lambda one: (one != out.reference, one)):
        matched = match(samples, fields, name, tolerance_h=tolerance_h)
        out.pairs += [(name, pair) for pair in matched.pairs]
        out.samples_alone += [f"{one} {name}" for one in matched.samples_alone]
        out.unusable += [(f"{one} {name}", why) for one, why in matched.unusable]
        taken |= {id(one) for pair in matched.pairs for one in pair.fields}
    out.fields_alone = [one for one in fields if id(one) not in taken]
    return out


def _has_half_life(name: str) -> bool:
    try:
        return nuclide(name).half_life_s > 0.0
    except UnknownNuclideError:
        return False


def with_backgrounds(
    matched: MatchedNuclides,
    emitters: Sequence[Emitter],
    *,
    model_error: float,
    km_per_day: float = 0.0,
) -> tuple[list[FusedSample], list[BackgroundView]]:
    """Return the samples with what known emitters leave in each, and that by nuclide."""
    samples, views = [], []
    for name in dict.fromkeys(one for one, _ in matched.pairs):
        pairs = [pair for one, pair in matched.pairs if one == name]
        view = background_of(pairs, emitters, name, model_error=model_error, km_per_day=km_per_day)
        samples += [FusedSample(one.pair, name, one) for one in view.samples]
        views.append(view)
    return samples, views
