"""Custody of a sample: a state machine on an append-only log with chained hashes.

An entry's hash covers all of its fields and the hash of the entry before, so any edit, deletion or
exchange of entries shows at the first entry that no longer fits; a log cut short at its end shows
against the last hash kept elsewhere (``head``). With a key the hash is an HMAC: then only who has
the key can make a log that verifies.

The way of a sample: collected, sealed, stored, shipped, received, opened, measured, then archived
or destroyed; storing, shipping and measuring may come again. Who gives a sample is who had it, and
times do not fall: there is no gap. A seal that is broken, exchanged or missing blocks "confirmed".

Source: field sheet 10.3; hashes: FIPS 180-4 (SHA-256), FIPS 198-1 (HMAC); canonical form: JSON with
sorted keys, no blanks, UTF-8.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from vigie.errors import CustodyError
from vigie.radionuclide.laboratory.custody_json import from_json, to_json
from vigie.radionuclide.laboratory.seals import seal_blocks
from vigie.records.custody import CustodyEntry, CustodyLog, CustodyState
from vigie.records.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FIRST", "NEXT", "append", "confirmable", "entry_hash", "from_json", "to_json", "verify"]

FIRST = "0" * 64
"""Previous hash of the first entry."""

_SHA256 = re.compile(r"[0-9a-f]{64}")

NEXT: Mapping[CustodyState | None, frozenset[CustodyState]] = {
    None: frozenset({CustodyState.COLLECTED}),
    CustodyState.COLLECTED: frozenset({CustodyState.SEALED}),
    CustodyState.SEALED: frozenset({CustodyState.STORED, CustodyState.SHIPPED}),
    CustodyState.STORED: frozenset(
        {CustodyState.STORED, CustodyState.SHIPPED, CustodyState.OPENED, CustodyState.DESTROYED}
    ),
    CustodyState.SHIPPED: frozenset({CustodyState.SHIPPED, CustodyState.RECEIVED}),
    CustodyState.RECEIVED: frozenset({CustodyState.STORED, CustodyState.OPENED}),
    CustodyState.OPENED: frozenset({CustodyState.MEASURED}),
    CustodyState.MEASURED: frozenset(
        {
            CustodyState.MEASURED,
            CustodyState.SEALED,
            CustodyState.ARCHIVED,
            CustodyState.DESTROYED,
        }
    ),
    CustodyState.ARCHIVED: frozenset({CustodyState.SHIPPED, CustodyState.DESTROYED}),
    CustodyState.DESTROYED: frozenset(),
}
"""Which states may follow a state."""


def append(log: CustodyLog, entry: CustodyEntry, *, key: bytes | None = None) -> CustodyLog:
    """Return a log with one more entry; its sequence and hashes are filled in.

    Parameters
    ----------
    log : CustodyLog
        As it stands; it is verified first.
    entry : CustodyEntry
        What happened.
    key : bytes, optional
        Of the HMAC.

    Raises
    ------
    CustodyError
        The log does not verify, or the entry leaves a gap: a state that cannot follow, another
        holder than had it, a time before the last, another sample.
    """
    if problems := verify(log, key=key):
        raise CustodyError(sample=log.sample_id, reason=_told(problems))
    if problem := _gap(log, entry):
        raise CustodyError(sample=log.sample_id, reason=_told((problem,)))
    numbered = replace(entry, sequence=len(log.entries), previous_hash=log.head or FIRST, hash="")
    sealed = replace(numbered, hash=entry_hash(numbered, key=key))
    return replace(log, entries=(*log.entries, sealed))


def verify(
    log: CustodyLog, *, key: bytes | None = None, head: str | None = None
) -> tuple[Reason, ...]:
    """Return everything that is wrong with a log; nothing where it is whole.

    Parameters
    ----------
    log : CustodyLog
    key : bytes, optional
        Of the HMAC, where one was used.
    head : str, optional
        Last hash as kept elsewhere: shows entries that were taken from the end. Blanks about it and
        capitals do not matter.
    """
    problems: list[Reason] = []
    so_far = CustodyLog(sample_id=log.sample_id)
    for number, entry in enumerate(log.entries):
        place: dict[str, str | float] = {"sample": log.sample_id, "entry": number}
        if entry.sequence != number:
            problems.append(Reason.of("custody.sequence", **place, found=entry.sequence))
        if entry.previous_hash != (so_far.head or FIRST):
            problems.append(Reason.of("custody.chain", **place))
        if not hmac.compare_digest(_bytes(entry.hash), _bytes(entry_hash(entry, key=key))):
            problems.append(Reason.of("custody.edited", **place))
        if problem := _gap(so_far, entry):
            problems.append(problem)
        so_far = replace(so_far, entries=(*so_far.entries, entry))
    if head is not None:
        problems += _against_head(log, head)
    return tuple(problems)


def _against_head(log: CustodyLog, head: str) -> tuple[Reason, ...]:
    """Return what the hash kept elsewhere says; people keep it with line ends, or in capitals."""
    kept = head.strip().lower()
    if kept == log.head:
        return ()
    code = "custody.cut_short" if _SHA256.fullmatch(kept) else "custody.no_hash"
    return (Reason.of(code, sample=log.sample_id),)


def confirmable(
    log: CustodyLog, *, key: bytes | None = None, head: str | None = None
) -> tuple[Reason, ...]:
    """Return what blocks the status "confirmed" of a result; nothing where nothing does.

    A log that does not verify, whatever is wrong with a seal (``seal_blocks``), and a sample that
    was not measured all block it.
    """
    blocks = [*verify(log, key=key, head=head), *seal_blocks(log)]
    if not any(entry.state is CustodyState.MEASURED for entry in log.entries):
        blocks.append(Reason.of("custody.not_measured", sample=log.sample_id))
    return tuple(blocks)


def entry_hash(entry: CustodyEntry, *, key: bytes | None = None) -> str:
    """Return the hash of an entry: SHA-256, or HMAC-SHA-256 with a key."""
    values = {f.name: getattr(entry, f.name) for f in fields(entry) if f.name != "hash"}
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    data = _bytes(text)
    if key is None:
        return hashlib.sha256(data).hexdigest()
    return hmac.new(key, data, hashlib.sha256).hexdigest()


def _bytes(text: str) -> bytes:
    # A forged record may hold anything, half a surrogate pair as well: it is found, not a crash.
    return text.encode("utf-8", "surrogatepass")


def _gap(log: CustodyLog, entry: CustodyEntry) -> Reason | None:
    """Return what an entry leaves open after a log; None where it follows."""
    place: dict[str, str | float] = {"sample": log.sample_id, "entry": len(log.entries)}
    before = log.entries[-1] if log.entries else None
    if entry.sample_id != log.sample_id:
        return Reason.of("custody.other_sample", **place, other=entry.sample_id)
    if entry.state not in NEXT[log.state]:
        was = log.state.value if log.state else "-"
        return Reason.of("custody.wrong_state", **place, state=entry.state.value, was=was)
    if before is not None and entry.from_holder.strip() != before.to_holder.strip():
        return Reason.of(
            "custody.holder_gap", **place, holder=entry.from_holder, was=before.to_holder
        )
    if before is not None and entry.time_ns < before.time_ns:
        return Reason.of("custody.time_falls", **place)
    if not (_names(entry.to_holder) and _names(entry.place)):
        return Reason.of("custody.incomplete", **place)
    return None


def _names(text: str) -> bool:
    """Tell whether a text names anything: blanks, also those without width, and dashes do not."""
    return any(character.isalnum() for character in text)


def _told(problems: tuple[Reason, ...]) -> str:
    return "; ".join(
        f"{p.code} ({', '.join(f'{k} {v}' for k, v in p.params if k != 'sample')})"
        for p in problems
    )
