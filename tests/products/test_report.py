"""Reports: complete, self-contained, calm, and honest about what is missing."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from tests.products.conftest import make_event, make_stations, make_waveforms

from vigie.earth import load_predictor
from vigie.network.screening import SENTENCES
from vigie.products.bulletin_summary import bulletin_summary
from vigie.products.geometry import with_geometry
from vigie.products.report import Catalogue, ReportContext, event_report, index_page
from vigie.products.report.summary import answers, short_size
from vigie.products.report.tables import missing_magnitudes
from vigie.products.report.words import ENGLISH
from vigie.records import Bulletin, Event, Inventory, Magnitude, YieldRange

if TYPE_CHECKING:
    from pathlib import Path

VOID = {"meta", "link", "br", "img", "input", "hr"}
LOADING = {"src", "href", "xlink:href", "srcset", "data"}


class Page(HTMLParser):
    """What a test asks of a page."""

    # ruff: noqa: D102 — the methods are those of the standard library's parser

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.loads: list[str] = []
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.words = ""
        self.errors: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.stack.append(tag)
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)
        for key, value in attrs:
            if key in LOADING and value and not value.startswith("#"):
                self.loads.append(value)
            if key == "id" and value:
                self.ids.append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack.pop() != tag:
            self.errors.append(tag)

    def handle_data(self, data: str) -> None:
        if "style" not in self.stack:
            self.words += data


@cache
def sketch() -> Event:
    """Return an event with an origin and no arrivals: its report is quick to draw."""
    event = make_event()
    return replace(event, origins=(replace(event.origins[0], associations=()),))


@pytest.fixture(scope="module")
def page() -> str:
    event = make_event()
    context = ReportContext(
        waveforms=make_waveforms(event),
        inventory=Inventory(make_stations(41.3, 129.08)),
        predictor=load_predictor("ak135"),
        bulletin_name="REB",
        command="vigie report a.isf -o out",
        written_ns=0,
    )
    return event_report(event, context)


def test_a_page_is_whole_and_loads_nothing(page: str) -> None:
    parsed = Page(page)
    assert parsed.errors == []
    assert parsed.stack == []
    assert parsed.loads == []
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert "https://" not in page
    assert "@import" not in page
    assert len(parsed.ids) == len(set(parsed.ids))


def test_a_page_says_what_is_known(page: str) -> None:
    words = Page(page).words
    for text in (
        "Event 2016/0106",
        "A REGION, at 41.300° N 129.080° E.",
        "2016-01-06 01:30:00.50 UTC, standard error 0.40 s.",
        "Fixed at 0 km (the surface)",
        "9.0 by 5.0 km",
        "with 90 % probability",
        "11 observations at 12 stations",
        "not\u00a0screened\u00a0out",
        "vigie report a.isf -o out",
        "1970-01-01T00:00:00Z",
        "ak135",
        "automatic, not reviewed",
        "The depth was fixed.",
        "mbmle",
        "○\u00a0no (residual)",
    ):
        assert text in words, text


def test_headings_descend_without_gaps(page: str) -> None:
    headings = Page(page).headings
    assert headings.count("h1") == 1
    assert headings[0] == "h1"
    assert len(headings) >= 8


def test_every_figure_has_words(page: str) -> None:
    figures = page.count("<figure")
    assert figures == 6
    assert page.count("<svg aria-label=") == figures
    assert page.count("<figcaption>") == figures


def test_captions_run_in_the_direction_of_the_page() -> None:
    # Drawings run from left to right in every language; the words below them do not.
    rules = (files("vigie.products.report") / "page.css").read_text()
    assert re.search(r"^figure \{[^}]*direction", rules, re.MULTILINE) is None
    assert re.search(r"^figure svg \{[^}]*direction: ltr", rules, re.MULTILINE)


def test_no_page_says_what_vigie_never_says(page: str) -> None:
    forbidden = "nuc" + "lear"
    assert forbidden not in page.lower()
    for text in (*ENGLISH.values(), *SENTENCES.values()):
        assert forbidden not in text.lower()
        assert "!" not in text


def test_simulated_events_say_so(page: str) -> None:
    event = sketch()
    simulated = replace(event, origins=(replace(event.origins[0], simulated=True),))
    assert "Simulated data" in event_report(simulated)
    assert "Simulated data" not in page


def without_anything(event: Event) -> Event:
    origin = replace(
        event.origins[0],
        ellipses=(),
        depth_km=None,
        depth_fixed=False,
        time_sigma_s=None,
        rms_s=None,
    )
    return replace(event, origins=(origin,), magnitudes=(), screening=())


@pytest.mark.parametrize(
    ("bare", "said"),
    [
        (Event(id="bare", origins=()), "nothing was located"),
        (replace(sketch(), magnitudes=(), screening=()), "was not screened"),
        (sketch(), "No arrivals are associated"),
        (without_anything(sketch()), "Not determined."),
        (without_anything(sketch()), "No magnitude could be computed."),
        (without_anything(sketch()), "No error ellipse was computed."),
    ],
)
def test_what_is_missing_is_said_to_be_missing(bare: Event, said: str) -> None:
    parsed = Page(event_report(bare))
    assert parsed.errors == []
    assert said in parsed.words


def test_a_missing_magnitude_says_why() -> None:
    event = make_event()
    far = tuple(
        replace(a, delta_deg=(a.delta_deg or 0.0) + 100.0) for a in event.origins[0].associations
    )
    event = replace(event, origins=(replace(event.origins[0], associations=far),), magnitudes=())
    (text,) = [t for t in missing_magnitudes(event, Catalogue()) if t.startswith("mb")]
    assert "none of 9 stations" in text
    assert "9 × distance outside 20 to 105" in text


def test_the_size_of_an_event_heard_in_the_air_is_its_yield() -> None:
    wide = YieldRange(
        relation="lanl", kind="chemical", quantity="amplitude", low_kt=1e-3, high_kt=1.0
    )
    sharp = replace(wide, relation="aftac", quantity="period", low_kt=2e-3, high_kt=0.02)
    bound = replace(wide, relation="stevens", low_kt=0.4, high_kt=None, bound=">")
    event = replace(make_event(), magnitudes=(), yields=(wide, sharp, bound))
    told = dict(answers(event, Catalogue()))["How big"]
    assert "by 2 relations of its sound together, amplitude and period counted alike" in told
    # 20 t at most and 400 t at least cannot both be.
    assert "disagree: each of these excludes another, 2 t to 20 t (period: AFTAC) and at" in told
    assert "at least 400 t (amplitude: Stevens et al. 2002)." in told
    told = dict(answers(replace(event, yields=(sharp,)), Catalogue()))["How big"]
    assert told.startswith("If it was a chemical explosion: 2 t to 20 t of TNT with 90 % prob")
    assert "by one relation of its sound alone (period: AFTAC)" in told
    agreed = dict(answers(replace(event, yields=(wide, sharp)), Catalogue()))["How big"]
    assert "disagree" not in agreed
    bare = replace(event, yields=(bound,))
    assert dict(answers(bare, Catalogue()))["How big"].startswith("No magnitude")


def test_remarks_on_readings_are_warnings() -> None:
    event = make_event()
    told = replace(event.detections[0], remarks=("no azimuth: which element is late is not known",))
    page = event_report(replace(event, detections=(told, *event.detections[1:])))
    assert "S00 Pn of 2016-01-06T" in page
    assert ": no azimuth: which element is late is not known<" in page


def test_texts_are_escaped() -> None:
    nasty = replace(sketch(), id="<script>x</script>", region='"><b>', comments=("<i>&",))
    page = event_report(nasty)
    assert "<script" not in page
    assert '"><b>' not in page
    assert "&lt;i&gt;&amp;" in page


def test_an_upper_bound_is_said_to_be_one() -> None:
    bound = replace(sketch(), magnitudes=(Magnitude(type="mbmle", value=3.6, bound="<"),))
    assert "mbmle below 3.60: no station measured it." in event_report(bound)


def test_another_language_is_another_dictionary() -> None:
    words = Catalogue(language="fr", words={"summary": "Résumé", "q_where": "Où"})
    page = event_report(sketch(), ReportContext(words=words))
    assert '<html lang="fr"' in page
    assert "Résumé" in page
    assert "Magnitude" in page


def test_sentences_of_foreign_records_stay_as_they_are() -> None:
    foreign = replace(sketch().screening[0], params=(), reason="As the source says.")
    assert "As the source says." in event_report(replace(sketch(), screening=(foreign,)))


def test_equal_inputs_give_equal_pages() -> None:
    assert event_report(sketch()) == event_report(sketch())


def test_the_index_links_every_report(event: Event) -> None:
    other = replace(event, id="other", origins=())
    page = index_page(Bulletin(name="REB", events=(event, other)), {event.id: "event_1.html"})
    parsed = Page(page)
    assert parsed.errors == []
    assert parsed.loads == ["event_1.html"]
    assert "2 events" in parsed.words
    assert "no events" in Page(index_page(Bulletin(), {})).words


def test_summary_has_a_line_per_event(event: Event) -> None:
    lines = bulletin_summary(Bulletin(events=(event, Event(id="x", origins=())))).split("\n")
    assert len(lines) == 4
    assert "observations that locate" in lines[3]
    assert "no origin" in lines[1]
    assert "41.300" in lines[2]
    assert "9.0 x 5.0" in lines[2]
    assert all(len(line) <= 60 for line in bulletin_summary(Bulletin(), width=60).split("\n"))


def test_table_and_sentence_count_the_same() -> None:
    event = make_event()
    origin = event.origins[0]
    used = tuple(replace(a, azimuth_defining=i < 3) for i, a in enumerate(origin.associations))
    times = sum(a.time_defining for a in used)
    located = replace(origin, associations=used, n_defining=times + 3, n_stations=11)
    event = replace(event, origins=(located,))
    said = dict(answers(event, Catalogue()))["On what evidence"]
    assert f"{times + 3} observations at 11 stations" in said
    assert f"(times {times}, azimuths 3)" in said
    row = bulletin_summary(Bulletin(events=(event,))).split("\n")[1].split()
    assert f"11 {times + 3}" in " ".join(row)
    counts_phases = replace(event, origins=(replace(located, n_defining=7),))
    assert "(times" not in dict(answers(counts_phases, Catalogue()))["On what evidence"]


@pytest.mark.parametrize(
    ("magnitude", "said"),
    [
        (Magnitude(type="mb", value=5.0), "mb 5.00; its standard error is not known."),
        (
            Magnitude(type="mb", value=5.0, author="ISC", n_stations=1),
            "mb 5.00, from 1 station, by ISC; its standard error is not known.",
        ),
        (
            Magnitude(type="mb", value=5.0, sigma=0.2, n_stations=3),
            "mb 5.00, standard error 0.20, from 3 stations.",
        ),
        (Magnitude(type="mb", value=5.0, sigma=0.2), "mb 5.00, standard error 0.20."),
        (
            Magnitude(type="mb", value=5.0, sigma=0.5, sigma_from_depth=0.4),
            "mb 5.00, standard error 0.50 (0.30 from the readings, 0.40 from the depth).",
        ),
    ],
)
def test_a_size_says_its_error_and_author(magnitude: Magnitude, said: str) -> None:
    event = replace(sketch(), magnitudes=(magnitude,))
    assert dict(answers(event, Catalogue()))["How big"] == said


def test_sizes_of_other_solutions_stand_beside_and_are_named() -> None:
    event = sketch()
    isc = replace(event.origins[0], id="isc", depth_km=67.0, author="ISC")
    own = Magnitude(type="mb", value=5.0, sigma=0.2, origin_id="o")
    surface = Magnitude(type="Ms", value=4.52, origin_id="o", n_stations=7)
    theirs = (
        Magnitude(type="mb", value=5.4, author="ISC", origin_id="isc"),
        Magnitude(type="Ms", value=4.1, author="NEIC", origin_id="isc"),
    )
    both = replace(
        event, origins=(isc, *event.origins), preferred_id="o", magnitudes=(own, surface, *theirs)
    )
    said = dict(answers(both, Catalogue()))["How big"]
    told = "Other solutions of the event: mb 5.40 (ISC, at 67 km), Ms 4.10 (NEIC, at 67 km)."
    assert said == f"mb 5.00, standard error 0.20. Also Ms 4.52 (7 stations). {told}"
    assert short_size(both) == "mb 5.0"
    page = event_report(both)
    assert "this solution" in page
    assert "ISC, 67 km deep" in page
    # Where it has no size of its own, the others' stand with their names, and why is said.
    without = replace(both, magnitudes=theirs)
    said = dict(answers(without, Catalogue()))["How big"]
    assert said.startswith("mb 5.40, by ISC;")
    assert "mb: no station has the right phase" in event_report(without)
    many = replace(both, magnitudes=(own, *theirs * 4))
    assert dict(answers(many, Catalogue()))["How big"].endswith("and 2 more.")


def test_geometry_is_filled_where_a_station_is_known(event: Event, inventory: Inventory) -> None:
    origin = event.origins[0]
    stripped = replace(
        event,
        origins=(
            replace(
                origin,
                associations=tuple(
                    replace(a, delta_deg=None, esaz_deg=None) for a in origin.associations
                ),
            ),
        ),
    )
    filled = with_geometry(stripped, inventory)
    for one, two in zip(filled.origins[0].associations, origin.associations, strict=True):
        assert one.delta_deg == pytest.approx(two.delta_deg)
        assert one.esaz_deg == pytest.approx(two.esaz_deg)
    assert with_geometry(stripped).origins[0].associations[0].delta_deg is None


def test_an_azimuth_follows_from_the_other_one(event: Event) -> None:
    origin = event.origins[0]
    half = tuple(replace(a, seaz_deg=None) for a in origin.associations)
    filled = with_geometry(replace(event, origins=(replace(origin, associations=half),)))
    for one, two in zip(filled.origins[0].associations, origin.associations, strict=True):
        assert one.seaz_deg == pytest.approx(two.seaz_deg, abs=1e-6)


def test_pages_are_written_side_by_side(tmp_path: Path) -> None:
    from vigie.pipeline.reports import write_reports

    twin = replace(sketch(), id="2016 0106")
    written = write_reports(Bulletin(events=(sketch(), twin)), None, tmp_path / "out")
    names = [path.name for _, path in written.pages]
    assert names == ["event_2016_0106.html", "event_2016_0106_2.html"]
    assert all((tmp_path / "out" / name).is_file() for name in names)
    index = written.index.read_text(encoding="utf-8")
    assert all(name in index for name in names)
