"""``vigie samples``: what it tells of messages sent twice, and where its figures go."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from tests.radionuclide.support_samples import result, sample

from vigie.cli.main import main
from vigie.cli.sample_options import stems_of
from vigie.formats import Contents, format_named
from vigie.pipeline.radionuclide.gather import Measurement
from vigie.pipeline.radionuclide.run import SampleView

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.records import SampleAnalysis


def kept(path: Path, *analyses: SampleAnalysis) -> Path:
    written = format_named("sample_json").write(Contents(samples=analyses))
    path.write_bytes(next(iter(written.values())))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["samples", *(str(a) for a in arguments)])


def days(first: int, *, count: int = 6, concentration: float = 3.0) -> list[SampleAnalysis]:
    return [
        replace(
            sample(result("Cs-137", concentration + 0.1 * day), day=day),
            sample_id=f"31202603{day + 1:02d}0011G",
        )
        for day in range(first, first + count)
    ]


def test_the_preliminary_message_is_named_and_the_full_one_shown(tmp_path: Path) -> None:
    full = replace(days(0)[0], full=True, live_time_s=80_000.0)
    early = replace(full, full=False, live_time_s=7_200.0, nuclides=(result("Cs-137", 90.0),))
    found = run(kept(tmp_path / "a.json", full), kept(tmp_path / "z.json", early), "--json")
    assert found.exit_code == 0, found.output
    (detector,) = json.loads(found.stdout)["detectors"]
    (cesium,) = detector["nuclides"]
    assert [row["concentration"] for row in cesium["series"]] == [3.0]
    assert detector["superseded"] == [
        {
            "sample_id": full.sample_id,
            "full": False,
            "live_time_s": 7_200.0,
            "by": {"full": True, "live_time_s": 80_000.0},
        }
    ]
    assert (
        f"{full.sample_id}: the full message (80000 s live) stands for the sample, "
        "not a preliminary message (7200 s live)." in found.stderr
    )


def test_of_several_methods_the_main_one_says_what_was_detected(tmp_path: Path) -> None:
    methods = [
        replace(result("Xe-133", 0.15, unit="mBq/m3", detected=seen), method=name)
        for name, seen in (("likelihood", False), ("matrix", True), ("net_counts", True))
    ]
    other = [
        replace(result("Xe-135", 0.9, unit="mBq/m3", detected=True), method=name)
        for name in ("likelihood", "matrix")
    ]
    gas = sample(*methods, *other, technology="noble_gas")
    found = run(kept(tmp_path / "gas.json", gas), "--json")
    (detector,) = json.loads(found.stdout)["detectors"]
    assert detector["samples"][0]["detected"] == ["Xe-135"]
    looked = CliRunner().invoke(main, ["inspect", str(tmp_path / "gas.json"), "--json"])
    (file,) = json.loads(looked.stdout)["files"]
    assert file["samples"][0]["detected"] == ["Xe-135"]


@pytest.mark.parametrize("detector", ["../../esc", "a/b", "..", "/abs", "a\\b"])
def test_figures_stay_in_their_folder(tmp_path: Path, detector: str) -> None:
    folder = tmp_path / "deep" / "er" / "out"
    odd = [replace(one, detector=detector) for one in days(0)]
    found = run(kept(tmp_path / "a.json", *odd, *days(6)), "-o", folder)
    assert found.exit_code == 0, found.output
    assert len(list(folder.glob("*_history.png"))) == 2
    assert {p for p in tmp_path.rglob("*.png") if p.parent != folder} == set()


def test_each_history_has_its_own_figure(tmp_path: Path) -> None:
    one_name = [replace(one, detector="DET1") for one in days(0)]
    elsewhere = [
        replace(one, station="DEP33", sample_id=f"33{one.sample_id[2:]}") for one in one_name
    ]
    simulated = [replace(one, simulated=True) for one in one_name]
    gas = [replace(one, technology="noble_gas") for one in one_name]
    path = kept(tmp_path / "a.json", *one_name, *elsewhere, *simulated, *gas)
    found = run(path, "-o", tmp_path / "out")
    assert found.exit_code == 0, found.output
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "DEP33_DET1_history.png",
        "FRP31_DET1_history.png",
        "FRP31_DET1_noble_gas_history.png",
        "FRP31_DET1_simulated_history.png",
    ]


def _half_life(one: SampleAnalysis) -> SampleAnalysis:
    return replace(one, nuclides=tuple(replace(n, half_life_s=9.4799e8) for n in one.nuclides))


def _split(*, activity_bq: float = 0.4) -> tuple[SampleAnalysis, SampleAnalysis, SampleAnalysis]:
    whole = _half_life(replace(sample(result("Cs-137", 40.0)), sample_id="31202603010011G"))
    first, second = (
        replace(
            _half_life(sample(replace(result("Cs-137", 20.0), activity_bq=activity))),
            station=laboratory,
            detector=f"{laboratory}_001",
            sample_id=f"3120260301002{k}G",
            acquisition_start_ns=(whole.acquisition_start_ns or 0) + 192 * 3_600_000_000_000,
        )
        for k, laboratory, activity in ((1, "FRL08", activity_bq), (2, "GBL15", 0.4))
    )
    return whole, first, second


def test_shares_beyond_the_whole_are_questioned(tmp_path: Path) -> None:
    path = kept(tmp_path / "a.json", *_split())
    stated = ("--share", "31202603010021G=0.9", "--share", "31202603010022G=0.8")
    found = run(path, *stated)
    assert found.exit_code == 0, found.output
    assert "31202603010011G: its portions are together 1.7 of the sample." in found.stderr
    assert "together" not in run(path).stderr


def test_an_impossible_number_names_its_file_and_the_rest_is_shown(tmp_path: Path) -> None:
    whole, first, second = _split(activity_bq=1e308)
    odd = replace(first.nuclides[0], concentration=1e308)
    path = kept(tmp_path / "a.json", whole, second)
    wrong = kept(tmp_path / "wrong.json", replace(first, nuclides=(odd,)))
    found = run(path, wrong, "--json")
    assert found.exit_code == 1
    assert f"{wrong}: 31202603010021G, Cs-137: a number that no measurement" in found.stderr
    splits = {s["laboratory"]: s for s in json.loads(found.stdout)["splits"]}
    assert splits["FRL08"]["nuclides"] == []
    assert [n["nuclide"] for n in splits["GBL15"]["nuclides"]] == ["Cs-137"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("half_life_s", 0.0), ("half_life_s", -5.0), ("collection_stop", "2026-13-01T00:00:00Z")],
)
def test_a_document_that_lost_a_sample_is_no_success(
    tmp_path: Path, key: str, value: object
) -> None:
    path = kept(tmp_path / "a.json", *_split())
    document = json.loads(path.read_text())
    item = document["samples"][0]
    (item if key in item else item["nuclides"][0])[key] = value
    path.write_text(json.dumps(document))
    found = run(path, "--json")
    assert found.exit_code == 1
    assert f"{path}: not all of its samples can be read" in found.stderr
    shown = json.loads(found.stdout)
    assert [one["file"] for one in shown["failed"]] == [str(path)]
    reasons = {one["reason"]["code"] for one in shown["splits"]}
    assert reasons == {"laboratory.no_original"}
    assert "could be read" in shown["splits"][0]["reason"]["text"]


def test_the_share_of_a_gas_is_told_with_its_source(tmp_path: Path) -> None:
    xenon = replace(result("Xe-133", 1.0, sigma=0.03, unit="mBq/m3"), half_life_s=453_200.0)
    whole = replace(
        sample(replace(xenon, critical_level=0.1, detected=True), technology="noble_gas"),
        sample_id="31202603010011X",
        air_volume_m3=12.0,
    )
    bottle = replace(whole, station="GBL15", detector="GBL15_001", air_volume_m3=7.2)
    path = kept(tmp_path / "a.json", whole, bottle)
    assert "share of the sample: 0.6 +- " in run(path).stdout
    (one,) = json.loads(run(path, "--json").stdout)["splits"]
    assert one["share"]["source"] == "volumes"
    assert one["share"]["value"] == pytest.approx(0.6)
    untold = kept(tmp_path / "b.json", whole, replace(bottle, air_volume_m3=None))
    found = run(untold)
    assert "not compared (--share states it)" in found.stdout


@pytest.mark.parametrize("sample_id", ["..", "../..", "/"])
def test_a_sample_id_without_letters_still_names_a_file(sample_id: str) -> None:
    view = SampleView(
        measurement=Measurement("a.phd"), analysis=replace(days(0)[0], sample_id=sample_id)
    )
    # The file's name is added where two are alike.
    assert stems_of([view]) == ["sample"]
    assert len(set(stems_of([view, view]))) == 2
