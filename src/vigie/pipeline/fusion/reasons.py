"""Why an event's score is as it is, and on what it rests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from vigie.fusion.place import ASSUMED_KM
from vigie.products.fusion.fuse_view import SAYS_SOMETHING
from vigie.products.transport.background_text import contributors_text
from vigie.products.transport.background_view import UNUSUAL_P
from vigie.records import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.pipeline.fusion.options import FuseOptions
    from vigie.products.fusion.fuse_view import EventAssessment, Weighed
    from vigie.records import Origin

SHOWN = 4
LEANING = 0.05
DEEP_KM = 10.0
"""No shaft is deeper; gas from below is not expected."""
CODES = {
    "for": "fuse.for",
    "against": "fuse.against",
    "not_decidable": "fuse.not_decidable",
}


class Shared(Protocol):
    """What reasons need of all events."""

    @property
    def options(self) -> FuseOptions:
        """What was thought possible."""
        ...

    @property
    def emitters_named(self) -> bool:
        """Whether known emitters were given."""
        ...


def cannot_be_weighed(origin: Origin | None, rows: Sequence[int]) -> Reason | None:
    """Return why nothing can be weighed; None where it can."""
    if origin is None:
        return Reason.of("fuse.no_origin")
    if not rows:
        return Reason.of("fuse.after_all")
    return None


def reasons_of(one: EventAssessment, work: Shared) -> list[Reason]:
    """Return the reasons of an assessment that was weighed, the verdict first."""
    weighed = one.weighed
    assert weighed is not None
    assert one.origin is not None
    if not weighed.reached:
        return [Reason.of("fuse.not_reached"), *_place(one)]
    reasons = [Reason.of(CODES[one.decision], log10=one.log10_bayes_factor)]
    reasons += [*_samples(weighed), *_known(weighed, emitters_named=work.emitters_named)]
    if one.decision == "for":
        reasons += _release(weighed, work.options.delay.prompt_h)
    late = [
        says.sample.name
        for says in weighed.says
        if says.delta_log10 != 0.0
        and max(f.record.simulated_from_ns for f in says.sample.pair.fields) > one.origin.time_ns
    ]
    if late:
        reasons.append(Reason.of("fuse.not_followed", samples=_listed(late), n=len(late)))
    prior = work.options.delay
    reasons.append(
        Reason.of(
            "fuse.delay_prior",
            prompt=100.0 * prior.prompt_weight,
            hours=prior.prompt_h,
            mean=prior.seepage_mean_d,
            longest=prior.longest_d,
        )
    )
    return [*reasons, *_place(one)]


def _samples(weighed: Weighed) -> list[Reason]:
    reasons = []
    for code, sign in (("fuse.speak_for", 1.0), ("fuse.speak_against", -1.0)):
        named = [
            f"{says.sample.name} ({says.delta_log10:+.1f})"
            for says in weighed.says
            if sign * says.delta_log10 > SAYS_SOMETHING
        ]
        if named:
            reasons.append(Reason.of(code, samples=_listed(named), n=len(named)))
    return reasons


def _known(weighed: Weighed, *, emitters_named: bool) -> list[Reason]:
    """Return what known emitters explain of the detections that the event might."""
    detections = [
        says.sample
        for says in weighed.says
        if says.delta_log10 != 0.0 and says.sample.pair.observation.detected
    ]
    if not detections:
        return []
    if not emitters_named:
        return [Reason.of("fuse.no_emitters")]
    explained = [
        f"{sample.name} ({contributors_text(sample.background)})"
        for sample in detections
        if sample.background.chance >= UNUSUAL_P and sample.background.contributors
    ]
    if not explained:
        return [Reason.of("fuse.not_background", n=len(detections))]
    return [Reason.of("fuse.background", samples=_listed(explained), n=len(explained))]


def _release(weighed: Weighed, prompt_h: float) -> list[Reason]:
    evidence = weighed.evidence
    by_amount = evidence.joint.sum(axis=0)
    middle, low, high = evidence.delay_interval(weighed.delay_edges_s)
    amounts = evidence.amount_interval()
    reasons = [
        Reason.of(
            "fuse.release",
            amount=f"{amounts[0]:.2g}", least=f"{amounts[1]:.2g}", most=f"{amounts[2]:.2g}",
            days=middle / 86_400.0, first=low / 86_400.0, last=high / 86_400.0,
        )
    ]  # fmt: skip
    early = weighed.delay_edges_s[1:] <= prompt_h * 3600.0 * (1.0 + 1e-9)
    prompt = float(evidence.joint.sum(axis=1)[early].sum())
    reasons.append(Reason.of("fuse.prompt", percent=100.0 * prompt, hours=prompt_h))
    if by_amount[0] > LEANING or by_amount[-1] > LEANING:
        percent = 100.0 * float(max(by_amount[0], by_amount[-1]))
        reasons.append(Reason.of("fuse.amount_leans", percent=percent))
    return reasons


def _place(one: EventAssessment) -> list[Reason]:
    origin, epicentre = one.origin, one.epicentre
    assert origin is not None
    assert epicentre is not None
    reasons = []
    if not epicentre.stated:
        reasons.append(Reason.of("fuse.no_ellipse", km=ASSUMED_KM))
    if origin.depth_km is not None and not origin.depth_fixed:
        least = origin.depth_km - 2.0 * (origin.depth_sigma_km or 0.0)
        if origin.depth_sigma_km is not None and least > DEEP_KM:
            reasons.append(Reason.of("fuse.deep", km=origin.depth_km, least=DEEP_KM))
    if one.region_km is not None:
        code = "fuse.in_region" if one.region_km == 0.0 else "fuse.off_region"
        reasons.append(Reason.of(code, km=one.region_km))
    return reasons


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
