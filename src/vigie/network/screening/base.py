"""The contract of a screening criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from vigie.network.screening.sentences import sentence
from vigie.records import Screening, Verdict

if TYPE_CHECKING:
    from vigie.network.screening.params import ScreeningParams
    from vigie.records import Event

GROUP = "vigie.screening"
"""Entry points that hold further criteria."""

Params = dict[str, str | float]


class Criterion(Protocol):
    """One test of whether an event is consistent with a natural one."""

    @property
    def name(self) -> str:
        """The criterion's name in records: ``ms_mb``, ``depth`` ..."""
        ...

    def screen(self, event: Event, params: ScreeningParams) -> Screening:
        """Return score, verdict, reason and the data used. It never raises for want of data."""
        ...


def answer(
    criterion: str,
    verdict: Verdict,
    code: str,
    params: Params,
    *,
    score: float | None = None,
    data: tuple[str, ...] = (),
) -> Screening:
    """Build the record, with its sentence from the catalogue."""
    return Screening(
        criterion=criterion,
        verdict=verdict,
        score=score,
        score_sigma=None if score is None else 1.0,
        reason=sentence(code, params),
        code=code,
        params=tuple(params.items()),
        data=data,
    )
