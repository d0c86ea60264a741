"""ARR, RRR, RLR, SSREB: the same content as text, HTML, JSON and XML, in six languages."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as parser
from matplotlib.figure import Figure
from tests.radionuclide.support_samples import NS_PER_H, START_NS, full_sample, peak, result, sample

from vigie.cli.sample_text import gas_text
from vigie.i18n import SPOKEN, messages
from vigie.products.figures import Drawing
from vigie.products.radionuclide import (
    CalibrationEquation,
    Document,
    LaboratoryReport,
    RadionuclideEvent,
    RadionuclideReport,
    RegionCounts,
    ReportKind,
    Revision,
    event_document,
    json_product,
    laboratory_document,
    page,
    sample_document,
    sampml,
    text_message,
)
from vigie.products.radionuclide.blocks import Number
from vigie.products.radionuclide.sampml import NAMESPACE
from vigie.products.radionuclide.text import width
from vigie.radionuclide.laboratory import Split, append, compare_split, confirmable
from vigie.records import (
    Acquisition,
    Calibration,
    Category,
    CustodyEntry,
    CustodyLog,
    CustodyState,
    DetectorSystem,
    FilterGeometry,
    IsotopeRatio,
    PeakShare,
    PhdType,
    PulseHeight,
    RatioKind,
    Reason,
    SampleAnalysis,
    SealState,
    XenonProcessing,
    ZeroTime,
)

MESSAGE = PulseHeight(
    type=PhdType.SAMPLE,
    station="FRP31",
    detector="FRP31_001",
    system=DetectorSystem.PARTICULATE,
    geometry="CYLINDER",
    measurement_id="FRP31_001-2026/03/03-00:00",
    acquisition=Acquisition(
        start_ns=START_NS + 48 * NS_PER_H, real_time_s=84_305.0, live_time_s=84_162.0
    ),
    filter=FilterGeometry(diameter_cm=7.0, thickness_cm=1.5),
    gamma_calibration=Calibration(calibrated_ns=START_NS),
    raw_sha256="cd" * 32,
)


def reviewed() -> RadionuclideReport:
    """Return a report with something in each of its sections."""
    return RadionuclideReport(
        analysis=full_sample(),
        kind=ReportKind.RRR,
        message=MESSAGE,
        station_place="Fontainebleau",
        arrived_ns=START_NS + 72 * NS_PER_H,
        parameters=(("search.threshold", "3.0"),),
        updates=(("gain_shift", "0.001"),),
        equations=(
            CalibrationEquation(
                quantity="energy", form="E(c) = a0 + a1 c", coefficients=(-0.432, 0.33004)
            ),
        ),
        comments=("A storm <b>of dust</b> & sand.",),
        revisions=(Revision(author="analyst", time_ns=START_NS, comment="first"),),
        command="vigie spectrum sample.phd",
    )


def gas_sample() -> SampleAnalysis:
    """Return a noble gas sample with covariance and ratios of every kind."""
    xenons = tuple(
        result(name, value, sigma=0.05, critical_level=0.1, unit="mBq/m3")
        for name, value in (("Xe-133", 1.2), ("Xe-135", 0.3), ("Xe-131m", 0.02), ("Xe-133m", 0.01))
    )
    ratios = tuple(
        IsotopeRatio(
            numerator="Xe-135", denominator="Xe-133", value=None if kind == "unbounded" else 0.25,
            kind=kind, low=0.1 if kind in ("bounded", "lower", "exclusive") else None,
            high=0.4 if kind in ("bounded", "upper", "exclusive") else None, at_ns=START_NS,
        )
        for kind in RatioKind
    )  # fmt: skip
    zero = ZeroTime(
        numerator="Xe-135",
        denominator="Xe-133",
        scenario="full_ingrowth",
        time_ns=START_NS,
        earliest_ns=None,
        latest_ns=START_NS + NS_PER_H,
    )
    return replace(
        sample(*xenons, technology="noble_gas"),
        ratios=ratios,
        zero_times=(zero,),
        covariance=tuple(tuple(2.5e-3 * (i == j) for j in range(4)) for i in range(4)),
    )


def gas_report() -> RadionuclideReport:
    message = replace(
        MESSAGE,
        system=DetectorSystem.BETA_GAMMA,
        processing=XenonProcessing(
            volume_cm3=0.99533, volume_sigma_cm3=0.08659, recovery=0.61685, bottle_id="17"
        ),
    )
    return RadionuclideReport(
        analysis=gas_sample(),
        message=message,
        regions=(
            RegionCounts(
                roi=3, nuclide="Xe-133", gross=651.0, background=12.0, net=639.0, net_sigma=25.6,
                critical_level=9.0,
            ),
        ),
    )  # fmt: skip


WHOLE, PORTION = "31202603010011G", "31202603010022G"


def laboratory() -> LaboratoryReport:
    station = replace(
        sample(replace(result("Cs-137", 9.0, sigma=1.0), half_life_s=9.48e8)), sample_id=WHOLE
    )
    at_lab = replace(
        station,
        station="FRL08",
        sample_id=PORTION,
        acquisition_start_ns=START_NS + 300 * NS_PER_H,
        nuclides=(
            replace(
                result("Cs-137", 9.5, sigma=0.4), activity_bq=0.095, activity_sigma_bq=0.004,
                half_life_s=9.48e8,
            ),
            result("Ba-140", 0.2),
        ),
    )  # fmt: skip
    split = Split(sample_id=WHOLE, portion_id=PORTION, laboratory="FRL08", share=0.5)
    log = CustodyLog(sample_id=PORTION)
    way = [
        (CustodyState.COLLECTED, "", "FRP31", SealState.NONE),
        (CustodyState.SEALED, "FRP31", "FRP31", SealState.INTACT),
        (CustodyState.SHIPPED, "FRP31", "carrier", SealState.INTACT),
        (CustodyState.RECEIVED, "carrier", "FRL08", SealState.BROKEN),
    ]
    for k, (state, giver, taker, seal) in enumerate(way):
        log = append(
            log,
            CustodyEntry(
                sequence=0, sample_id=PORTION, state=state, from_holder=giver, to_holder=taker,
                time_ns=START_NS + (24 + k) * NS_PER_H, place=taker, seal=seal, seal_number="S-1",
            ),
        )  # fmt: skip
    return LaboratoryReport(
        id="RLR-1",
        laboratory="FRL08",
        analysis=at_lab,
        station=station,
        comparison=compare_split(station, at_lab, split),
        custody=log,
        custody_blocks=confirmable(log),
        objective="Confirm Cs-137.",
        test="gamma spectrometry",
        conclusions=("Cs-137 is confirmed.",),
    )


def event() -> RadionuclideEvent:
    first = replace(full_sample(), sample_id=WHOLE)
    return RadionuclideEvent(
        event_id="RN-2026-001",
        revision=2,
        samples=(gas_sample(), first),
        comparisons=tuple(c for c in (laboratory().comparison,) if c is not None),
        characterisation=(Reason.of("gas.none"),),
        field_of_regard="backward, 14 days",
        revisions=(Revision(author="analyst", time_ns=START_NS, comment="first"),),
    )


DOCUMENTS: dict[str, Document] = {
    "RRR": sample_document(reviewed()),
    "ARR": sample_document(gas_report()),
    "RLR": laboratory_document(laboratory()),
    "SSREB": event_document(event()),
}
CASES = [(kind, code) for kind in DOCUMENTS for code in SPOKEN]


@pytest.mark.parametrize(("kind", "code"), CASES)
def test_every_word_of_every_product_is_in_every_language(kind: str, code: str) -> None:
    document = DOCUMENTS[kind]
    made = text_message(document, language=code) + page(document, language=code)
    made += json_product(document, language=code)
    visible = re.sub(r'"code": "[^"]*"', "", made)
    assert not re.search(r"\b(rn|term|category|custody|laboratory|gas)\.[a-z]", visible)
    if code not in ("en", "fr", "es"):
        # No English sentence is left over; a person's words stay as they were written.
        pattern = re.compile(r"<(?:p|li|dt|th|h2)[^>]*>([^<]{15,})<")
        english = set(pattern.findall(page(document, language="en")))
        same = english & set(pattern.findall(page(document, language=code)))
        assert {text for text in same if not re.search(r"&|vigie|confirmed", text)} == set()


@pytest.mark.parametrize(("kind", "code"), CASES)
def test_pages_are_whole_and_load_nothing(kind: str, code: str) -> None:
    made = page(DOCUMENTS[kind], language=code)
    root = parser.document_fromstring(made)
    assert root.get("lang") == code
    assert root.get("dir") == ("rtl" if code == "ar" else "ltr")
    assert not re.search(r"(src|href)=[\"']https?:", made)
    assert "<script" not in made
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), ids
    for cell in root.iter("td"):
        if "n" in (cell.get("class") or ""):
            assert "," not in (cell.text_content() or "")


def test_people_s_words_are_escaped_and_kept() -> None:
    made = page(DOCUMENTS["RRR"])
    assert "&lt;b&gt;of dust&lt;/b&gt; &amp; sand" in made
    assert "A storm <b>of dust</b> & sand." in text_message(DOCUMENTS["RRR"])


def test_codes_stay_left_to_right_in_an_arabic_page() -> None:
    made = page(DOCUMENTS["RRR"], language="ar")
    assert '<bdi dir="ltr">Cs-137</bdi>' in made
    assert '<bdi dir="ltr">31202603010011G</bdi>' in made


def test_the_message_has_the_envelope_and_the_same_blocks_in_every_language() -> None:
    for document in DOCUMENTS.values():
        blocks = set()
        for code in SPOKEN:
            lines = text_message(document, language=code).split("\n")
            assert lines[:2] == ["BEGIN IMS2.0", "MSG_TYPE DATA"]
            assert lines[3] == f"DATA_TYPE {document.kind} IMS2.0"
            assert lines[-2:] == ["STOP", ""]
            assert all(line == line.rstrip() for line in lines)
            blocks.add(tuple(line for line in lines if line.startswith("#")))
        assert len(blocks) == 1


def test_columns_of_a_chinese_table_line_up() -> None:
    lines = text_message(DOCUMENTS["RRR"], language="zh").split("\n")
    start = lines.index("#Activities")
    rows = [line for line in lines[start:] if line.startswith(("Be-7 ", "Cs-137 "))][:2]
    ends = [width(line[: line.rindex("  ")]) for line in rows]
    assert ends[0] == ends[1]


def test_json_holds_the_numbers_of_the_records_in_any_language() -> None:
    found = json.loads(json_product(DOCUMENTS["RRR"], language="fr"))
    sections = {s["section"]: s for s in found["sections"]}
    row = sections["results"]["tables"]["results"][1]
    assert row["nuclide"] == "Cs-137"
    assert row["concentration_ubq_per_m3"] == 9.31
    assert row["activity_mbq"] == pytest.approx(186.2)
    assert sections["sample"]["values"]["live_time_s"] == 84_162.0
    assert sections["sample"]["values"]["collection_start"] == "2026-03-01T00:00:00.000Z"
    flags = {f["flag"]: f["outcome"] for f in sections["flags"]["tables"]["flags"]}
    assert flags == {
        "be7_fwhm": "failed", "arrival_time": "unchecked", "collection_time": "passed",
        "flow_rate": "passed",
    }  # fmt: skip

    def without_words(text: str) -> str:
        return re.sub(r'"(text|language)": "[^"]*"', "", text)

    for document in DOCUMENTS.values():
        plain = {without_words(json_product(document, language=code)) for code in SPOKEN}
        assert len(plain) == 1


def test_failed_flags_come_first_and_nothing_is_lost_between_forms() -> None:
    text = text_message(DOCUMENTS["RRR"])
    assert text.index("▲ failed") < text.index("○ not checked") < text.index("● passed")
    made = page(DOCUMENTS["RRR"])
    for number in ("9.3", "477.60", "84162.00", "-0.432 0.33004"):
        assert number in text, number
        assert number in made, number


def judged(*reasons: Reason) -> SampleAnalysis:
    category = Category(
        level="B", rule="noble_gas.B", rules_version="1.0",
        reasons=(*reasons, Reason.of("gas.grade", n=1, grade="G1")),
    )  # fmt: skip
    return replace(gas_sample(), category=category)


@pytest.mark.parametrize("code", SPOKEN)
def test_level_b_is_within_the_norm_only_where_a_norm_is_known(code: str) -> None:
    within = messages(code)("rn.level.B")
    usual = judged(Reason.of("gas.usual", nuclides="Xe-133"))
    unjudged = judged(Reason.of("gas.unjudged", nuclides="Xe-133"))
    made = [
        page(sample_document(RadionuclideReport(analysis=a)), language=code)
        for a in (usual, unjudged)
    ]
    said = [parser.document_fromstring(text).text_content() for text in made]
    assert within in said[0]
    assert within not in said[1]
    assert messages(code)("rn.level_unjudged") in said[1]


def uncollected(**stated: str) -> RadionuclideReport:
    """Return the report of a spectrum of which nothing but the file is known."""
    seen = replace(
        result("Cs-137", 9.0, unit="Bq"), activity_bq=9.0, activity_sigma_bq=0.37,
        concentration=None, uncertainty=None,
    )  # fmt: skip
    bare = replace(
        sample(seen), station="", detector="", sample_id="", collection_start_ns=None,
        collection_stop_ns=None, air_volume_m3=None,
    )  # fmt: skip
    return RadionuclideReport(analysis=bare, **stated)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", SPOKEN)
def test_a_report_of_a_bare_spectrum_has_no_empty_parts(code: str) -> None:
    named = sample_document(uncollected(name="soil 3_2"))
    assert "MSG_ID ARR-soil-3_2 VIGIE\n" in text_message(named, language=code)
    assert "soil 3_2" in text_message(named, language=code).split("\n")[6]
    bare = text_message(sample_document(uncollected()), language=code).split("\n")
    assert bare[2] == "MSG_ID ARR VIGIE"
    assert bare[6]
    assert bare[6][-1].isalpha()


def test_an_activity_without_a_volume_has_its_uncertainty() -> None:
    found = json.loads(json_product(sample_document(uncollected())))
    (row,) = next(s for s in found["sections"] if s["section"] == "results")["tables"]["results"]
    assert row["activity_bq"] == 9.0
    assert not [name for name in row if name.startswith("concentration") or name.endswith("mbq")]
    assert row["sigma_bq"] == 0.37


def test_unbounded_ratios_are_named() -> None:
    text = text_message(DOCUMENTS["ARR"])
    for word in ("bounded", "at least", "at most", "outside of the interval", "unbounded"):
        assert word in text


def test_a_broken_seal_keeps_the_laboratory_result_unconfirmed() -> None:
    text = text_message(DOCUMENTS["RLR"])
    assert "The result is not confirmed" in text
    assert "seal S-1 was found broken in entry 3" in text
    assert "#SampleReceipt" in text
    assert "acceptable" in text


def test_xml_reads_back() -> None:
    root = etree.fromstring(sampml(reviewed()))
    names = {"s": NAMESPACE}

    def text(path: str) -> str:
        return str(root.xpath(f"string({path})", namespaces=names))

    assert text("//s:StationCode") == "FRP31"
    assert text("//s:Category") == "4"
    assert text("//s:LiveAcquisitionTime") == "PT84162S"
    assert text("//s:Nuclide[s:Name='CS-137']/s:Concentration") == "9.31"
    assert text("//s:CollectionTimeWithin24Hrs/s:Pass") == "true"
    assert text("//s:SampleReceived72HrsFromCollectStart/s:Pass") == "unchecked"
    assert len(root.findall(f".//{{{NAMESPACE}}}PeakResult")) == 4
    gas = etree.fromstring(sampml(gas_report()))
    assert len(gas.findall(f".//{{{NAMESPACE}}}Row")) == 4
    odd = replace(reviewed(), station_place="a\x00b\x1fc")
    assert etree.fromstring(sampml(odd)) is not None


def test_simulated_data_are_marked_everywhere() -> None:
    document = sample_document(replace(reviewed(), analysis=replace(full_sample(), simulated=True)))
    assert json.loads(json_product(document))["simulated"] is True
    for code in SPOKEN:
        alert = messages(code)("rn.simulated")
        assert escape(alert) in page(document, language=code)
        told = re.sub(r"\s", "", text_message(document, language=code))
        assert re.sub(r"\s", "", alert) in told


def test_figures_fill_their_slots() -> None:
    figure = Figure()
    figure.add_subplot().plot([0, 1], [1, 2])
    drawing = Drawing(name="spectrum", title="Spectrum", alt="Spectrum.", figure=figure)
    plain, drawn = page(DOCUMENTS["RRR"]), page(DOCUMENTS["RRR"], figures={"spectrum": [drawing]})
    assert "<figure" not in plain
    assert '<figure class="spectrum">' in drawn


def test_long_tables_are_folded() -> None:
    many = sample(peaks=tuple(peak(100.0 + k) for k in range(40)))
    made = page(sample_document(RadionuclideReport(analysis=many)))
    assert "<details><summary>All peaks of the spectrum.</summary>" in made


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (Number(value=None), "–"),
        (Number(value=float("nan")), "–"),
        (Number(value=9.31, sigma=1.2), "9.3"),
        (Number(value=86420.0, sigma=1760.0), "86420"),
        (Number(value=0.00001234), "1.234e-05"),
        (Number(value=-3.0, digits=1), "-3"),
        (Number(value=0.0), "0.000"),
        (Number(value=123456789.0), "1.235e+08"),
    ],
)
def test_numbers_have_the_digits_of_their_errors(number: Number, written: str) -> None:
    assert number.text == written


numbers = st.none() | st.floats()


@settings(derandomize=True, max_examples=40)
@given(numbers, numbers, numbers, st.text(max_size=8), st.sampled_from(SPOKEN), st.booleans())
def test_no_numbers_and_no_words_break_a_report(
    a: float | None, b: float | None, c: float | None, words: str, code: str, seen: bool
) -> None:
    odd = replace(
        result("Cs-137", 1.0), concentration=a, uncertainty=b, mdc=c, detected=seen, high=a, low=c
    )
    analysis = replace(sample(odd), remarks=(Reason.of(words, x=words),))
    report = RadionuclideReport(analysis=analysis, comments=(words,), station_place=words)
    document = sample_document(report)
    json.loads(json_product(document, language=code))
    assert text_message(document, language=code).endswith("STOP\n")
    parser.document_fromstring(page(document, language=code))
    etree.fromstring(sampml(report))


@pytest.mark.parametrize(
    ("code", "word"), [("en", "annihilation"), ("fr", "échappement"), ("ru", "вылет")]
)
def test_what_explains_a_peak_is_said_in_the_reader_s_language(code: str, word: str) -> None:
    shares = (
        PeakShare(cause="nuclide", nuclide="Tl-208", counts=60.0),
        PeakShare(cause="single_escape", nuclide="K-40", counts=30.0),
        PeakShare(cause="annihilation", counts=10.0),
    )
    one = replace(full_sample(), peaks=(replace(peak(511.0), shares=shares),))
    report = RadionuclideReport(kind=ReportKind.ARR, analysis=one, message=MESSAGE)
    written = text_message(sample_document(report), language=code)
    assert "Tl-208, " in written
    assert word in written
    assert "single_escape" not in written


def test_what_is_withheld_is_neither_found_nor_absent_on_any_page() -> None:
    seen, *others = gas_sample().nuclides
    silent = tuple(one.without_numbers() for one in others)
    for nuclides in ((seen, *silent), silent):
        analysis = replace(
            gas_sample(), nuclides=nuclides, covariance=(), ratios=(), zero_times=(), category=None
        )
        report = RadionuclideReport(analysis=analysis)
        document = sample_document(report)
        for code in ("en", "ar"):
            json.loads(json_product(document, language=code))
            parser.document_fromstring(page(document, language=code))
        written = " ".join(text_message(document).split())
        assert "Nothing is said of Xe-135, Xe-131m, Xe-133m" in written
        assert "No nuclide was detected" not in written
        # No row of limits without a limit.
        assert "\nXe-135 " not in text_message(document)
        states = [
            one.get("detected") for one in etree.fromstring(sampml(report)).iter("{*}Nuclide")
        ]
        assert states == ["true"] * (len(nuclides) - 3) + ["unknown"] * 3
        rows = gas_text(analysis, "en").splitlines()
        assert all(row.endswith("-") for row in rows if row.startswith(("Xe-135", "Xe-131m")))
