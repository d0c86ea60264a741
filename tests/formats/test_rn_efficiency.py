"""Efficiency curves: ISOCS files and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import BadRecordError, UnwritableError
from vigie.formats import Contents, Source, detect_format
from vigie.formats.efficiency import FORMAT
from vigie.records import format_iso
from vigie.testing import spectrum_examples as files

if TYPE_CHECKING:
    from pathlib import Path


def read(data: bytes, *, strict: bool = False) -> Contents:
    return FORMAT.read(Source("x.csv", data), strict=strict)


@pytest.mark.data
def test_a_real_curve(shared_data: Path) -> None:
    path = shared_data / "radionuclide/gamma/in_situ/Detective-X_in-situ.ecc"
    source = Source(path.name, path.read_bytes())
    assert detect_format(source).name == "efficiency"
    contents = FORMAT.read(source, strict=True)
    (curve,) = contents.efficiencies
    assert len(curve.efficiency) == 22
    first = curve.efficiency[0]
    assert (first.energy_kev, first.value) == (45.0, 2.19261e-8)
    assert first.sigma == pytest.approx(0.15 * 2.19261e-8)
    assert curve.calibrated_ns is not None
    assert format_iso(curve.calibrated_ns, digits=0) == "2023-10-12T11:48:16Z"
    assert dict(contents.header)["Detector_name"] == "DETX_123456789"


def test_a_table_in_any_order() -> None:
    text = b"efficiency;energy_kev;sigma\n0,05;661,66;0,001\n0,1;59,54;\n"
    (curve,) = read(text).efficiencies
    assert [(p.energy_kev, p.value, p.sigma) for p in curve.efficiency] == [
        (59.54, 0.1, None), (661.66, 0.05, 0.001),
    ]  # fmt: skip


@settings(max_examples=40, derandomize=True, deadline=None)
@given(
    st.dictionaries(
        st.floats(1.0, 1e5), st.tuples(st.floats(1e-12, 1.0), st.floats(0.0, 1.0)), min_size=1
    )
)
def test_any_table_is_read_exactly(points: dict[float, tuple[float, float]]) -> None:
    rows = "".join(f"{e!r},{v!r},{s!r}\n" for e, (v, s) in points.items())
    (curve,) = read(b"energy_kev,efficiency,sigma\n" + rows.encode(), strict=True).efficiencies
    assert {p.energy_kev: (p.value, p.sigma) for p in curve.efficiency} == points


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"energy_kev,efficiency\n60,0.1\n60,0.2\n", r"line 3, energy: '60' is not one of its own"),
        (b"energy_kev,efficiency\n-1,0.1\n", r"line 2, point: '-1 0.1' is not both above 0"),
        (b"energy_kev,efficiency\n60,12\n", r"line 2, efficiency: '12'.*is it percent"),
        (b"energy_kev,efficiency\n60,x\n", r"line 2, efficiency: 'x' is not a number"),
        (b"energy_kev,efficiency\n", r"points: 'none'"),
        (files.ECC.replace(b"2.5e-3", b"nan"), r"an efficiency and its error in percent"),
    ],
)
def test_errors_name_file_line_and_remedy(data: bytes, told: str) -> None:
    with pytest.raises(BadRecordError, match=told):
        read(data, strict=True)


def test_a_bad_point_is_left_out_and_the_rest_kept() -> None:
    contents = read(files.ECC.replace(b"45.00 2.5e-3", b"45.00 ****"))
    assert [p.energy_kev for p in contents.efficiencies[0].efficiency] == [661.65, 1332.5]
    assert [i.place for i in contents.issues if i.severity == "warning"] == ["line 6"]


def test_curves_are_only_read() -> None:
    with pytest.raises(UnwritableError, match="only read"):
        FORMAT.write(Contents())
