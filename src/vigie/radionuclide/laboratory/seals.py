"""Seals of a sample on its way: what about them keeps a result from being confirmed.

What holds of a way that is confirmed: "sealed" puts on a seal, intact and with a number; until the
opening each entry finds that seal, intact; "opened" takes that seal off; and no seal is known of
before, after, or between. What is measured again was sealed again.

Source: field sheet 10.3 (seal numbers, seal state at each hand-over).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.records.custody import CustodyEntry, CustodyLog, CustodyState, SealState
from vigie.records.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_NUMBER = "–"


def seal_blocks(log: CustodyLog) -> tuple[Reason, ...]:
    """Return what about the seals blocks the status "confirmed"; nothing where all is well.

    A seal that was found broken, exchanged or missing, or that was taken off elsewhere than at the
    opening; a sealing without an intact seal and its number; and an opening of what had no seal.
    Whether the log itself is whole, ``vigie.radionuclide.laboratory.custody.verify`` says.
    """
    blocks: list[Reason] = []
    on = ""
    for entry in log.entries:
        blocks += _of_entry(log.sample_id, entry, on)
        on = _seal_after(entry, on)
    return tuple(blocks)


def _of_entry(sample: str, entry: CustodyEntry, on: str) -> Iterator[Reason]:
    """Yield what is wrong in an entry before which the seal with the number ``on`` was on."""
    place: dict[str, str | float] = {"sample": sample, "entry": entry.sequence}
    seal = _number(entry) or _NO_NUMBER
    if entry.seal is SealState.BROKEN:
        yield Reason.of("custody.seal_broken", **place, seal=seal)
    elif entry.state is CustodyState.SEALED:
        if not _puts_on(entry):
            yield Reason.of("custody.not_sealed", **place)
    elif entry.seal is SealState.REMOVED and entry.state is not CustodyState.OPENED:
        yield Reason.of("custody.seal_removed", **place, seal=seal)
    elif entry.seal is SealState.NONE and on:
        yield Reason.of("custody.seal_missing", **place)
    elif entry.seal is not SealState.NONE and on and _number(entry) != on:
        yield Reason.of("custody.seal_exchanged", **place, seal=seal, was=on)
    elif entry.seal is SealState.INTACT and entry.state is CustodyState.OPENED and on:
        yield Reason.of("custody.seal_left_on", **place, seal=seal)
    elif entry.seal is SealState.INTACT and not on:
        yield Reason.of("custody.seal_unknown", **place, seal=seal)
    # That a seal which is on was intact in the entry before, that entry has said itself.
    if entry.state is CustodyState.OPENED and not on:
        yield Reason.of("custody.opened_unsealed", **place)


def _number(entry: CustodyEntry) -> str:
    """Return the number of a seal; blanks about it are of whoever wrote it down."""
    return entry.seal_number.strip()


def _puts_on(entry: CustodyEntry) -> bool:
    return entry.seal is SealState.INTACT and bool(_number(entry))


def _seal_after(entry: CustodyEntry, on: str) -> str:
    """Return the number of the seal that is on after an entry; empty for none."""
    if entry.state is CustodyState.SEALED:
        return _number(entry) if _puts_on(entry) else ""
    off = entry.state is CustodyState.OPENED or entry.seal is SealState.REMOVED
    return "" if off else on
