"""Catalogues: complete, consistent, and never a reason to fail."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.i18n.support_codes import constants, emitted

from vigie.errors import UnknownModelError
from vigie.i18n import LANGUAGES, SPOKEN, language, messages, sentence
from vigie.i18n.formatting import fields_of, fill
from vigie.radionuclide.judge import default_limits, default_recipe
from vigie.records import Reason

babel = pytest.importorskip("babel", reason="Babel is needed to read the catalogues' sources")
from builders import catalogues  # noqa: E402 — needs Babel

SOURCES = {code: catalogues.read_catalogue(code) for code in SPOKEN}


def forms(code: str, name: str) -> list[str]:
    """Return all forms of a message in a language."""
    found = SOURCES[code].get(name)
    if found is None:
        return []
    return [found.string] if isinstance(found.string, str) else list(found.string or ())


ENGLISH = sorted(catalogues.codes(SOURCES["en"]))


def test_compiled_catalogues_are_those_of_the_sources() -> None:
    assert catalogues.main(["--check"]) == 0


@pytest.mark.parametrize("code", SPOKEN)
def test_every_language_says_everything_with_the_same_fields(code: str) -> None:
    assert catalogues.codes(SOURCES[code]) == set(ENGLISH)
    for name in ENGLISH:
        wanted = fields_of(forms("en", name)[-1])
        optional = {"n"} if len(forms("en", name)) > 1 else set()
        for text in forms(code, name):
            assert wanted - optional <= fields_of(text) <= wanted | optional, (code, name, text)


def test_every_code_of_the_code_base_has_its_sentence_and_its_parameters() -> None:
    places = emitted()
    assert len(places) > 40
    missing = sorted({f"{one.code} ({one.place})" for one in places if one.code not in ENGLISH})
    assert missing == []
    lacking = []
    for one in places:
        wanted = set().union(*(fields_of(text) for text in forms("en", one.code)))
        if not one.open_params and not wanted <= one.params:
            lacking.append(f"{one.code} wants {sorted(wanted - one.params)} ({one.place})")
    assert lacking == []


# Codes that are put together where they are emitted, and what they can become.
PUT_TOGETHER = {
    "noble_gas.no_": [f"noble_gas.no_{kind}_background" for kind in ("gas", "detector")],
    "rn.level.": [f"rn.level.{level}" for level in "12345ABC"],
    "rn.kind.": [f"rn.kind.{kind}" for kind in ("ARR", "RRR", "RLR", "SSREB")],
    "rn.title.": [f"rn.title.{kind}" for kind in ("ARR", "RRR", "RLR", "SSREB")],
}


def test_every_code_that_stands_in_the_code_is_known() -> None:
    # Codes also travel in variables; whatever looks like one has to be in the catalogues.
    kinds = {name.split(".")[0] for name in ENGLISH} - {"term", "rn"}
    known = {*ENGLISH, *PUT_TOGETHER}
    assert {code: at for code, at in constants(kinds).items() if code not in known} == {}
    assert {name for names in PUT_TOGETHER.values() for name in names} <= set(ENGLISH)


def test_every_word_of_figures_and_texts_is_known_and_used() -> None:
    kinds = {"rn.figure", "rn.text"}
    used = set(constants(kinds))
    assert used == {name for name in ENGLISH if name.startswith(("rn.figure.", "rn.text."))}


def test_every_flag_and_cause_has_its_word() -> None:
    limits = default_limits()
    wanted = {f"term.flag.{n}" for n in (*limits.particulate, *limits.noble_gas)}
    wanted |= {f"term.{note.cause}" for note in default_recipe().nuclides}
    assert wanted <= set(ENGLISH)


@pytest.mark.parametrize("code", SPOKEN)
def test_plural_forms_are_those_of_cldr(code: str) -> None:
    rule = babel.Locale(code).plural_form
    plural = messages(code).translations.plural  # type: ignore[attr-defined]
    by_form: dict[int, set[str]] = {}
    for n in [*range(131), 1000, 1001, 1011, 1021]:
        by_form.setdefault(plural(n), set()).add(rule(n))
    # Each form stands for whole categories; "many" of French and Spanish is of millions only.
    assert all(len(categories) == 1 for categories in by_form.values()), by_form


def test_numbers_choose_the_form() -> None:
    russian = messages("ru")
    told = [russian("category.unexplained_peaks", n=n) for n in (1, 2, 5, 11, 21)]
    assert told == [
        "1 пик не объяснён.",
        "2 пика не объяснены.",
        "5 пиков не объяснено.",
        "11 пиков не объяснено.",
        "21 пик не объяснён.",
    ]
    assert messages("ar")("category.unexplained_peaks", n=2) == "ذروتان غير مفسَّرتين."
    assert messages("en")("category.unexplained_peaks", n=1) == "1 peak is not explained."


@pytest.mark.parametrize("n", [float("nan"), float("inf"), -float("inf")])
def test_a_count_that_is_no_number_breaks_nothing(n: float) -> None:
    assert "–" in messages("en")("category.unexplained_peaks", n=n)


def test_numbers_have_a_point_in_every_language() -> None:
    params: dict[str, str | float] = {
        "nuclide": "Cs-137", "concentration": 0.03125, "unit": "uBq/m3", "limit": 0.01,
        "chance_percent": 0.25, "n": 365,
    }  # fmt: skip
    told = {code: messages(code).tell("category.above_range", params) for code in SPOKEN}
    assert "0.0312 µBq/m³" in told["en"]
    for code in ("fr", "es", "ru", "zh"):
        assert "0.0312" in told[code], code
    assert "мкБк/м³" in told["ru"]
    # In Arabic digits are Latin, and what runs the other way is isolated.
    assert "\u20680.0312\u2069" in told["ar"]
    assert "\u2068Cs-137\u2069" in told["ar"]


def test_unknown_numbers_and_terms() -> None:
    assert fill("{x}", {"x": float("nan")}, LANGUAGES["fr"], str) == "–"
    assert fill("{x}|{y}", {"x": 3.0, "y": 2.5e-9}, LANGUAGES["fr"], str) == "3|2.5e-09"
    assert messages("fr").term("no such word") == "no such word"


@settings(derandomize=True)
@given(
    st.sampled_from(SPOKEN),
    st.sampled_from(ENGLISH) | st.text(max_size=20),
    st.dictionaries(
        st.sampled_from(["n", "nuclide", "unit", "concentration", "limit", "seen"]),
        st.text(max_size=5) | st.floats() | st.integers(-5, 5),
    ),
)
def test_no_code_and_no_parameters_break_a_sentence(
    code: str, name: str, params: dict[str, str | float]
) -> None:
    told = messages(code).tell(name, params)
    assert isinstance(told, str)


def test_a_reason_from_elsewhere_is_told_as_it_is() -> None:
    odd = Reason.of("other.program", value=3, word="x")
    assert sentence(odd, "fr") == "other.program (value 3, word x)"
    # A known code with other parameters, too.
    assert sentence(Reason.of("category.one_unusual")) == "category.one_unusual"
    assert sentence(SimpleNamespace(code="gas.none", params=())) == "No xenon isotope was detected."


def test_languages() -> None:
    assert [LANGUAGES[code].direction for code in SPOKEN].count("rtl") == 1
    assert language("zh_Hans").code == "zh"
    for wrong in ("de", "", "english"):
        with pytest.raises(UnknownModelError, match="en, fr, es, ru, zh, ar"):
            language(wrong)


# Terms of the treaty's field that must not drift: detection and decision limits as ISO 11929 and
# VIM name them, the gas as the treaty does.
NAMES = ("rn.label.concentration", "rn.label.sigma", "term.noble_gas", "rn.label.event")
GLOSSARY = {
    "fr": ("activité volumique", "incertitude", "gaz rare", "événement"),
    "es": ("concentración de actividad", "incertidumbre", "gas noble", "fenómeno"),
    "ru": ("объёмная активность", "неопределённость", "инертный газ", "явление"),
    "zh": ("活度浓度", "不确定度", "惰性气体", "事件"),
    "ar": ("تركيز النشاط", "عدم اليقين", "غاز خامل", "الظاهرة"),
}


@pytest.mark.parametrize("code", sorted(GLOSSARY))
def test_terms_are_those_of_the_glossary(code: str) -> None:
    for term, name in zip(GLOSSARY[code], NAMES, strict=True):
        assert forms(code, name) == [term]


def test_typography() -> None:
    for name in ENGLISH:
        for text in forms("fr", name):
            assert not re.search(r"[^\u202f\s{}\w.!:'/][;:!?]", re.sub(r"\{[^}]*\}", "", text)), (
                text
            )
            assert " :" not in text.replace("\u202f:", "")
        for text in forms("zh", name):
            outside = re.sub(r"\{[^}]*\}", "", text)
            assert not re.search(r"[,;:()]", outside), text
