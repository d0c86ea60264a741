"""Arrivals through the sea on the command line: ``vigie locate`` and ``vigie associate``."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from benchmarks.mixed_events import draw_scene, network, run_scene
from benchmarks.san_juan import CASES, WRECK, _holds
from click.testing import CliRunner
from tests.network.support_hydro_events import AROUND, TRIPLETS, arrivals, inventory_of

from vigie.cli.main import main
from vigie.formats.vigie_json import detections_document, events_document
from vigie.network.association import associate
from vigie.network.definition import load_definition
from vigie.pipeline.associate import read_arrivals
from vigie.pipeline.media import Media, by_technology
from vigie.pipeline.sound_events import join_sound
from vigie.records import format_iso

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.records import Detection

P_CODES = ("PLCA", "LPAZ", "CPUP", "BDFB", "BOSA", "DBIC")


def write_csv(path: Path, detections: list[Detection]) -> Path:
    """Write arrivals as an analyst would: no technology, no classes."""
    rows = ["station,time,phase,time_sigma_s,azimuth_deg,azimuth_deg_sigma"]
    for d in detections:
        azimuth = "" if d.azimuth_deg is None else f"{d.azimuth_deg:.3f},{d.azimuth_deg_sigma}"
        rows.append(
            f"{d.station},{format_iso(d.time_ns)},{d.phase},{d.time_sigma_s},{azimuth or ','}"
        )
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_san_juan_is_located_from_a_list_of_h(tmp_path: Path, seed: int) -> None:
    assert CASES["times_and_azimuths"].azimuths
    listed = write_csv(tmp_path / "h.csv", arrivals(TRIPLETS, rng=np.random.default_rng(seed)))
    done = CliRunner().invoke(main, ["locate", str(listed), "--json"])
    assert done.exit_code == 0, done.output
    (event,) = json.loads(done.stdout)["events"]
    (origin,) = [o for e in read_events(done.stdout, tmp_path) for o in e]
    assert _holds(origin)
    assert event["origin"]["n_defining"] >= 6
    assert {a["phase"] for a in event["arrivals"]} == {"H"}
    assert abs(origin.latitude - WRECK.latitude) < 1.0


def read_events(document: str, folder: Path) -> list[tuple]:  # type: ignore[type-arg]
    """Return the origins of the events of a document, as the records have them."""
    from vigie.exchange.files import read_file

    path = folder / "events.json"
    path.write_text(document, encoding="utf-8")
    bulletin = read_file(path).bulletin
    assert bulletin is not None
    return [e.origins for e in bulletin.events]


def test_a_blocked_path_is_told(tmp_path: Path) -> None:
    h = arrivals(TRIPLETS)
    behind = replace(h[0], station="H03N", time_ns=h[0].time_ns - 2600 * 10**9, azimuth_deg=136.0)
    listed = write_csv(tmp_path / "h.csv", [*h, behind])
    done = CliRunner().invoke(main, ["locate", str(listed), "--json"])
    assert done.exit_code == 0, done.output
    assert "H at H03N is left out: land or the sea floor blocks its path near" in done.stderr
    (event,) = json.loads(done.stdout)["events"]
    (shut,) = [a for a in event["arrivals"] if a["station"] == "H03N"]
    assert (shut["defining"], shut["reason"]) == (False, "blocked_path")


@pytest.mark.slow
def test_an_explosion_heard_through_rock_sea_and_air_is_one_event(tmp_path: Path) -> None:
    net, rng = network(), np.random.default_rng(42)
    found = [run_scene(draw_scene(net, rng), tmp_path) for _ in range(3)]
    assert sum(o.complete for o in found) >= 2
    assert all(o.n_true == 1 for o in found)
    assert sum(o.n_false for o in found) == 0
    assert np.median([o.off_km for o in found]) < 30.0


def test_events_of_the_document_are_read_back(tmp_path: Path) -> None:
    listed = tmp_path / "all.json"
    detections = [*arrivals(TRIPLETS), *arrivals(P_CODES, phase="P", sigma_s=0.5)]
    listed.write_text(json.dumps(detections_document(tuple(detections))), encoding="utf-8")
    done = CliRunner().invoke(main, ["associate", str(listed), "--json"])
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    (event,) = document["events"]
    assert {a["phase"] for a in event["arrivals"] if a["defining"]} >= {"P", "H"}
    assert document["counts"]["events_with_hydroacoustics"] == 1
    (tmp_path / "events.json").write_text(done.stdout, encoding="utf-8")
    again = CliRunner().invoke(main, ["associate", str(tmp_path / "events.json"), "--json"])
    assert json.loads(again.stdout)["events"][0]["origin"] == event["origin"]


def test_seismic_detections_alone_are_associated_as_ever(tmp_path: Path) -> None:
    p = tuple(arrivals(P_CODES, phase="P", sigma_s=0.5))
    stations = inventory_of(P_CODES)
    found = associate(p, stations, AROUND.ground)
    joined = join_sound(
        found, by_technology(p), stations, Media(AROUND.ground), load_definition("default")
    )
    # Not equal: the same object, untouched.
    assert joined.bulletin is found.bulletin
    assert joined.counts is found.counts
    assert len(joined.bulletin.events) == 1
    listed = tmp_path / "p.json"
    listed.write_text(json.dumps(detections_document(p)), encoding="utf-8")
    script = (
        "import sys; from click.testing import CliRunner; from vigie.cli.main import main\n"
        f"for command in ('associate', 'locate'):\n"
        f"    done = CliRunner().invoke(main, [command, {str(listed)!r}, '--json'])\n"
        "    assert done.exit_code == 0, done.output\n"
        "loaded = [m for m in sys.modules if m.startswith('vigie.earth.ocean')]\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)
    assert read_arrivals([str(listed)]).detections
    assert events_document(joined.bulletin.events)["events"]
