"""All criteria together: one verdict, and which criteria made it.

The rule is in ``CombinedParams``. Auditable: every criterion's own answer stands beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.network.screening.base import answer
from vigie.network.screening.sentences import CRITERION_NAMES
from vigie.records import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from vigie.network.screening.params import CombinedParams
    from vigie.records import Screening

_NAME = "combined"


def combine(results: Sequence[Screening], params: CombinedParams) -> Screening:
    """Return the verdict of all criteria.

    The score is that of the criterion that decided: the largest where the event is
    screened out, the smallest where it is not.
    """
    out = [r for r in results if r.verdict is Verdict.SCREENED_OUT]
    kept = [r for r in results if r.verdict is Verdict.NOT_SCREENED_OUT]
    against = [r for r in kept if r.score is not None and r.score < -params.contradiction_z]
    if out and against and not any(r.criterion == "depth" for r in out):
        given: dict[str, str | float] = {"criteria": _names(out), "against": _names(against)}
        return _answer(Verdict.NOT_SCREENED_OUT, "combined.contradicted", given, against, min)
    if out:
        given = {"criteria": _names(out)}
        return _answer(Verdict.SCREENED_OUT, "combined.screened_out", given, out, max)
    if kept:
        given = {"criteria": _names(kept)}
        return _answer(Verdict.NOT_SCREENED_OUT, "combined.not_screened_out", given, kept, min)
    if any(r.verdict is Verdict.INSUFFICIENT_DATA for r in results):
        return answer(_NAME, Verdict.INSUFFICIENT_DATA, "combined.insufficient_data", {})
    return answer(_NAME, Verdict.NOT_CONSIDERED, "combined.not_considered", {})


def _names(results: Iterable[Screening]) -> str:
    return ", ".join(CRITERION_NAMES.get(r.criterion, r.criterion) for r in results)


def _answer(
    verdict: Verdict,
    code: str,
    given: dict[str, str | float],
    deciding: Sequence[Screening],
    pick: Callable[[list[float]], float],
) -> Screening:
    scores = [r.score for r in deciding if r.score is not None]
    return answer(
        _NAME,
        verdict,
        code,
        given,
        score=pick(scores) if scores else None,
        data=tuple(r.criterion for r in deciding),
    )
