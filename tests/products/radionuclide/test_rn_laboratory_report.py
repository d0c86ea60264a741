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
            time_ns=START_NS + (24 + k) * NS_PER_H, place=place or taker,
            seal=seal, seal_number=number,
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
    notes = ("rn.note_zeta", "rn.note_unauthenticated")
    return tuple(r for r in found if r.code not in notes)


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


def measured_at(hours: float | None) -> LaboratoryReport:
    """Return a report of a measurement so many hours after the collection began."""
    report = good()
    start_ns = None if hours is None else START_NS + round(hours * NS_PER_H)
    analysis = replace(report.analysis, acquisition_start_ns=start_ns)
    return replace(report, analysis=analysis, comparison=None, custody=two_laboratories())


def two_laboratories(*, first_h: float = 24.0, sealed_h: float = 25.0) -> CustodyLog:
    """Return a log: opened by A at hour 49 to 60, by FRL08 at hour 90 to 100."""
    none, intact, off = SealState.NONE, SealState.INTACT, SealState.REMOVED
    way = [
        (first_h, CustodyState.COLLECTED, "", "FRP31", none, ""),
        (sealed_h, CustodyState.SEALED, "FRP31", "FRP31", intact, "1"),
        (max(26.0, sealed_h), CustodyState.SHIPPED, "FRP31", "carrier", intact, "1"),
        (48.0, CustodyState.RECEIVED, "carrier", "Laboratory A", intact, "1"),
        (49.0, CustodyState.OPENED, "Laboratory A", "Laboratory A", off, "1"),
        (50.0, CustodyState.MEASURED, "Laboratory A", "Laboratory A", none, ""),
        (60.0, CustodyState.SEALED, "Laboratory A", "Laboratory A", intact, "2"),
        (61.0, CustodyState.SHIPPED, "Laboratory A", "carrier", intact, "2"),
        (80.0, CustodyState.RECEIVED, "carrier", "FRL08", intact, "2"),
        (90.0, CustodyState.OPENED, "FRL08", "FRL08", off, "2"),
        (91.0, CustodyState.MEASURED, "FRL08", "FRL08", none, ""),
        (100.0, CustodyState.SEALED, "FRL08", "FRL08", intact, "3"),
    ]
    log = CustodyLog(sample_id=PORTION)
    for hours, state, giver, taker, seal, number in way:
        entry = CustodyEntry(
            sequence=0, sample_id=PORTION, state=state, from_holder=giver, to_holder=taker,
            time_ns=START_NS + round(hours * NS_PER_H), place=taker, seal=seal, seal_number=number,
        )  # fmt: skip
        log = append(log, entry)
    return log


@pytest.mark.parametrize(
    ("hours", "against"),
    [
        (-3.0, "custody.measured_outside"),
        (48.5, "custody.measured_outside"),
        (49.0, None),
        (55.0, None),
        (60.5, "custody.measured_outside"),
        (85.0, "custody.measured_outside"),
        (90.0 - 30.0 / 3600.0, None),
        (99.0, None),
        (101.0, "custody.measured_outside"),
        (None, "custody.measured_unknown"),
    ],
)
def test_a_measurement_while_the_log_has_the_sample_closed_is_not_confirmed(
    hours: float | None, against: str | None
) -> None:
    wanted = ["rn.confirmed"] if against is None else ["rn.not_confirmed", against]
    assert codes(laboratory_document(measured_at(hours))) == wanted


@pytest.mark.parametrize(
    ("first_h", "sealed_h", "entries"),
    [
        (24.0, 24.0, []),
        (1.0, 24.0, []),
        (-1.0, 24.0, [0.0]),
        (1.0, 23.0, [1.0]),
        (-30.0, -29.0, [0.0, 1.0]),
    ],
)
def test_a_log_fits_the_collection(first_h: float, sealed_h: float, entries: list[float]) -> None:
    log = two_laboratories(first_h=first_h, sealed_h=sealed_h)
    found = told(laboratory_document(replace(measured_at(95.0), custody=log)))
    apart = [dict(r.params)["entry"] for r in found if r.code == "custody.collection_apart"]
    assert apart == entries
    assert (found[0].code == "rn.confirmed") is not bool(entries)
    # Where the laboratory states no collection, that of the station counts.
    report = measured_at(95.0)
    bare = replace(report.analysis, collection_start_ns=None, collection_stop_ns=None)
    again = told(laboratory_document(replace(report, analysis=bare, custody=log)))
    assert again == found


def test_a_sample_is_not_collected_weeks_after_its_collection() -> None:
    late = replace(measured_at(95.0).analysis, collection_start_ns=START_NS - 200 * NS_PER_H,
                   collection_stop_ns=START_NS - 176 * NS_PER_H)  # fmt: skip
    found = codes(laboratory_document(replace(measured_at(95.0), analysis=late)))
    assert found == ["rn.not_confirmed", "custody.collection_apart"]


@pytest.mark.parametrize(
    ("hours", "holder"), [(55.0, "Laboratory A"), (95.0, "FRL08"), (None, "FRL08"), (10.0, None)]
)
def test_the_receipt_shown_is_of_the_laboratory_that_measured(
    hours: float | None, holder: str | None
) -> None:
    made = laboratory_document(measured_at(hours))
    receipts = [str(s.parts) for s in made.sections if s.name == "receipt"]
    assert len(receipts) == (holder is not None)
    for name in ("Laboratory A", "FRL08"):
        assert all((name in shown) is (name == holder) for shown in receipts)


def test_a_log_that_nothing_authenticates_says_so() -> None:
    keyed = replace(good(), custody=custody(key=b"secret"))
    head = custody().head
    for document, is_told in (
        (laboratory_document(good()), True),
        (laboratory_document(good(), custody_key=b""), True),
        (laboratory_document(good(), custody_head=head), False),
        (laboratory_document(keyed, custody_key=b"secret"), False),
        (laboratory_document(replace(good(), custody=None)), False),
    ):
        parts = [p for s in document.sections if s.name == "custody" for p in s.parts]
        notes = [r.code for p in parts if isinstance(p, Sentences) for r in p.told]
        assert ("rn.note_unauthenticated" in notes) is is_told
