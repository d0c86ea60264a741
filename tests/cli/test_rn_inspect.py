"""``vigie inspect`` and ``vigie convert`` on radionuclide files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from click.testing import CliRunner

from vigie.cli.main import main
from vigie.formats import Contents, Source, format_named
from vigie.testing import radionuclide_examples as rn
from vigie.testing import spectrum_examples as files

if TYPE_CHECKING:
    from pathlib import Path


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(words))
    return result.exit_code, result.output


def written(folder: Path) -> Path:
    """Return a file of two messages, one of them simulated."""
    path = folder / "two.phd"
    messages = (rn.noble_gas_sample(), rn.particulate_sample())
    (data,) = format_named("ims_radionuclide").write(Contents(pulse_heights=messages)).values()
    path.write_bytes(data)
    return path


def test_messages_are_shown_with_sample_times_and_counts(tmp_path: Path) -> None:
    status, text = run("inspect", str(written(tmp_path)))
    assert status == 0
    assert "SAMPLEPHD XEX99 XEX99_002  sample 99202002291911X  full" in text
    assert "SAMPLEPHD XEP99 XEP99_001  sample 99202002280711G  preliminary  SIMULATED" in text
    assert "collected 2020-02-29T12:00:00.000Z to 2020-03-01T00:00:00.000Z, 14.25 m3" in text
    assert "counted from 2020-03-01T07:15:00.250Z, live 7128 s, real 7200 s" in text
    assert "coincidences" in text


def test_the_same_as_json(tmp_path: Path) -> None:
    status, text = run("inspect", "--json", str(written(tmp_path)))
    assert status == 0
    gas, air = json.loads(text)["files"][0]["pulse_heights"]
    message = rn.noble_gas_sample()
    assert message.histogram is not None
    assert gas["coincidences"] == int(message.histogram.counts.sum())
    assert (air["system"], air["full"], air["simulated"]) == ("P", False, True)
    assert air["coincidences"] is None
    assert len(air["sha256"]) == 64


def test_spectra_states_and_curves_are_shown(tmp_path: Path) -> None:
    for name, data in (("a.n42", files.n42_text()), ("b.phd", rn.STATES), ("c.ecc", files.ECC)):
        (tmp_path / name).write_bytes(data)
    status, text = run("inspect", *(str(tmp_path / n) for n in ("a.n42", "b.phd", "c.ecc")))
    assert status == 0
    assert "spectrum A1  sample  2020-03-01T07:15:00.250Z  live 7100.32 s, real 7200.5 s" in text
    assert "RMSSOH XEP99 XEP99_001  2020-03-01T00:00:00.000Z to 2020-03-01T00:20:00.000Z" in text
    assert "efficiency  3 points from 45 to 1332.5 keV" in text


def test_messages_are_converted_without_a_loss(tmp_path: Path) -> None:
    source, target = written(tmp_path), tmp_path / "again.phd"
    status, text = run("convert", str(source), str(target))
    assert (status, "left out" in text) == (0, False)
    read = format_named("ims_radionuclide").read(Source("x", target.read_bytes()))
    assert target.read_bytes() == source.read_bytes()
    assert len(read.pulse_heights) == 2


def test_spectra_that_no_format_writes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.n42").write_bytes(files.n42_text())
    status, text = run("convert", str(tmp_path / "a.n42"), str(tmp_path / "b.phd"))
    assert status == 1
    assert "spectra" in text
    assert "vigie writes none that holds it" in text
