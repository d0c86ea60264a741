"""Custody as text: whatever is changed in it is refused or found."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.radionuclide.test_rn_custody import whole_log

from vigie.errors import CustodyError
from vigie.radionuclide.laboratory import from_json, to_json, verify
from vigie.records import Reason

LOG = whole_log()
TEXT = to_json(LOG)


def changed(number: int | None, **values: object) -> str:
    """Return the text with other values in an entry, or (None) in the log."""
    document = json.loads(TEXT)
    place = document if number is None else document["entries"][number]
    place.update(values)
    return json.dumps(document)


@pytest.mark.parametrize("forged", ["\u00e9" * 64, "", "\u0660" * 64, "0" * 64])
def test_a_hash_of_any_characters_is_a_finding_and_no_crash(forged: str) -> None:
    edited = Reason.of("custody.edited", sample=LOG.sample_id, entry=2)
    assert edited in verify(from_json(changed(2, hash=forged)))
    code = "custody.cut_short" if forged.startswith("0") else "custody.no_hash"
    assert verify(from_json(changed(None)), head=forged) == (Reason.of(code, sample=LOG.sample_id),)


def test_half_a_character_is_a_finding_and_no_crash() -> None:
    for name in ("hash", "place", "condition"):
        odd = replace(LOG.entries[2], **{name: "\ud800"})  # type: ignore[arg-type]
        told = verify(replace(LOG, entries=(*LOG.entries[:2], odd, *LOG.entries[3:])))
        assert "custody.edited" in [r.code for r in told]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (changed(2, comment="wet"), "entry 2.*'comment'"),
        (changed(None, note="x"), "log.*'note'"),
        (changed(2, time_ns=30.9), "entry 2.*time_ns"),
        (changed(2, time_ns=LOG.entries[2].time_ns), "entry 2.*time_ns"),
        (changed(2, time_ns=f" {LOG.entries[2].time_ns}"), "entry 2.*time_ns"),
        (changed(2, time_ns=f"0{LOG.entries[2].time_ns}"), "entry 2.*time_ns"),
        (changed(2, time_ns=f"+{LOG.entries[2].time_ns}"), "entry 2.*time_ns"),
        (changed(2, time_ns="1_0"), "entry 2.*time_ns"),
        (changed(2, time_ns="\u0663\u0660"), "entry 2.*time_ns"),
        (changed(2, time_ns="9" * 5000), "entry 2.*time_ns"),
        (changed(2, time_ns=str(10**30)), "entry 2.*time_ns.*1678 and 2261"),
        (changed(2, time_ns=str(-(10**30))), "entry 2.*time_ns.*1678 and 2261"),
        (changed(2, sequence=10**400), "entry 2.*sequence"),
        (changed(2, time_ns="soon"), "entry 2.*time_ns"),
        (changed(2, time_ns=None), "entry 2.*time_ns"),
        (changed(2, sequence=2.0), "entry 2.*sequence"),
        (changed(1, sequence=True), "entry 1.*sequence"),
        (changed(2, sequence="2"), "entry 2.*sequence"),
        (changed(2, seal="cut"), "entry 2.*seal"),
        (changed(2, state=3), "entry 2.*state"),
        (changed(2, place=None), "entry 2.*place"),
        (changed(2, photographs=["a", 1]), "entry 2.*photographs"),
        (changed(2, photographs="ab"), "entry 2.*photographs"),
        (changed(None, sample_id=1), "log.*sample_id"),
        (changed(None, entries=None), "log.*entries"),
        (changed(None, entries={}), "log.*entries"),
        (changed(None, entries=[3]), "entry 0"),
        ("[]", "log"),
        ("{}", "log.*'sample_id'"),
        ('{"sample_id": "S"}', "log.*'entries'"),
        (TEXT.replace('"place": "carrier",', "", 1), "entry 2.*'place'"),
        (TEXT.replace('"clock": "GPS",', "", 1), "entry 0.*'clock'"),
        (TEXT.replace('"place": "FRP31",', '"place": "X", "place": "FRP31",', 1), "'place'.*twice"),
        (TEXT.replace('"sample_id"', '"sample_id": "X", "sample_id"', 1), "'sample_id'.*twice"),
        (TEXT.replace('"carrier"', '"\\ud800"', 1), "JSON"),
        (TEXT + "{}", "JSON"),
        ("[" * 100_000, "JSON"),
    ],
)  # fmt: skip
def test_what_is_no_log_is_refused_with_its_place(text: str, told: str) -> None:
    with pytest.raises(CustodyError, match=told):
        from_json(text, path="custody.json")


Json = Any
values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)


def near(value: Json) -> st.SearchStrategy[Json]:
    """Return what lies close to a value: other types of it, other spellings."""
    other = [float(value), bool(value), str(value)] if isinstance(value, int) else []
    if isinstance(value, str):
        other += [f" {value}", f"{value} ", f"0{value}", f"+{value}", value.upper(), value[:-1]]
        other += [value.swapcase(), [value], None] + ([int(value)] if value.isdecimal() else [])
    if isinstance(value, list):
        other += [None, "", {}, [*value, ""], [value]]
    return st.sampled_from(other)


def refusal(text: str) -> str | None:
    """Return what the reader says against a text; None where it reads it."""
    try:
        from_json(text)
    except CustodyError as error:
        return str(error)
    return None


@settings(derandomize=True, max_examples=400)
@given(st.data())
def test_any_change_of_one_field_is_refused_or_found(data: st.DataObject) -> None:
    document = json.loads(TEXT)
    number = data.draw(st.none() | st.integers(0, len(LOG.entries) - 1))
    place = document if number is None else document["entries"][number]
    name = data.draw(st.sampled_from(sorted(place)))
    was = json.dumps(place[name])
    kind = data.draw(st.sampled_from(("other", "near", "gone", "more", "renamed")))
    if kind in ("gone", "renamed"):
        kept = place.pop(name)
        if kind == "renamed":
            place[data.draw(st.text().filter(lambda new: new != name))] = kept
    elif kind == "more":
        place[data.draw(st.text().filter(lambda new: new not in place))] = data.draw(values)
    else:
        place[name] = data.draw(near(place[name]) if kind == "near" else values)
        if json.dumps(place[name]) == was:
            return
    text = json.dumps(document)
    if (refused := refusal(text)) is None:
        assert verify(from_json(text), head=LOG.head), (number, name, kind)
    elif kind in ("other", "near"):
        assert name in refused or name == "entries"


@settings(derandomize=True, max_examples=200)
@given(st.text() | st.builds(json.dumps, values))
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(CustodyError):
        from_json(text)
