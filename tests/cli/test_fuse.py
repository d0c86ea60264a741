"""``vigie fuse``: from files to assessments, through the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from tests.cli.support_fuse import (
    AT,
    event,
    write_events,
    write_world,
    write_xenon,
)
from tests.cli.support_source import RELEASED_BQ, TRUTH, write_samples

from vigie.cli.main import main
from vigie.formats import Contents, format_named
from vigie.records import Bulletin, Event

if TYPE_CHECKING:
    from pathlib import Path

OPEN = ("--option", "order=lat_lon", "--option", "base=0")
HEAD = "name,lat,lon,nuclide,median_bq_per_day,gsd,from,to,source\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"))


def run(world: Path, *words: object, events: Path | None = None, samples: str = "samples.csv"
        ) -> tuple[int, str, str]:  # fmt: skip
    first = events or world / "events.json"
    own = ("fuse", first, world, "--samples", world / samples, *OPEN, *words)
    result = CliRunner().invoke(main, [str(word) for word in own])
    return result.exit_code, result.stdout, result.stderr


def document(world: Path, *words: object, status: int = 0, **files: Any) -> dict[str, Any]:  # noqa: ANN401
    code, text, told = run(world, *words, "--json", **files)
    assert code == status, told
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture(scope="module")
def found(world: Path) -> dict[str, Any]:
    return document(world)


def test_the_event_that_released_is_told_from_the_other(found: dict[str, Any]) -> None:
    assert found["vigie"] == {"document": "fuse", "version": 1}
    assert (found["reference_nuclide"], found["nuclides"]) == ("Xe-133", ["Xe-133", "Xe-135"])
    here, elsewhere = found["events"]
    assert here["decision"] == "for"
    assert here["log10_bayes_factor"] > 3.0
    assert here["log10_bayes_factor"] > elsewhere["log10_bayes_factor"] + 2.0
    low, high = here["released_bq_interval"]
    assert low < RELEASED_BQ < high
    assert here["delay_s_interval"][0] < 3 * 3600.0
    codes = [reason["code"] for reason in here["reasons"]]
    assert codes[0] == "fuse.for"
    assert {"fuse.no_emitters", "fuse.delay_prior", "fuse.release"} <= set(codes)
    assert all(reason["text"] and "fuse." not in reason["text"] for reason in here["reasons"])


def test_silent_samples_and_both_nuclides_are_weighed(found: dict[str, Any]) -> None:
    here = found["events"][0]
    assert {one["nuclide"] for one in here["samples"]} == {"Xe-133", "Xe-135"}
    assert any(not one["detected"] and one["delta_log10"] != 0.0 for one in here["samples"])
    assert sum(here["compositions"].values()) == pytest.approx(1.0)


def test_the_age_of_the_isotopes_is_in_the_score(world: Path) -> None:
    # The same release a week older than its isotopes say fits less.
    early = write_events(world / "early.json", event("early", "2020-02-27T12:00", TRUTH))
    two = document(world, events=early)["events"][0]["log10_bayes_factor"]
    one = document(world, "--nuclide", "Xe-133", events=early)["events"][0]["log10_bayes_factor"]
    now = document(world)["events"][0]["log10_bayes_factor"]
    alone = document(world, "--nuclide", "Xe-133")["events"][0]["log10_bayes_factor"]
    assert now - two > alone - one + 1.0


def test_the_unit_of_the_samples_changes_nothing(world: Path, found: dict[str, Any]) -> None:
    micro = document(world, samples="micro.csv")
    for one, two in zip(found["events"], micro["events"], strict=True):
        assert two["log10_bayes_factor"] == pytest.approx(one["log10_bayes_factor"], abs=1e-4)


def test_an_emitter_that_explains_the_samples_takes_the_score_away(
    world: Path, found: dict[str, Any]
) -> None:
    rows = [f"There,{TRUTH[0]},{TRUTH[1]},{name},{8 * RELEASED_BQ * share:g},2,"
            "2020-03-03T12:00,2020-03-03T15:00,x\n"
            for name, share in (("Xe-133", 1.0), ("Xe-135", 100.0))]  # fmt: skip
    path = world / "there.csv"
    path.write_text(HEAD + "".join(rows), "utf-8")
    known = document(world, "--emitters", path, "--nuclide", "Xe-133")
    alone = document(world, "--nuclide", "Xe-133")
    here = known["events"][0]
    assert here["log10_bayes_factor"] < alone["events"][0]["log10_bayes_factor"] - 2.0
    assert "fuse.background" in [reason["code"] for reason in here["reasons"]]
    assert known["background"][0]["samples"]


def test_an_event_after_all_samples_is_not_decidable_and_the_rest_goes_on(world: Path) -> None:
    path = write_events(world / "late.json", event("late", "2020-04-01", TRUTH),
                        event("here", AT, TRUTH))  # fmt: skip
    late, here = document(world, events=path, status=1)["events"]
    assert (late["decision"], late["log10_bayes_factor"]) == ("not_decidable", None)
    assert late["reasons"][0]["code"] == "fuse.after_all"
    assert here["decision"] == "for"


def test_an_event_far_from_the_air_of_all_samples_is_not_decidable(world: Path) -> None:
    path = write_events(world / "far.json", event("east", AT, (41.0, 38.0), km=5.0))
    (far,) = document(world, events=path)["events"]
    assert (far["decision"], far["samples_reached"]) == ("not_decidable", 0)
    assert far["reasons"][0]["code"] == "fuse.not_reached"
    assert far["log10_bayes_factor"] == pytest.approx(0.0, abs=1e-9)
    path = write_events(world / "off.json", event("off", AT, (-41.0, 138.0), km=5.0))
    (off,) = document(world, events=path, status=1)["events"]
    assert off["reasons"][0]["code"] == "fuse.outside"


def test_an_origin_without_error_or_no_origin_is_said(world: Path) -> None:
    path = write_events(world / "bare.json", event("bare", AT, TRUTH, km=None, mb=None),
                        Event(id="nothing", origins=()))  # fmt: skip
    bare, nothing = document(world, events=path, status=1)["events"]
    assert not bare["ellipse"]["stated"]
    assert "fuse.no_ellipse" in [reason["code"] for reason in bare["reasons"]]
    assert nothing["reasons"][0]["code"] == "fuse.no_origin"


def test_a_sensitivity_that_does_not_reach_back_is_named(world: Path) -> None:
    path = write_events(world / "early2.json", event("early", "2020-03-02T18:00", TRUTH))
    (early,) = document(world, events=path)["events"]
    (told,) = [one for one in early["reasons"] if one["code"] == "fuse.not_followed"]
    assert "2020-03-05 12:00 Xe-133" in told["text"]
    assert "2020-03-05 00:00" not in told["text"]  # those reach back to 03-02 12:00


def test_the_yield_bounds_the_amount(world: Path) -> None:
    path = write_events(world / "small.json", event("small", AT, TRUTH, mb=1.0))
    (bound,) = document(world, "--magnitude-yield", 4.45, 0.75, events=path)["events"]
    # 10^((1.0 + 0.6 - 4.45) / 0.75) kt x 1.54e16 Bq.
    assert bound["most_bq"] == pytest.approx(10 ** (-2.85 / 0.75) * 1.54e16, rel=0.02)
    assert bound["released_bq_interval"][1] < 1.3 * bound["most_bq"]
    assert "fuse.yield_bound" in [reason["code"] for reason in bound["reasons"]]
    (free,) = document(world, events=path)["events"]
    assert "fuse.no_yield" in [reason["code"] for reason in free["reasons"]]


def test_a_yield_too_small_for_the_least_release_is_not_weighed(world: Path) -> None:
    """10^((1.0 + 0.6 - 4.45) / 0.75) kt x 1.54e16 Bq is 2.4e12 Bq."""
    path = write_events(world / "tiny.json", event("tiny", AT, TRUTH, mb=1.0))
    amounts = ("--amount", 1e13, 1e16)
    relation = ("--magnitude-yield", 4.45, 0.75)
    (tiny,) = document(world, *relation, *amounts, events=path, status=1)["events"]
    assert tiny["log10_bayes_factor"] is None
    assert [reason["code"] for reason in tiny["reasons"]] == ["fuse.yield_below"]


def test_prior_odds_give_a_probability(world: Path, found: dict[str, Any]) -> None:
    here = document(world, "--prior-odds", 0.01, "--event", "here")["events"][0]
    odds = 0.01 * 10.0 ** here["log10_bayes_factor"]
    assert here["probability"] == pytest.approx(odds / (1.0 + odds))
    assert found["events"][0]["probability"] is None


def test_samples_that_would_decide_are_ranked(world: Path) -> None:
    write_xenon(world / "two.csv", stations=("AAP01", "BBP02"))
    here = document(world, samples="two.csv")["events"][0]
    stations = [one["station"] for one in here["next_samples"]]
    assert set(stations) == {"CCP03"}
    expected = [one["expected_bq_m3"] for one in here["next_samples"]]
    assert expected == sorted(expected, reverse=True)
    assert here["next_samples"][0]["of_critical_level"] > 1.0


def test_the_region_of_a_source_meets_the_ellipse(world: Path) -> None:
    here, _ = document(world, "--region")["events"]
    assert here["region_km"] == 0.0
    assert "fuse.in_region" in [reason["code"] for reason in here["reasons"]]


def test_quakeml_is_read_as_well(world: Path, found: dict[str, Any]) -> None:
    contents = Contents(bulletin=Bulletin(events=(event("here", AT, TRUTH),)))
    (data,) = format_named("quakeml").write(contents).values()
    path = world / "events.xml"
    path.write_bytes(data)
    (here,) = document(world, events=path)["events"]
    assert here["log10_bayes_factor"] == pytest.approx(
        found["events"][0]["log10_bayes_factor"], abs=1e-3
    )


def test_one_nuclide_that_is_no_xenon_is_weighed_alone(world: Path) -> None:
    write_samples(world / "barium.csv")  # Ba-140
    found = document(world, samples="barium.csv")
    assert found["events"][0]["compositions"] == {"single": 1.0}
    path = world / "both.csv"
    rows = (world / "samples.csv").read_text("utf-8") + (world / "barium.csv").read_text(
        "utf-8"
    ).split("\n", 1)[1]
    path.write_text(rows, "utf-8")
    told = document(world, samples="both.csv")["remarks"]
    assert [one["code"] for one in told] == ["fuse.left_out"]
    assert "Ba-140" in told[0]["text"]


def test_figures_text_and_document_are_written(world: Path, tmp_path: Path) -> None:
    code, text, told = run(world, "-o", tmp_path / "out", "--language", "es")
    assert code == 0, told
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "here.png", "elsewhere.png", "fuse.json",
    }  # fmt: skip
    assert "factor de Bayes" in text
    code, _, told = run(world, "-o", tmp_path / "x.svg", "--event", "here")
    assert code == 0, told
    assert (tmp_path / "x.svg").read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("--event", "absent"), 2, "absent"),
        (("--amount", "1e12", "1e10"), 2, "least first"),
        (("--magnitude-yield", "4", "-1"), 2, "above 0"),
        (("--prompt-hours", "100", "--longest-days", "2"), 2, "longest delay"),
        (("--nuclide", "Cs-137"), 1, "Cs-137"),
        (("--nuclide", "Rubbish-1"), 1, "Rubbish"),
        (("--emitters", "absent.csv"), 1, "absent.csv"),
    ],
)
def test_bad_words_are_told(world: Path, words: tuple[str, ...], status: int, told: str) -> None:
    code, _, text = run(world, *words)
    assert (code, told in text) == (status, True), text


def test_files_without_events_or_partners_are_told(world: Path, tmp_path: Path) -> None:
    code, _, text = run(world, events=world / "samples.csv")
    assert (code, "an event" in text) == (1, True), text
    other = tmp_path / "other.csv"
    other.write_text((world / "samples.csv").read_text("utf-8").replace("P0", "X0"), "utf-8")
    code, _, text = run(world, samples=str(other))
    assert (code, "Mend the codes" in text) == (1, True), text


def test_nothing_that_is_read_is_written_over(world: Path) -> None:
    code, _, text = run(world, "-o", world / "events.json")
    assert code == 1
    assert "events.json" in text
