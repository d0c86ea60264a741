"""Screening: what is, and is not, consistent with an earthquake."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Of one criterion, or of all together; never "nuclear"."""

    SCREENED_OUT = "screened_out"
    """Consistent with a natural event, at the criterion's confidence."""
    NOT_SCREENED_OUT = "not_screened_out"
    INSUFFICIENT_DATA = "insufficient_data"
    NOT_CONSIDERED = "not_considered"
    """The criterion does not apply (too small, wrong place)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """The answer of one criterion."""

    criterion: str
    """``ms_mb``, ``depth``, ``regional_ps`` ... or ``combined``."""
    verdict: Verdict
    score: float | None = None
    """In standard deviations from the line: positive speaks for an earthquake."""
    score_sigma: float | None = None
    reason: str = ""
    """One plain English sentence."""
    code: str = ""
    """Key of the sentence in the message catalogues."""
    params: tuple[tuple[str, str | float], ...] = ()
    """What fills the sentence."""
    data: tuple[str, ...] = ()
    """Ids or stations of what was used."""
