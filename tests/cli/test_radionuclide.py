"""The commands for radionuclide samples, as a user calls them."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from vigie.cli.main import main
from vigie.cli.sample_options import head_line
from vigie.cli.sample_text import sample_text
from vigie.formats import Contents, format_named
from vigie.i18n import messages
from vigie.records import PulseHeight, Reason, parse_iso
from vigie.simulate.radionuclide.hpge import HpgeStation, simulate_sample
from vigie.testing import radionuclide_examples as rn
from vigie.testing.sample_examples import sample_analysis


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def written(path: Path, message: PulseHeight) -> Path:
    files = format_named("ims_radionuclide").write(Contents(pulse_heights=(message,)))
    path.write_bytes(next(iter(files.values())))
    return path


@pytest.fixture(name="filter_sample")
def particulate(tmp_path: Path) -> Path:
    made = simulate_sample(HpgeStation(), np.random.default_rng(20261126))
    return written(tmp_path / "filter.phd", made.message)


@pytest.fixture(name="gas_sample")
def noble_gas(tmp_path: Path) -> Path:
    return written(tmp_path / "gas.phd", rn.noble_gas_sample())


def document(result: Result) -> dict[str, object]:
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_a_particulate_sample_gives_nuclides_flags_and_a_category(filter_sample: Path) -> None:
    result = run("spectrum", filter_sample, "--json")
    assert result.exit_code == 0, result.output
    (sample,) = json.loads(result.stdout)["samples"]
    assert {"1", "2", "3", "4", "5"} >= {sample["category"]}
    assert sample["flags"]
    found = {n["nuclide"] for n in sample["nuclides"] if n["detected"]}
    assert {"Be-7", "Pb-212"} <= found
    assert sample["simulated"]
    assert all(n["unit"] in {"uBq/m3", "Bq"} for n in sample["nuclides"])


def test_text_figure_page_and_report_are_written(filter_sample: Path, tmp_path: Path) -> None:
    for name, mark in (
        ("a.png", b"\x89PNG"),
        ("a.svg", b"<?xml"),
        ("a.html", b"<!doctype html"),
        ("a.txt", b"BEGIN IMS2.0"),
        ("a.xml", b"<?xml"),
        ("a.json", b"{"),
    ):
        result = run("spectrum", filter_sample, "-o", tmp_path / name, "--language", "fr")
        assert result.exit_code == 0, result.output
        assert (tmp_path / name).read_bytes().lower().startswith(mark.lower()), name
    assert 'lang="fr"' in (tmp_path / "a.html").read_text()


def test_what_was_analysed_is_history_of_what_follows(filter_sample: Path, tmp_path: Path) -> None:
    kept = tmp_path / "history.json"
    assert run("spectrum", filter_sample, "-o", kept).exit_code == 0
    result = run("samples", kept, "--json")
    assert result.exit_code == 0, result.output
    (detector,) = json.loads(result.stdout)["detectors"]
    assert len(detector["samples"]) == 1


def test_a_gas_sample_is_sent_to_its_own_command(gas_sample: Path) -> None:
    result = run("spectrum", gas_sample)
    assert result.exit_code == 1
    assert "vigie noblegas" in result.stderr


def test_a_gas_sample_gives_isotopes_by_three_methods_or_says_why_not(gas_sample: Path) -> None:
    result = run("noblegas", gas_sample, "--json")
    assert result.exit_code == 0, result.output
    (sample,) = json.loads(result.stdout)["samples"]
    methods = {n["method"] for n in sample["nuclides"]}
    assert "likelihood" in methods
    assert {r["code"] for r in sample["remarks"]} >= {"noble_gas.no_detector_background"}
    assert sample["category"] in {"A", "B", "C"}


def test_samples_of_one_detector_are_told_apart_by_their_ids(tmp_path: Path) -> None:
    analyses = tuple(sample_analysis(f"99202002{day:02d}0711P") for day in range(1, 4))
    path = tmp_path / "x.samples.json"
    files = format_named("sample_json").write(Contents(samples=(*analyses, analyses[0])))
    path.write_bytes(next(iter(files.values())))
    result = run("samples", path, "--json")
    (detector,) = json.loads(result.stdout)["detectors"]
    assert len(detector["samples"]) == 3
    assert detector["simulated"]
    text = run("samples", path, "-o", tmp_path / "history.png")
    assert "Ba-140" in text.stdout
    assert (tmp_path / "history.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize("command", ["spectrum", "noblegas", "samples"])
def test_wrong_input_is_named_and_the_rest_goes_on(
    command: str, filter_sample: Path, gas_sample: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.phd"
    bad.write_bytes(b"BEGIN IMS2.0\nMSG_TYPE DATA\n")
    good = gas_sample if command == "noblegas" else filter_sample
    result = run(command, bad, tmp_path / "none.phd", good, "--json")
    assert result.exit_code == 1
    assert "none.phd" in result.stderr
    assert document(result)["vigie"]
    assert "Traceback" not in result.stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "empty" in run(command, empty).stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--efficiency", "none.ecc"), "none.ecc"),
        (("--rules", "none.toml"), "none.toml"),
        (("--background", "none.phd"), "none.phd"),
        (("--language", "xx"), "xx"),
    ],
)
def test_wrong_options_are_told(filter_sample: Path, arguments: tuple[str, str], word: str) -> None:
    result = run("spectrum", filter_sample, *arguments)
    assert result.exit_code in {1, 2}
    assert word in result.stderr


def test_no_output_over_an_input(filter_sample: Path) -> None:
    result = run("spectrum", filter_sample, "-o", filter_sample)
    assert result.exit_code == 1
    assert "input" in result.stderr


def test_coarse_channels_are_analysed_and_written_all_the_same(tmp_path: Path) -> None:
    coarse = written(tmp_path / "coarse.phd", rn.particulate_sample())
    kept = tmp_path / "kept.json"
    assert run("spectrum", coarse, "-o", kept).exit_code == 0
    assert run("samples", kept).exit_code == 0


def test_the_first_line_has_no_empty_parts() -> None:
    bare = replace(sample_analysis("x"), simulated=False, sample_id="", collection_stop_ns=None)
    bare = replace(bare, acquisition_start_ns=parse_iso("2010-04-17T20:36:00Z"))
    assert head_line(replace(bare, detector="A1"), "en") == "A1, 2010-04-17 20:36"
    assert head_line(replace(bare, detector="", station=""), "en") == "2010-04-17 20:36"


@pytest.mark.parametrize("command", ["spectrum", "noblegas", "samples", "detect", "associate"])
def test_help_says_that_the_text_is_printed_beside_the_output(command: str) -> None:
    told = " ".join(run(command, "--help").stdout.split())
    assert "instead of printing" not in told
    assert "as well as printing" in told


def test_what_a_folder_holds_and_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    files = format_named("sample_json").write(Contents(samples=(sample_analysis("9920200201"),)))
    whole = next(iter(files.values()))
    (folder / "a.samples.json").write_bytes(whole)
    assert run("samples", folder).exit_code == 0
    # What vigie writes beside its analyses is no stranger.
    (folder / "a.png").write_bytes(b"\x89PNG\r\n")
    (folder / "a.html").write_text("<!doctype html><p>x</p>", "utf-8")
    assert run("samples", folder).exit_code == 0
    (folder / "README").write_text("hello", "utf-8")
    stray = run("samples", folder)
    assert (stray.exit_code, "README" in stray.stderr) == (0, True)
    (folder / "b.json").write_text("{", "utf-8")
    (folder / "c.json").write_bytes(whole[:-40])
    (folder / "notes.txt").write_text("hello", "utf-8")
    (folder / "d.phd").write_text("BEG", "utf-8")
    result = run("samples", folder, "--json")
    assert result.exit_code == 1
    (detector,) = json.loads(result.stdout)["detectors"]
    assert len(detector["samples"]) == 1
    for name in ("b.json", "c.json", "d.phd", "notes.txt"):
        line = next(x for x in result.stderr.splitlines() if f"{name}: " in x)
        assert "vigie" in line
    assert "breaks off" in next(x for x in result.stderr.splitlines() if "b.json: " in x)
    assert ".png" not in result.stderr


def test_an_analysis_without_a_collection_is_named(tmp_path: Path) -> None:
    bare = replace(sample_analysis("9920200201"), collection_stop_ns=None)
    files = format_named("sample_json").write(Contents(samples=(bare,)))
    kept = tmp_path / "x.samples.json"
    kept.write_bytes(next(iter(files.values())))
    result = run("samples", kept)
    assert "9920200201" in result.stderr
    assert "collection" in result.stderr


def english_words() -> set[str]:
    """Return the English of the text printed, where French says otherwise, without its fields."""
    english, french = messages("en"), messages("fr")
    path = "rn.text.peaks rn.text.quality rn.text.remarks rn.text.not_detected rn.text.category"
    path += " rn.text.simulated rn.text.detected rn.text.lines rn.text.area rn.label.nuclide"
    path += " rn.label.activity rn.label.concentration rn.label.unit rn.label.explained_by"
    path += " rn.text.found rn.text.median rn.text.usual_to rn.text.last rn.text.unusual"
    path += " rn.text.ratios rn.none_found rn.text.seen rn.text.zero_time rn.text.anything"
    found = set()
    for code in path.split():
        own, other = english.template(code), french.template(code)
        assert own is not None
        assert other is not None
        parts, others = (
            set(re.findall(r"[A-Za-z]{3,}", re.sub(r"\{.*?\}", " ", text))) for text in (own, other)
        )
        found |= parts - others
    return found


def test_the_text_printed_is_in_the_language(
    filter_sample: Path, gas_sample: Path, tmp_path: Path
) -> None:
    files = format_named("sample_json").write(Contents(samples=(sample_analysis("9920200201"),)))
    kept = tmp_path / "x.samples.json"
    kept.write_bytes(next(iter(files.values())))
    english = english_words()
    assert {"nuclide", "concentration", "peaks", "checks"} <= english
    for arguments, own in (
        (("spectrum", filter_sample, "--peaks"), "SIMULÉ"),
        (("noblegas", gas_sample), "rapports"),
        (("samples", kept), "médiane"),
    ):
        result = run(*arguments, "--language", "fr")
        assert result.exit_code == 0, result.output
        assert own in result.stdout
        assert not english & set(re.findall(r"[A-Za-z]{3,}", result.stdout))


def test_the_document_is_the_same_in_all_languages(filter_sample: Path) -> None:
    documents = [run("spectrum", filter_sample, "--json", "--language", x) for x in ("en", "zh")]
    samples = [json.loads(one.stdout)["samples"] for one in documents]
    assert samples[0] == samples[1]


def test_figures_of_a_page_speak_its_language(filter_sample: Path, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    assert run("spectrum", filter_sample, "-o", page, "--language", "es").exit_code == 0
    text = page.read_text("utf-8")
    assert messages("es")("rn.figure.counts_per_channel") in text
    assert "counts per channel" not in text


def test_of_what_no_air_belongs_to_there_is_one_amount(tmp_path: Path) -> None:
    counts = np.random.default_rng(3).poisson(np.linspace(40.0, 2.0, 2048))
    counts[1400:1406] += np.array([40, 300, 900, 900, 300, 40])
    head = ["$SPEC_ID:", "lump", "$MEAS_TIM:", "80000 80100", "$ENER_FIT:", "0.0 0.472"]
    lines = [*head, "$DATA:", "0 2047", *(str(int(n)) for n in counts)]
    (tmp_path / "lump.spe").write_text("\n".join(lines))
    table = [(300.0, 0.03), (700.0, 0.015), (1500.0, 0.008)]
    rows = "".join(f"{e},{f},{0.05 * f}\n" for e, f in table)
    (tmp_path / "e.csv").write_text(f"energy_kev,efficiency,sigma\n{rows}")
    given = ("--efficiency", tmp_path / "e.csv", "-o", tmp_path / "a.html")
    result = run("spectrum", tmp_path / "lump.spe", *given)
    assert result.exit_code == 0, result.output
    assert "Cs-137" in result.stdout
    assert "activity concentration" not in result.stdout
    page = (tmp_path / "a.html").read_text("utf-8")
    tables = [t for t in re.findall(r"<table.*?</table>", page, re.DOTALL) if "Cs-137" in t]
    assert tables
    assert not any("activity concentration" in table for table in tables)


def test_what_is_told_of_one_nuclide_is_printed_and_what_holds_of_all_is_not_repeated() -> None:
    told = Reason.of("particulate.alike", nuclides="Pb-203")
    other = Reason.of("particulate.alike", nuclides="As-74")
    common = Reason.of("particulate.no_efficiency")
    analysis = sample_analysis("99202002010711P")
    (one, *_) = [n for n in analysis.nuclides if n.detected]
    nuclides = (
        replace(one, nuclide="Hg-203", remarks=(common, told)),
        replace(one, nuclide="I-131", remarks=(common, other)),
    )
    text = sample_text(replace(analysis, nuclides=nuclides), "en", peaks=False)
    (line,) = [line for line in text.splitlines() if line.strip().startswith("Hg-203: ")]
    assert "Pb-203" in line
    assert "I-131: " in text
    assert "As-74" in text
    assert sum("efficiency" in line for line in text.splitlines()) == 1


@pytest.mark.parametrize("output", ["pages", "pages.html", "pages.png"])
def test_two_messages_of_one_sample_do_not_overwrite_each_other(
    tmp_path: Path, gas_sample: Path, output: str
) -> None:
    for folder in ("early", "late"):
        (tmp_path / folder).mkdir()
    copies = [tmp_path / "early" / "gas.phd", tmp_path / "late" / "gas.phd"]
    for copy in (*copies, tmp_path / "full.phd"):
        copy.write_bytes(gas_sample.read_bytes())
    result = run("noblegas", *copies, tmp_path / "full.phd", "-o", tmp_path / output)
    assert result.exit_code == 0, result.output
    suffix = ".png" if output.endswith("png") else ".html"
    written = sorted(p.stem for p in (tmp_path / "pages").iterdir() if p.suffix == suffix)
    samples = {name.removesuffix("_coincidences").removesuffix("_xenon_ratios") for name in written}
    assert len(samples) == 3
    assert any(name.endswith("_full") for name in samples)
    assert result.stderr.count("wrote") == len(list((tmp_path / "pages").iterdir()))


@pytest.mark.parametrize("command", ["noblegas", "samples", "spectrum"])
def test_no_output_over_a_file_of_a_folder_that_is_read(
    gas_sample: Path, tmp_path: Path, command: str
) -> None:
    folder = tmp_path / "hist"
    folder.mkdir()
    kept = folder / "day1.json"
    assert run("noblegas", gas_sample, "-o", kept).exit_code == 0
    before = kept.read_bytes()
    given = [folder] if command == "samples" else [gas_sample, "--history", folder]
    result = run(command, *given, "-o", kept)
    assert result.exit_code == 1
    assert "is an input" in result.stderr
    assert kept.read_bytes() == before


def test_no_report_of_several_samples_over_an_input(tmp_path: Path) -> None:
    message = rn.noble_gas_sample()
    folder = tmp_path / "d"
    folder.mkdir()
    first = written(folder / f"{message.sample_id}.txt", message)
    written(folder / "other.phd", replace(message, sample_id=message.sample_id[:-2] + "2X"))
    before = first.read_bytes()
    result = run("noblegas", folder, "-o", tmp_path / "d.txt")
    assert result.exit_code == 1
    assert "is an input" in result.stderr
    assert first.read_bytes() == before
