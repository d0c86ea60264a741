"""Custody of a sample: tampering is found, gaps are refused, seals decide what is confirmed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.radionuclide.support_samples import NS_PER_H, START_NS

from vigie.errors import CustodyError
from vigie.radionuclide.laboratory import (
    append,
    confirmable,
    entry_hash,
    from_json,
    to_json,
    verify,
)
from vigie.records.custody import CustodyEntry, CustodyLog, CustodyState, SealState

WHOLE = "31202603010011G"

WAY = [
    (CustodyState.COLLECTED, "", "FRP31", SealState.NONE, ""),
    (CustodyState.SEALED, "FRP31", "FRP31", SealState.INTACT, "S-17"),
    (CustodyState.SHIPPED, "FRP31", "carrier", SealState.INTACT, "S-17"),
    (CustodyState.RECEIVED, "carrier", "FRL08", SealState.INTACT, "S-17"),
    (CustodyState.OPENED, "FRL08", "FRL08", SealState.REMOVED, "S-17"),
    (CustodyState.MEASURED, "FRL08", "FRL08", SealState.NONE, ""),
    (CustodyState.SEALED, "FRL08", "FRL08", SealState.INTACT, "S-18"),
    (CustodyState.STORED, "FRL08", "FRL08", SealState.INTACT, "S-18"),
]  # fmt: skip


def entry(number: int, **changes: object) -> CustodyEntry:
    state, giver, taker, seal, seal_number = WAY[number]
    made = CustodyEntry(
        sequence=0,
        sample_id=WHOLE,
        state=state,
        from_holder=giver,
        to_holder=taker,
        time_ns=START_NS + number * NS_PER_H,
        place=taker,
        seal=seal,
        seal_number=seal_number,
        condition="dry",
        clock="GPS",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def whole_log(key: bytes | None = None) -> CustodyLog:
    log = CustodyLog(sample_id=WHOLE)
    for number in range(len(WAY)):
        log = append(log, entry(number), key=key)
    return log


def test_a_whole_way_is_whole_and_confirmed() -> None:
    log = whole_log()
    assert verify(log, head=log.head) == ()
    assert confirmable(log, head=log.head) == ()
    assert log.state is CustodyState.STORED
    assert from_json(to_json(log)) == log


def test_any_edit_of_any_field_is_found() -> None:
    log = whole_log()
    for number, one in enumerate(log.entries):
        for name in CustodyEntry.__slots__:
            value = getattr(one, name)
            changed: object = value + 1 if isinstance(value, int) else f"{value}x"
            if name == "photographs":
                changed = ("00" * 32,)
            if name == "state":
                changed = CustodyState.DESTROYED
            if name == "seal":
                changed = SealState.BROKEN
            entries = list(log.entries)
            entries[number] = replace(one, **{name: changed})  # type: ignore[arg-type]
            assert verify(replace(log, entries=tuple(entries))), (number, name)


@settings(derandomize=True)
@given(st.data())
def test_any_deletion_and_any_exchange_is_found(data: st.DataObject) -> None:
    log = whole_log()
    n = len(log.entries)
    gone = data.draw(st.integers(0, n - 1))
    shorter = log.entries[:gone] + log.entries[gone + 1 :]
    assert verify(replace(log, entries=shorter), head=log.head)
    order = data.draw(st.permutations(range(n)).filter(lambda p: p != list(range(n))))
    assert verify(replace(log, entries=tuple(log.entries[k] for k in order)))


def test_a_forged_entry_with_a_fresh_hash_is_found() -> None:
    log = whole_log()
    forged = replace(log.entries[3], condition="wet", hash="")
    forged = replace(forged, hash=entry_hash(forged))
    entries = (*log.entries[:3], forged, *log.entries[4:])
    assert "custody.chain" in [r.code for r in verify(replace(log, entries=entries))]
    # Whoever makes all hashes anew is found by the last one, kept elsewhere, or by the key.
    made_anew = CustodyLog(sample_id=WHOLE)
    for number in range(len(WAY)):
        made_anew = append(made_anew, entry(number, condition="wet"))
    assert verify(made_anew) == ()
    assert verify(made_anew, head=log.head)
    assert verify(made_anew, key=b"secret")
    assert verify(whole_log(b"secret"), key=b"secret") == ()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"state": CustodyState.MEASURED}, "wrong_state"),
        ({"from_holder": "somebody"}, "holder_gap"),
        ({"time_ns": 0}, "time_falls"),
        ({"sample_id": "31202603020011G"}, "other_sample"),
        ({"place": ""}, "incomplete"),
    ],
)
def test_a_gap_is_refused(changes: dict[str, object], told: str) -> None:
    log = CustodyLog(sample_id=WHOLE)
    for number in range(3):
        log = append(log, entry(number))
    with pytest.raises(CustodyError, match=told):
        append(log, entry(3, **changes))
    broken = replace(log, entries=log.entries[1:])
    with pytest.raises(CustodyError, match="custody"):
        append(broken, entry(3))


@pytest.mark.parametrize(
    ("number", "changes", "told"),
    [
        (3, {"seal": SealState.BROKEN}, "custody.seal_broken"),
        (3, {"seal_number": "S-99"}, "custody.seal_exchanged"),
        (3, {"seal": SealState.NONE}, "custody.seal_missing"),
    ],
)
def test_a_seal_that_is_not_whole_blocks_confirmed(
    number: int, changes: dict[str, object], told: str
) -> None:
    log = CustodyLog(sample_id=WHOLE)
    for k in range(len(WAY)):
        log = append(log, entry(k, **(changes if k == number else {})))
    assert [r.code for r in confirmable(log)] == [told]


def test_a_sample_that_was_not_measured_is_not_confirmed() -> None:
    log = append(CustodyLog(sample_id=WHOLE), entry(0))
    assert [r.code for r in confirmable(log)] == ["custody.not_measured"]


def test_json_of_a_log() -> None:
    text = to_json(whole_log())
    assert json.loads(text)["entries"][0]["time_ns"] == str(START_NS)
    for wrong in ("", "{}", text.replace('"sealed"', '"sold"', 1), text.replace('"place"', '"x"')):
        with pytest.raises(CustodyError):
            from_json(wrong, path="custody.json")


@pytest.mark.parametrize("blank", ["", " ", "\t", "\u00a0", "\u200b", "-", "–"])
@pytest.mark.parametrize("name", ["to_holder", "place"])
def test_a_blank_is_no_holder_and_no_place(name: str, blank: str) -> None:
    log = CustodyLog(sample_id=WHOLE)
    with pytest.raises(CustodyError, match=r"custody\.incomplete"):
        append(log, entry(0, **{name: blank}))


def test_blanks_about_names_and_numbers_are_no_gap_and_no_exchange() -> None:
    log = CustodyLog(sample_id=WHOLE)
    for number in range(len(WAY)):
        odd: dict[str, object] = {}
        if number == 3:
            odd = {"from_holder": "carrier ", "seal_number": "S-17\n"}
        log = append(log, entry(number, **odd))
    assert confirmable(log, head=log.head) == ()
    sealed = CustodyLog(sample_id=WHOLE)
    for number in range(len(WAY)):
        odd = {"seal_number": " S-17"} if number == 1 else {}
        sealed = append(sealed, entry(number, **odd))
    assert confirmable(sealed) == ()


def test_a_kept_hash_is_known_however_it_was_kept() -> None:
    log = whole_log()
    for kept in (log.head.upper(), f"{log.head}\n", f"  {log.head}\r\n"):
        assert verify(log, head=kept) == ()
    other = log.head.replace(log.head[0], "0" if log.head[0] != "0" else "1")
    assert [r.code for r in verify(log, head=other)] == ["custody.cut_short"]
    for kept in ("", log.head[:12], log.head + "0", "sha256:" + log.head, "g" * 64):
        assert [r.code for r in verify(log, head=kept)] == ["custody.no_hash"]
