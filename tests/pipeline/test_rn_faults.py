"""A fault in one sample or file: named, and the others go on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from vigie.cli.main import main
from vigie.exchange.files import read_file
from vigie.formats import Contents, format_named
from vigie.pipeline.radionuclide import run as run_module
from vigie.pipeline.radionuclide.gather import gather
from vigie.pipeline.radionuclide.run import analyse_all
from vigie.testing import radionuclide_examples as rn

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.formats import Contents as Read
    from vigie.pipeline.radionuclide.gather import Measurement
    from vigie.pipeline.radionuclide.run import SampleView

FAULT = "a fault of vigie's own, OverflowError: of today"


@pytest.fixture(name="folder")
def two_samples(tmp_path: Path) -> Path:
    files = format_named("ims_radionuclide").write(Contents(pulse_heights=(rn.noble_gas_sample(),)))
    (data,) = files.values()
    for name in ("good.phd", "odd.phd"):
        (tmp_path / name).write_bytes(data)
    return tmp_path


@pytest.fixture(name="fault_in_odd")
def fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIGIE_DEBUG", raising=False)
    analyse = run_module._one

    def one(measurement: Measurement, *rest: object) -> SampleView:
        if measurement.path.endswith("odd.phd"):
            raise OverflowError("of today")
        return analyse(measurement, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(run_module, "_one", one)


@pytest.mark.usefixtures("fault_in_odd")
def test_a_fault_in_one_sample_names_it_and_the_others_go_on(folder: Path) -> None:
    result = CliRunner().invoke(main, ["noblegas", str(folder)])
    assert result.exit_code == 1
    (line,) = [one for one in result.stderr.splitlines() if FAULT in one]
    sample = rn.noble_gas_sample().sample_id
    assert line.startswith(f"{folder / 'odd.phd'}: sample {sample}: {FAULT}.")
    assert "VIGIE_DEBUG=1" in line
    assert sample in result.stdout


@pytest.mark.usefixtures("fault_in_odd")
def test_a_fault_is_raised_where_it_is_looked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_DEBUG", "1")
    with pytest.raises(OverflowError, match="of today"):
        analyse_all(gather([folder]))


def test_a_fault_in_reading_one_file_names_it_and_the_others_go_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VIGIE_DEBUG", raising=False)
    module = "vigie.pipeline.radionuclide.gather"

    def one(path: Path) -> Read:
        if path.name == "odd.phd":
            raise OverflowError("of today")
        return read_file(path)

    monkeypatch.setattr(f"{module}.read_file", one)
    found = gather([folder])
    assert [m.path for m in found.measurements] == [str(folder / "good.phd")]
    ((_, told),) = found.failed
    assert told.startswith(f"{folder / 'odd.phd'}: {FAULT}")
    monkeypatch.setenv("VIGIE_DEBUG", "1")
    with pytest.raises(OverflowError):
        gather([folder])


@pytest.mark.parametrize("factor", [1.0, 1000.0])
def test_a_time_of_counting_that_no_sample_has_is_refused(tmp_path: Path, factor: float) -> None:
    sample = rn.noble_gas_sample()
    assert sample.acquisition is not None
    counted = replace(
        sample.acquisition,
        real_time_s=factor * sample.acquisition.real_time_s,
        live_time_s=factor * sample.acquisition.live_time_s,
    )
    slip = replace(sample, acquisition=counted)
    files = format_named("ims_radionuclide").write(Contents(pulse_heights=(slip,)))
    (data,) = files.values()
    (tmp_path / "x.phd").write_bytes(data)
    run = analyse_all(gather([tmp_path]))
    if factor > 1.0:
        ((_, told),) = run.failed
        assert "100 days" in told
    else:
        (found,) = run.samples
        assert found.analysis.category is not None
        assert found.analysis.category.level == "A"


@pytest.mark.parametrize("command", ["spectrum", "noblegas"])
def test_a_message_of_which_nothing_tells_the_system_is_refused(
    tmp_path: Path, command: str
) -> None:
    made = rn.particulate_sample()
    files = format_named("ims_radionuclide").write(Contents(pulse_heights=(made,)))
    (data,) = files.values()
    text = data.decode()
    header, sample = (text[text.index(f"#{n}") :].split("\n#")[0] for n in ("Header", "Sample"))
    (tmp_path / "x.phd").write_text(text.replace(header + "\n", "").replace(sample + "\n", ""))
    result = CliRunner().invoke(main, [command, str(tmp_path / "x.phd")])
    assert result.exit_code == 1
    (line,) = [one for one in result.stderr.splitlines() if "nothing tells" in one]
    assert "#Header" in line
