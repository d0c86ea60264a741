"""What the report of a laboratory says of being confirmed: it looks itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.products.radionuclide.test_rn_products import PORTION, WHOLE, laboratory
from tests.radionuclide.support_samples import NS_PER_H, START_NS

from vigie.products.radionuclide import LaboratoryReport, json_product, laboratory_document, page
from vigie.products.radionuclide.blocks import Document, Sentences
from vigie.radionuclide.laboratory import (
    Grade,
    Measured,
    SplitComparison,
    append,
    compare,
    confirmable,
)
from vigie.records import CustodyEntry, CustodyLog, CustodyState, Reason, SealState

WAY = [
    (CustodyState.COLLECTED, "", "FRP31", SealState.NONE, ""),
    (CustodyState.SEALED, "FRP31", "FRP31", SealState.INTACT, "S-1"),
    (CustodyState.SHIPPED, "FRP31", "carrier", SealState.INTACT, "S-1"),
    (CustodyState.RECEIVED, "carrier", "FRL08", SealState.INTACT, "S-1"),
    (CustodyState.OPENED, "FRL08", "FRL08", SealState.REMOVED, "S-1"),
    (CustodyState.MEASURED, "FRL08", "FRL08", SealState.NONE, ""),
]


def custody(sample_id: str = PORTION, *, key: bytes | None = None, place: str = "") -> CustodyLog:
    log = CustodyLog(sample_id=sample_id)
    for k, (state, giver, taker, seal, number) in enumerate(WAY):
        entry = CustodyEntry(
            sequence=0, sample_id=sample_id, state=state, from_holder=giver, to_holder=taker,
            time_ns=START_NS + k * NS_PER_H, place=place or taker, seal=seal, seal_number=number,
        )  # fmt: skip
        log = append(log, entry, key=key)
    return log


def good() -> LaboratoryReport:
    return replace(laboratory(), custody=custody(), custody_blocks=())


def compared(zeta: float, *, portion_id: str = PORTION) -> SplitComparison:
    was = laboratory().comparison
    assert was is not None
    first, second = Measured(value=10.0, sigma=0.6), Measured(value=10.0 + zeta, sigma=0.8)
    split = replace(was.split, portion_id=portion_id)
    return replace(was, split=split, comparisons=(compare("Cs-137", first, second),))


def told(document: Document) -> tuple[Reason, ...]:
    """Return the verdict and what the sections of comparison and custody say against it."""
    found = [
        reason
        for section in document.sections
        if section.name in ("header", "comparison", "custody")
        for part in section.parts
        if isinstance(part, Sentences)
        for reason in part.told
    ]
    return tuple(r for r in found if r.code != "rn.note_zeta")


def codes(document: Document) -> list[str]:
    return [r.code for r in told(document) if r.code != "laboratory.not_reported"]


def test_a_whole_custody_and_results_that_agree_are_confirmed() -> None:
    assert codes(laboratory_document(good())) == ["rn.confirmed"]
    assert codes(laboratory_document(replace(good(), comparison=None))) == ["rn.confirmed"]


def test_what_custody_says_is_looked_up_and_not_left_to_the_caller() -> None:
    broken = replace(laboratory(), custody_blocks=())
    assert broken.custody is not None
    wanted = ["rn.not_confirmed", *(r.code for r in confirmable(broken.custody))]
    assert "custody.seal_broken" in wanted
    assert codes(laboratory_document(broken)) == wanted
    # Given again by the caller, they stand there once; what only the caller knows stands there too.
    mine = Reason.of("rn.comment", text="The photographs differ.")
    given = replace(broken, custody_blocks=(*confirmable(broken.custody), mine))
    assert codes(laboratory_document(given)) == [*wanted, "rn.comment"]
    assert codes(laboratory_document(replace(good(), custody_blocks=(mine,)))) == [
        "rn.not_confirmed",
        "rn.comment",
    ]


def test_without_a_log_nothing_is_confirmed_and_that_is_told() -> None:
    document = laboratory_document(replace(good(), custody=None))
    assert codes(document) == ["rn.not_confirmed", "custody.not_recorded"]
    empty = laboratory_document(replace(good(), custody=CustodyLog(sample_id=PORTION)))
    assert codes(empty) == ["rn.not_confirmed", "custody.not_measured"]


@pytest.mark.parametrize("other", [WHOLE, "OTHER", ""])
def test_the_log_of_another_sample_confirms_nothing(other: str) -> None:
    document = laboratory_document(replace(good(), custody=custody(other)))
    assert codes(document) == ["rn.not_confirmed", "custody.other_log"]
    bare = laboratory_document(replace(good(), custody=CustodyLog(sample_id=other)))
    assert codes(bare) == ["rn.not_confirmed", "custody.other_log", "custody.not_measured"]


def test_a_sample_without_a_name_is_not_confirmed_by_a_log_without_one() -> None:
    report = good()
    nameless = replace(report, analysis=replace(report.analysis, sample_id=""), comparison=None)
    document = laboratory_document(replace(nameless, custody=custody("")))
    assert codes(document) == ["rn.not_confirmed", "custody.other_log"]


def test_a_log_is_verified_with_its_key_and_against_the_kept_head() -> None:
    keyed = replace(good(), custody=custody(key=b"secret"))
    log = keyed.custody
    assert log is not None
    whole = laboratory_document(keyed, custody_key=b"secret", custody_head=log.head)
    assert codes(whole) == ["rn.confirmed"]
    assert "custody.edited" in codes(laboratory_document(keyed))
    assert "custody.edited" in codes(laboratory_document(good(), custody_key=b"secret"))
    anew = replace(good(), custody=custody(place="elsewhere"))
    made_anew = laboratory_document(anew, custody_head=custody().head)
    assert codes(made_anew) == ["rn.not_confirmed", "custody.cut_short"]
    cut = replace(log, entries=(*log.entries[:2], *log.entries[3:]))
    assert "custody.chain" in codes(laboratory_document(replace(good(), custody=cut)))


@pytest.mark.parametrize(
    ("zeta", "grade", "confirmed"),
    [
        (1.0, Grade.ACCEPTABLE, True),
        (2.5, Grade.QUESTIONABLE, True),
        (3.5, Grade.NOT_ACCEPTABLE, False),
        (-3.5, Grade.NOT_ACCEPTABLE, False),
    ],
)
def test_results_that_do_not_agree_are_not_confirmed(
    zeta: float, grade: Grade, *, confirmed: bool
) -> None:
    comparison = compared(zeta)
    assert comparison.comparisons[0].grade is grade
    found = told(laboratory_document(replace(good(), comparison=comparison)))
    against = Reason.of(
        "laboratory.not_acceptable", nuclide="Cs-137", zeta=comparison.comparisons[0].zeta
    )
    assert (against in found) is not confirmed
    assert found[0].code == ("rn.confirmed" if confirmed else "rn.not_confirmed")


def test_the_comparison_of_another_portion_confirms_nothing() -> None:
    other = "31202603010021G"
    document = laboratory_document(replace(good(), comparison=compared(1.0, portion_id=other)))
    assert codes(document) == ["rn.not_confirmed", "laboratory.other_portion"]


def test_the_reasons_are_read_in_the_report() -> None:
    report = replace(good(), custody=custody("OTHER"), comparison=compared(3.5))
    made = page(laboratory_document(report))
    for text in ("The result is not confirmed", "log is of OTHER", "zeta 3.5"):
        assert text in made
        assert text in json_product(laboratory_document(report))
