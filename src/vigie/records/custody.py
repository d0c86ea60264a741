"""Chain of custody: who had a sample, from when to when, and in what state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CustodyState(StrEnum):
    """Where a sample stands on its way."""

    COLLECTED = "collected"
    SEALED = "sealed"
    STORED = "stored"
    SHIPPED = "shipped"
    RECEIVED = "received"
    OPENED = "opened"
    MEASURED = "measured"
    ARCHIVED = "archived"
    DESTROYED = "destroyed"


class SealState(StrEnum):
    """What the seal looked like at a hand-over."""

    NONE = "none"
    """No seal was put on yet."""
    INTACT = "intact"
    BROKEN = "broken"
    """Found broken, or another number than was put on."""
    REMOVED = "removed"
    """Taken off on purpose, by the one who opened it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyEntry:
    """One hand-over or change of state; part of a chain of hashes."""

    sequence: int
    """From 0, without a gap."""
    sample_id: str
    """SRID, or its split's id."""
    state: CustodyState
    """The state that begins."""
    from_holder: str
    """Who gave it; the holder so far. Empty in the first entry."""
    to_holder: str
    """Who has it now; the same where nothing is handed over."""
    time_ns: int
    """Of the change; ns since 1970 UTC."""
    place: str
    seal: SealState
    seal_number: str = ""
    condition: str = ""
    """Of the parcel, in words."""
    photographs: tuple[str, ...] = ()
    """SHA-256 of each."""
    signature: str = ""
    """Of the one who takes over, as the installation signs."""
    clock: str = ""
    """Where the time is from: ``NTP``, ``GPS``, ``hand``."""
    previous_hash: str = ""
    """Of the entry before; 64 zeros in the first."""
    hash: str = ""
    """SHA-256 (or HMAC-SHA-256) of all of the above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyLog:
    """All entries of one sample, the oldest first. Entries are only ever added."""

    sample_id: str
    entries: tuple[CustodyEntry, ...] = ()

    @property
    def state(self) -> CustodyState | None:
        """Where the sample stands now."""
        return self.entries[-1].state if self.entries else None

    @property
    def head(self) -> str:
        """Hash of the last entry: kept elsewhere, it shows a log that was cut short."""
        return self.entries[-1].hash if self.entries else ""
