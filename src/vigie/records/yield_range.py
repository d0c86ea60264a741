"""Yield: how large an explosion would have been, always as an interval."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class YieldRange:
    """What one relation says of the size of an event, if it was an explosion of a kind.

    It says nothing of whether the event was one.
    """

    relation: str
    """``kinney_graham``, ``lanl``, ``stevens`` or ``aftac``."""
    kind: str
    """``chemical`` or ``nuclear``: what is supposed to have exploded."""
    quantity: str
    """What was read: ``amplitude`` or ``period``."""
    low_kt: float
    """Kilotons of TNT (4.184e12 J)."""
    median_kt: float | None = None
    """None where the reading gives a bound only."""
    high_kt: float | None = None
    probability: float = 0.9
    """That the yield lies between ``low_kt`` and ``high_kt``; above ``low_kt`` without the
    latter."""
    sigma_log10: float | None = None
    """Standard error of log10 of the yield."""
    bound: str = ""
    """``>``: the readings are least amplitudes, so the yield is at least ``low_kt``."""
    stations: tuple[str, ...] = ()
    """Of the readings."""
    atmosphere: str = ""
    """``profile`` or ``climatology`` where winds enter; else empty."""
    source: str = ""
    """Where the relation comes from."""
    origin_id: str | None = None
    """From whose place the distances are."""
