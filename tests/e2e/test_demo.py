"""``vigie demo`` finds what is in the records that ship with ObsPy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from vigie.cli.main import main
from vigie.geodesy import KM_PER_DEG, distance_azimuths

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

UNTERHACHING = (48.047, 11.646)
"""Place of the seismicity of 2010 as the Bavarian service has it for a later event of the cluster
(ObsPy's packaged obspyck bulletin), to a kilometre."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the demo once."""
    out = tmp_path_factory.mktemp("demo")
    result = CliRunner().invoke(main, ["demo", "-o", str(out)])
    assert result.exit_code == 0, result.output
    return out


def events(folder: Path, part: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads((folder / part / "events.json").read_text())[
        "events"
    ]
    return found


def test_both_events_near_munich_are_found_where_they_were(folder: Path) -> None:
    found = [e["origin"] for e in events(folder, "munich-2010")]
    assert [str(o["time"])[11:16] for o in found if isinstance(o, dict)] == ["16:24", "16:27"]
    for origin in found:
        assert isinstance(origin, dict)
        delta, _, _ = distance_azimuths(*UNTERHACHING, origin["latitude"], origin["longitude"])
        # Depth is held at 0, while S - P tells the distance from the source at some kilometres.
        assert float(delta) * KM_PER_DEG < 3.0
        assert origin["ellipse"]["semi_major_km"] < 12.0


def test_s_a_second_behind_p_locates_the_events_near_munich(folder: Path) -> None:
    for event in events(folder, "munich-2010"):
        arrivals = event["arrivals"]
        assert isinstance(arrivals, list)
        assert ("UH3", "Sg") in {(a["station"], a["phase"]) for a in arrivals}


@pytest.mark.parametrize(("part", "limit_km"), [("idc-1995", 45.0), ("spitak-1967", 12.0)])
def test_events_of_bulletins_are_relocated_near_their_solutions(
    folder: Path, part: str, limit_km: float
) -> None:
    (event,) = events(folder, part)
    ours = event["origin"]
    assert isinstance(ours, dict)
    assert event["screening"]
    magnitudes = event["magnitudes"]
    assert isinstance(magnitudes, list)
    # Of Spitak no amplitudes were read; what the bulletins say stands with their own origins.
    assert [(m["type"], m["author"]) for m in magnitudes] == {
        "idc-1995": [("mb", "vigie")],
        "spitak-1967": [],
    }[part]
    origins = event["origins"]
    assert isinstance(origins, list)
    assert "mb" in {m["type"] for o in origins for m in o["magnitudes"] or ()}
    reference = {
        "idc-1995": (39.45, 20.44),
        "spitak-1967": (41.05, 44.27),
    }[part]
    delta, _, _ = distance_azimuths(*reference, ours["latitude"], ours["longitude"])
    assert float(delta) * KM_PER_DEG < limit_km
