"""Files of weather of which some are damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.cli.support_weather import write_weather

from vigie.errors import MissingInputError, UnknownFormatError, UnreadableInputError
from vigie.pipeline.transport.weather_files import index_weather

if TYPE_CHECKING:
    from pathlib import Path


def cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    return path


def test_a_file_that_was_cut_off_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    whole = write_weather(tmp_path / "a.nc", hours=range(0, 13, 6))
    broken = cut(write_weather(tmp_path / "b.nc", hours=range(18, 37, 6)), 0.5)
    empty = tmp_path / "c.nc"
    empty.touch()
    for paths in ([whole, broken, empty], [tmp_path]):
        found = index_weather(paths)
        assert len(found.times_ns) == 3
        told = dict(found.failed)
        assert set(told) == {broken, empty}
        assert "cut off after" in told[broken]
        assert str(broken) in told[broken]
        assert "it is empty" in told[empty]
        assert found.without == []
        assert [path for path, _ in found.issues if path == str(broken)] == []


def test_where_only_damaged_files_are_named_the_damage_is_told(tmp_path: Path) -> None:
    broken = cut(write_weather(tmp_path / "b.nc"), 0.5)
    with pytest.raises(UnreadableInputError, match=r"b\.nc cannot be read: .*cut off after"):
        index_weather([broken])
    empty = tmp_path / "c.nc"
    empty.touch()
    with pytest.raises(UnknownFormatError, match="it is empty"):
        index_weather([empty])
    with pytest.raises(MissingInputError, match=r"d\.nc"):
        index_weather([broken, tmp_path / "d.nc"])


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(("share", "lacks"), [(0.5, "surface_pressure_pa"), (0.001, "message 1")])
def test_a_time_of_which_a_cut_file_holds_too_little_is_left_out(
    tmp_path: Path, shared_data: Path, share: float, lacks: str
) -> None:
    whole = write_weather(tmp_path / "a.nc")
    broken = tmp_path / "g.grib2"
    source = shared_data / "transport/met/gfs/gfs.t12z.pgrbf120.2p5deg.grib2"
    broken.write_bytes(source.read_bytes())
    cut(broken, share)
    found = index_weather([whole, broken])
    assert len(found.times_ns) == 12
    ((path, why),) = found.failed
    assert path == broken
    assert lacks in why
    assert "whole GRIB message" in why
    with pytest.raises(UnreadableInputError, match="whole GRIB message"):
        index_weather([broken])
