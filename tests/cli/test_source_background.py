"""``vigie source`` with known emitters, through the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from matplotlib.text import Text
from tests.cli.support_source import RELEASED_BQ, TRUTH, write_fields, write_samples

from vigie.cli.main import main
from vigie.cli.sample_table import table_rows
from vigie.i18n import SPOKEN, messages
from vigie.pipeline.transport.background import background_of
from vigie.pipeline.transport.source_inputs import match, read_fields, read_samples
from vigie.products.transport.background_figure import background_figure
from vigie.products.transport.background_text import background_lines
from vigie.records import Emitter

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.products.transport.background_view import BackgroundView

OPEN = ("--option", "order=lat_lon", "--option", "base=0")
FAST = ("--amount", "1e10", "1e16", "--longest", "6", "--method", "posterior")
HEAD = "name,lat,lon,nuclide,median_bq_per_day,gsd,from,to,source\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    write_fields(folder)
    path = write_samples(folder / "samples.csv")
    path.write_text(path.read_text("utf-8").replace("Ba-140", "Xe-133"), "utf-8")
    path = write_samples(folder / "micro.csv", "uBq/m3", 1e6)
    path.write_text(path.read_text("utf-8").replace("Ba-140", "Xe-133"), "utf-8")
    (folder / "far.csv").write_text(HEAD + "Far,48.5,20.5,Xe-133,1e9,3,,,test 2020\n", "utf-8")
    place = f"{TRUTH[0]},{TRUTH[1]}"
    # In three hours of a day's rate, an eighth of it: the release itself.
    rate = f"{8 * RELEASED_BQ:g},3,2020-03-03T12:00,2020-03-03T15:00"
    (folder / "there.csv").write_text(HEAD + f"There,{place},Xe-133,{rate},t\n", "utf-8")
    (folder / "silent.csv").write_text(HEAD + "Hidden,47,20,Xe-133,,,,,\n", "utf-8")
    return folder


def run(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["source", *map(str, words)])
    return result.exit_code, result.stdout, result.stderr


def document(world: Path, samples: str, *words: object) -> dict[str, Any]:
    status, text, told = run(world, "--samples", world / samples, *OPEN, *FAST, *words, "--json")
    assert status == 0, told
    found: dict[str, Any] = json.loads(text)
    return found


def bayes(found: dict[str, Any]) -> float:
    return float(found["diagnostics"]["posterior"]["log10_bayes_factor_against_background"])


def test_an_emitter_that_explains_the_samples_takes_the_evidence_from_a_release(
    world: Path,
) -> None:
    far = document(world, "samples.csv", "--emitters", world / "far.csv")
    there = document(world, "samples.csv", "--emitters", world / "there.csv")
    without = document(world, "samples.csv")
    assert without["background"] is None
    assert bayes(far) == pytest.approx(bayes(without), abs=0.3)
    assert bayes(there) < bayes(without) - 2.0
    largest = max(there["background"]["samples"], key=lambda one: one["mean_bq_m3"])
    assert largest["contributions"][0]["emitter"] == "There"
    assert 0.05 < largest["p_value"] < 0.95
    assert largest["explained_share"]["median"] > 0.5


def test_a_detection_that_nothing_known_explains_is_told(world: Path) -> None:
    found = document(world, "samples.csv", "--emitters", world / "far.csv")
    remarks = [one["code"] for one in found["diagnostics"]["remarks"]]
    assert "source.background_exceeded" in remarks
    assert found["background"]["emitters"][0]["source"] == "test 2020"


def test_the_unit_of_the_samples_changes_nothing(world: Path) -> None:
    one = document(world, "samples.csv", "--emitters", world / "there.csv")
    two = document(world, "micro.csv", "--emitters", world / "there.csv")
    assert bayes(two) == pytest.approx(bayes(one), abs=1e-4)
    for a, b in zip(one["background"]["samples"], two["background"]["samples"], strict=True):
        assert b["median_bq_m3"] == pytest.approx(a["median_bq_m3"], rel=1e-9)
        assert b["p_value"] == pytest.approx(a["p_value"], abs=1e-4)


def test_emitters_without_a_release_are_named(world: Path) -> None:
    found = document(
        world, "samples.csv", "--emitters", world / "silent.csv", "--emitters", "known"
    )
    told = {one["code"]: one for one in found["diagnostics"]["remarks"]}
    assert "Hidden" in told["source.background_unknown"]["text"]
    assert all(one["mean_bq_m3"] == 0.0 for one in found["background"]["samples"])


def test_reactors_of_a_list_are_sites(world: Path, tmp_path: Path) -> None:
    path = tmp_path / "reactors.csv"
    path.write_text("Name,Latitude,Longitude,Status\nR-1,47,20,Operational\n"
                    "R-2,47.01,20.01,Operational\nP,46,21,Planned\n", "utf-8")  # fmt: skip
    words = ("--reactors", path, "--reactor-release", "1e10", "5")
    found = document(world, "samples.csv", *words)
    assert [one["name"] for one in found["background"]["emitters"]] == ["R-1"]
    assert found["background"]["emitters"][0]["geometric_standard_deviation"] == 5.0


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("--emitters", "absent.csv"), 1, "absent.csv"),
        (("--reactor-release", "1e9", "5"), 2, "--reactors"),
        (("--reactors", "x.csv", "--reactor-release", "1e9", "0.5"), 2, "1 or more"),
    ],
)
def test_bad_words_are_told(world: Path, words: tuple[str, ...], status: int, told: str) -> None:
    code, _, text = run(world, "--samples", world / "samples.csv", *OPEN, *FAST, *words)
    assert (code, told in text) == (status, True), text


def test_a_file_of_something_else_is_told(world: Path, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    code, _, text = run(world, "--samples", world / "samples.csv", *OPEN, *FAST, "--emitters", path)
    assert code == 1
    assert "missing: name, latitude, longitude, nuclide" in text


@pytest.fixture(scope="module")
def view(world: Path) -> BackgroundView:
    fields, _ = read_fields([world], {"order": "lat_lon", "base": "0"}, report=lambda _: None)
    samples, _ = read_samples(world / "samples.csv", {})
    emitter = Emitter(name="Alpha", latitude=47.0, longitude=20.0, nuclide="Xe-133",
                      median_bq_per_day=1e11, spread=3.0)  # fmt: skip
    pairs = match(samples, fields, "Xe-133").pairs
    return background_of(pairs, [emitter], "Xe-133", model_error=0.5)


@pytest.mark.parametrize("language", SPOKEN)
def test_every_word_is_known_in_every_language(view: BackgroundView, language: str) -> None:
    lines = background_lines(view, messages(language), table_rows)
    assert len(lines) == len(view.samples) + 2
    assert "source." not in "\n".join(lines)


def test_the_figure_has_a_place_for_each_sample(view: BackgroundView) -> None:
    drawn = background_figure(view, "fr")
    assert drawn is not None
    (ax,) = drawn.figure.axes
    assert len(ax.get_xticklabels()) == len(view.samples)
    shown = [text.get_text() for text in drawn.figure.findobj(Text)]
    assert not [text for text in (*shown, drawn.title, drawn.alt) if "source." in text]
    assert drawn.png(dpi=40).startswith(b"\x89PNG")


def test_the_legend_names_what_the_figure_shows(view: BackgroundView) -> None:
    pairs = [one.pair for one in view.samples]
    nothing = background_figure(background_of(pairs, [], "Xe-133", model_error=0.5))
    assert nothing is not None
    (ax,) = nothing.figure.axes
    (legend,) = nothing.figure.legends
    named = [text.get_text() for text in legend.get_texts()]
    assert "background, 5 to 95 % and median" not in named
    assert "background below 0.001 × critical level" in named
    (crosses,) = [
        line for line in ax.lines if line.get_label() in named and line.get_marker() == "x"
    ]
    assert len(crosses.get_xdata()) == len(pairs)
    foot = ax.transData.inverted().transform(ax.transAxes.transform((0.0, 0.05)))[1]
    assert foot < min(min(one.get_ydata()) for one in ax.lines if one is not crosses)
    drawn = background_figure(view)
    assert drawn is not None
    assert "background, 5 to 95 % and median" in [
        text.get_text() for one in drawn.figure.legends for text in one.get_texts()
    ]
