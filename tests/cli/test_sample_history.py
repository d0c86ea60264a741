"""``vigie samples``: what it tells of messages sent twice, and where its figures go."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from tests.radionuclide.support_samples import result, sample

from vigie.cli.main import main
from vigie.formats import Contents, format_named

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
