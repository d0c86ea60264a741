"""Seals: what keeps a result from being confirmed, wrong step by wrong step."""

from __future__ import annotations

import pytest

from vigie.radionuclide.laboratory import append, confirmable
from vigie.records.custody import CustodyEntry, CustodyLog, CustodyState, SealState

Row = tuple[str, str, str]
"""State, seal and its number."""

GOOD: tuple[Row, ...] = (
    ("collected", "none", ""),
    ("sealed", "intact", "1"),
    ("shipped", "intact", "1"),
    ("received", "intact", "1"),
    ("opened", "removed", "1"),
    ("measured", "none", ""),
)


def log_of(*rows: Row) -> CustodyLog:
    log = CustodyLog(sample_id="S")
    for k, (state, seal, number) in enumerate(rows):
        entry = CustodyEntry(
            sequence=0,
            sample_id="S",
            state=CustodyState(state),
            from_holder="A" if k else "",
            to_holder="A",
            time_ns=k,
            place="P",
            seal=SealState(seal),
            seal_number=number,
        )
        log = append(log, entry)
    return log


def with_rows(**changes: tuple[str, str]) -> CustodyLog:
    """Return the good way with another seal and number in some states."""
    return log_of(*((state, *changes.get(state, (seal, n))) for state, seal, n in GOOD))


def told(log: CustodyLog) -> list[str]:
    return [f"{r.code} {dict(r.params)['entry']}" for r in confirmable(log)]


NONE = ("none", "")


@pytest.mark.parametrize(
    ("changes", "blocks"),
    [
        pytest.param({}, [], id="good"),
        pytest.param(
            {"sealed": NONE, "shipped": NONE, "received": NONE, "opened": NONE},
            ["custody.not_sealed 1", "custody.opened_unsealed 4"],
            id="never sealed",
        ),
        pytest.param(
            {"shipped": ("removed", "1"), "received": NONE, "opened": NONE},
            ["custody.seal_removed 2", "custody.opened_unsealed 4"],
            id="removed on the way",
        ),
        pytest.param(
            {"received": ("removed", "1"), "opened": NONE},
            ["custody.seal_removed 3", "custody.opened_unsealed 4"],
            id="removed at the receipt",
        ),
        pytest.param(
            {"opened": ("removed", "99")}, ["custody.seal_exchanged 4"], id="removed another"
        ),
        pytest.param(
            {"opened": ("removed", "")}, ["custody.seal_exchanged 4"], id="removed no number"
        ),
        pytest.param(
            {"sealed": ("intact", ""), "shipped": ("intact", ""), "received": ("intact", ""),
             "opened": ("removed", "")},
            ["custody.not_sealed 1", "custody.seal_unknown 2", "custody.seal_unknown 3",
             "custody.opened_unsealed 4"],
            id="no number",
        ),
        pytest.param(
            {"sealed": ("intact", "  ")},
            ["custody.not_sealed 1", "custody.seal_unknown 2", "custody.seal_unknown 3",
             "custody.opened_unsealed 4"],
            id="blank number",
        ),
        pytest.param(
            {"sealed": ("removed", "1"), "shipped": NONE, "received": NONE, "opened": NONE},
            ["custody.not_sealed 1", "custody.opened_unsealed 4"],
            id="sealed by removing",
        ),
        pytest.param(
            {"sealed": ("broken", "1")},
            ["custody.seal_broken 1", "custody.seal_unknown 2", "custody.seal_unknown 3",
             "custody.opened_unsealed 4"],
            id="broken when put on",
        ),
        pytest.param({"opened": NONE}, ["custody.seal_missing 4"], id="missing when opened"),
        pytest.param(
            {"opened": ("intact", "1")}, ["custody.seal_left_on 4"], id="opened under its seal"
        ),
        pytest.param(
            {"opened": ("broken", "1")}, ["custody.seal_broken 4"], id="broken when opened"
        ),
        pytest.param(
            {"collected": ("intact", "1")}, ["custody.seal_unknown 0"], id="a seal at collection"
        ),
        pytest.param(
            {"collected": ("removed", "1")}, ["custody.seal_removed 0"], id="removed at collection"
        ),
        pytest.param(
            {"measured": ("intact", "1")}, ["custody.seal_unknown 5"], id="back after opening"
        ),
        pytest.param(
            {"measured": ("removed", "1")}, ["custody.seal_removed 5"], id="removed at measuring"
        ),
    ],
)  # fmt: skip
def test_every_way_around_a_seal_is_told_with_its_entry(
    changes: dict[str, tuple[str, str]], blocks: list[str]
) -> None:
    assert told(with_rows(**changes)) == blocks


def test_a_sample_that_is_measured_again_needs_a_seal_again() -> None:
    again: tuple[Row, ...] = (
        ("sealed", "intact", "2"),
        ("stored", "intact", "2"),
        ("opened", "removed", "2"),
        ("measured", "none", ""),
    )
    assert told(log_of(*GOOD, *again)) == []
    unsealed: tuple[Row, ...] = (
        ("archived", "none", ""),
        ("shipped", "none", ""),
        ("received", "none", ""),
        ("opened", "none", ""),
    )
    assert told(log_of(*GOOD, *unsealed[:3])) == []
    assert told(log_of(*GOOD, *unsealed)) == ["custody.opened_unsealed 9"]
    assert told(log_of(*GOOD, *again[:1], ("stored", "none", ""))) == ["custody.seal_missing 7"]
    gone = log_of(*GOOD, *again[:2], ("destroyed", "removed", "2"))
    assert told(gone) == ["custody.seal_removed 8"]
