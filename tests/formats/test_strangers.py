"""Files of other kinds: refused in words that say what they are and what to do."""

from __future__ import annotations

import bz2
import gzip
import io
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import UnknownFormatError
from vigie.formats import Source, read_source
from vigie.formats.strangers import is_text, stranger

CSV = b"station,latitude,longitude\nWLF,49.6,6.1\n"


def tar_file() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("a.csv")
        info.size = len(CSV)
        archive.addfile(info, io.BytesIO(CSV))
    return buffer.getvalue()


def zip_file() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", CSV)
    return buffer.getvalue()


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(UnknownFormatError) as caught:
        read_source(Source(name, data))
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv.gz", gzip.compress(CSV, mtime=0), "compressed with gzip; unpack it first"),
        ("a.csv.bz2", bz2.compress(CSV), "compressed with bzip2; unpack it first"),
        ("a.zip", zip_file(), "a zip archive; unpack it first"),
        ("a.tar", tar_file(), "a tar archive; unpack it first"),
        ("a.xlsx", zip_file(), "a spreadsheet; save the sheet as CSV"),
        ("a.w", b"\x00\x01" * 40, "name the .wfdisc beside it"),
        ("a.gse", b"XW01\n\nWID1  1998228 02 09 00 000", "a GSE1.0 waveform message"),
        ("a.asc", b"TIMESERIES XX_TEST__BHZ_R, 635 samples", "an ASCII time series"),
        ("a.resp", b"#\n#\nB050F03     Station:     ANMO\n", "a SEED RESP file"),
        ("a.mat", b"MATLAB 7.3 MAT-file, Platform", "save it in MATLAB with the option -v7"),
        ("a.nc", b"\x89HDF\r\n\x1a\n" + bytes(80), "nccopy -k classic"),
        ("a.nc", b"CDF\x01" + bytes(80), "a netCDF file of no kind that is read"),
        ("noise.bin", bytes(range(256)) * 20, "none of its marks is known"),
        ("zmap.txt", b"79.689,41.818,2012.25,4,4,4.4\n", "none of its marks is known"),
        ("other.csv", b"foo,bar\n1,2\n", "names the columns foo, bar"),
    ],
)
def test_what_no_format_reads_is_named_with_a_remedy(name: str, data: bytes, said: str) -> None:
    told = refusal(data, name)
    assert name in told
    assert said in told


@given(st.binary(max_size=600), st.text(max_size=12))
def test_any_bytes_and_name_are_looked_at_without_a_fault(data: bytes, name: str) -> None:
    assert stranger(data, name) is None or stranger(data, name)
    assert is_text(data) == is_text(bytes(data))
