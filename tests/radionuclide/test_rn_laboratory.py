"""Portions at laboratories, zeta scores, custody: tampering is found, gaps are refused."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.radionuclide.support_samples import NS_PER_H, START_NS, result, sample

from vigie.errors import BadRecordError, CustodyError, ParameterError, UnknownModelError
from vigie.facts.ims import ims_facilities
from vigie.facts.laboratories import laboratories, laboratory
from vigie.radionuclide.laboratory import (
    Grade,
    Measured,
    Split,
    append,
    compare,
    compare_split,
    confirmable,
    entry_hash,
    from_json,
    grade,
    is_portion_of,
    parse_srid,
    split_srids,
    to_json,
    to_reference,
    verify,
)
from vigie.records import parse_iso
from vigie.records.custody import CustodyEntry, CustodyLog, CustodyState, SealState

WHOLE = "31202603010011G"
PORTION = "31202603010022G"


def test_identifications_of_real_messages() -> None:
    xenon = parse_srid("58202112020111X")
    assert (xenon.site, xenon.portions, xenon.portion, xenon.type) == (58, 1, 1, "X")
    assert xenon.start_ns == parse_iso("2021-12-02T01:00:00Z")
    assert parse_srid("58201904301011K").type == "K"


@settings(derandomize=True)
@given(
    st.integers(0, 99),
    st.integers(0, 400_000),
    st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))),
    st.sampled_from("XKGPQ"),
)
def test_an_identification_is_read_as_written(
    site: int, hours: int, portions: tuple[int, int], kind: str
) -> None:
    start = parse_iso("1995-01-01T00:00:00Z") + hours * NS_PER_H
    made = replace(
        parse_srid(WHOLE), site=site, start_ns=start, portions=portions[0], portion=portions[1],
        type=kind,
    )  # fmt: skip
    assert parse_srid(str(made)) == made
    assert len(str(made)) == 15


@pytest.mark.parametrize(
    "text",
    [
        "",
        "58202113020111X",
        "58202112022511X",
        "5820211202011X",
        "58202112020112X",
        "5820211202011xX",
    ],
)
def test_what_is_no_identification_is_refused(text: str) -> None:
    with pytest.raises(BadRecordError, match="SRID"):
        parse_srid(text)


def test_portions() -> None:
    assert split_srids(WHOLE, 2) == ("31202603010021G", PORTION)
    assert is_portion_of(PORTION, WHOLE)
    assert not is_portion_of("32202603010022G", WHOLE)
    with pytest.raises(BadRecordError):
        split_srids(PORTION, 2)
    with pytest.raises(BadRecordError):
        split_srids(WHOLE, 1)


def test_zeta_by_hand() -> None:
    # (12 - 10) / sqrt(0.8^2 + 0.6^2) = 2.0; E_n with doubled errors is half of it.
    found = compare("Cs-137", Measured(value=10.0, sigma=0.6), Measured(value=12.0, sigma=0.8))
    assert found.zeta == pytest.approx(2.0)
    assert found.e_n == pytest.approx(1.0)
    assert found.grade is Grade.ACCEPTABLE
    # Weighted mean: weights 1/0.36 and 1/0.64.
    assert found.combined.value == pytest.approx((10 / 0.36 + 12 / 0.64) / (1 / 0.36 + 1 / 0.64))
    assert found.combined.sigma == pytest.approx((1 / 0.36 + 1 / 0.64) ** -0.5)
    assert grade(-3.5) is Grade.NOT_ACCEPTABLE


def test_a_shared_error_is_not_averaged_out() -> None:
    # Two results with 5 % in common and 1 % of their own: together still 5 %.
    sigma = 100.0 * np.hypot(0.05, 0.01)
    a = Measured(value=100.0, sigma=float(sigma))
    found = compare("Ba-140", a, a, shared_relative=0.05)
    assert found.combined.sigma == pytest.approx(
        100.0 * np.hypot(0.05, 0.01 / np.sqrt(2)), rel=1e-6
    )
    with pytest.raises(ParameterError, match="shared_relative"):
        compare("Ba-140", a, a, shared_relative=0.2)
    with pytest.raises(ParameterError):
        Measured(value=1.0, sigma=0.0)


def test_zeta_of_equal_samples_is_standard_normal() -> None:
    rng = np.random.default_rng(17)
    scores = []
    for _ in range(3000):
        volume = 1.0 + 0.03 * rng.normal()
        a, b = (50.0 / volume * (1.0 + s * rng.normal()) for s in (0.05, 0.02))
        sigma = [float(50.0 * np.hypot(0.03, s)) for s in (0.05, 0.02)]
        found = compare(
            "Cs-137",
            Measured(value=float(a), sigma=sigma[0] * 1.02),
            Measured(value=float(b), sigma=sigma[1] * 1.02),
            shared_relative=0.03 * 50.0 / max(float(a), float(b)),
        )
        scores.append(found.zeta)
    assert np.mean(scores) == pytest.approx(0.0, abs=0.08)
    assert np.std(scores) == pytest.approx(1.0, abs=0.08)


def test_decay_back_to_the_collection() -> None:
    # I-131, 8.0233 d: after 16.0466 d a quarter is left.
    back = to_reference(Measured(value=1.0, sigma=0.1), 2 * 693213.0, 693213.0)
    assert (back.value, back.sigma) == pytest.approx((4.0, 0.4))
    uncertain = to_reference(Measured(value=1.0, sigma=1e-9), 693213.0, 693213.0, 6932.13)
    assert uncertain.sigma == pytest.approx(2.0 * np.log(2.0) * 0.01, rel=1e-6)
    with pytest.raises(ParameterError, match="half-lives"):
        to_reference(Measured(value=1.0, sigma=0.1), 1e9, 3600.0)


def test_a_portion_is_compared_with_its_sample() -> None:
    half_life = 1102900.0
    station = replace(
        sample(replace(result("Ba-140", 100.0, sigma=6.0), half_life_s=half_life),
               result("Cs-137", 9.0, sigma=1.0)), sample_id=WHOLE
    )  # fmt: skip
    # Ten days later 54 % is left, and the portion is half of the filter: of 2 Bq 0.581 Bq.
    later = (station.acquisition_start_ns or 0) + 240 * NS_PER_H
    left = 2.0 * 0.5 * 2.0 ** (-864000.0 / half_life)
    at_lab = replace(
        station,
        sample_id=PORTION,
        acquisition_start_ns=later,
        nuclides=(
            replace(
                result("Ba-140", 0.0, detected=True),
                activity_bq=left,
                activity_sigma_bq=0.02 * left,
                half_life_s=half_life,
            ),
        ),
    )
    split = Split(
        sample_id=WHOLE, portion_id=PORTION, laboratory="FRL08", share=0.5, share_sigma=0.01,
        volume_relative=0.03,
    )  # fmt: skip
    found = compare_split(station, at_lab, split)
    (one,) = found.comparisons
    assert one.laboratory.value == pytest.approx(100.0)
    assert one.laboratory.sigma == pytest.approx(100.0 * np.sqrt(0.02**2 + 0.02**2 + 0.03**2))
    assert one.zeta == pytest.approx(0.0, abs=1e-9)
    assert [r.code for r in found.left_out] == ["laboratory.not_reported"]
    with pytest.raises(ParameterError, match="must name"):
        compare_split(station, replace(at_lab, sample_id=WHOLE), split)
    with pytest.raises(ParameterError, match="known of both"):
        compare_split(replace(station, acquisition_start_ns=None), at_lab, split)
    with pytest.raises(ParameterError, match="share"):
        replace(split, share=0.0)
    much_later = replace(at_lab, acquisition_start_ns=later + 10**18)
    gone = compare_split(station, much_later, split)
    assert "laboratory.decayed_away" in [r.code for r in gone.left_out]


def test_the_sixteen_laboratories_are_those_of_the_treaty() -> None:
    treaty = {f.treaty_code: f for f in ims_facilities() if f.network == "RL"}
    assert [lab.treaty_code for lab in laboratories()] == list(treaty)
    for lab in laboratories():
        assert lab.state == treaty[lab.treaty_code].state
        assert lab.code[-2:] == lab.treaty_code[-2:]
        assert lab.code[2] == "L"
    with pytest.raises(UnknownModelError, match="FRL08"):
        laboratory("RL17")


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
