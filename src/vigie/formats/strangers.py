"""What a file is that no format reads, where its first bytes or its name tell, and what to do.

Sources: the marks of the file types as their documents give them (RFC 1952 gzip, PKWARE zip, bzip2,
POSIX tar, SQLite, NumPy), CD-1.1 after IDC-3.4.3, GSE1.0, and the heads of ObsPy's ASCII formats.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_UNPACK = "unpack it first"
_TO_MSEED = "convert it to miniSEED first (ObsPy reads it)"
_TO_STATIONXML = "convert it to StationXML first (ObsPy reads it)"

_MARKS: tuple[tuple[re.Pattern[bytes], str, str], ...] = (
    (re.compile(rb"\x1f\x8b"), "compressed with gzip", _UNPACK),
    (re.compile(rb"BZh[1-9]"), "compressed with bzip2", _UNPACK),
    (re.compile(rb"\xfd7zXZ\x00"), "compressed with xz", _UNPACK),
    (re.compile(rb"PK[\x03\x05\x07]"), "a zip archive", _UNPACK),
    (re.compile(rb".{257}ustar", re.DOTALL), "a tar archive", _UNPACK),
    (re.compile(rb"SQLite format 3\x00"), "an SQLite data base", "name the recordings themselves"),
    (re.compile(rb"MATLAB 7\.3 MAT-file"), "a MATLAB file of version 7.3",
     "save it in MATLAB with the option -v7"),
    (re.compile(rb"\x89HDF\r\n\x1a\n"), "an HDF5 file (netCDF-4 is one)",
     "make it classic netCDF with nccopy -k classic IN OUT"),
    (re.compile(rb"CDF[\x01\x02\x05]"), "a netCDF file of no kind that is read",
     "a PMCC bulletin names start_datenum and back_azimuth_deg, a product of BGR time_p and azim"),
    (re.compile(rb"\x93NUMPY"), "a NumPy array", "write it as miniSEED, with its times"),
    (re.compile(rb"TIMESERIES \w"), "an ASCII time series (SLIST or TSPAIR)", _TO_MSEED),
    (re.compile(rb"(?:XW01\s+)?WID1 "), "a GSE1.0 waveform message", _TO_MSEED),
    (re.compile(rb"#\s+<< |B050F03|.{0,400}\nB050F03", re.DOTALL), "a SEED RESP file",
     _TO_STATIONXML),
    (re.compile(rb"\*\s+\*{10}|ZEROS\s+\d", re.IGNORECASE), "SAC poles and zeros",
     "get the response as StationXML"),
    (re.compile(rb"<\?xml[^>]*>\s*<seiscomp\b.*<Inventory\b", re.DOTALL),
     "a SeisComP inventory", "export it as StationXML (fdsnxml2inv --to-staxml)"),
    (re.compile(rb"\x00\x00\x00[\x01-\x0d]\x00\x00[\x00-\xff]{2}[A-Z0-9]{3,8}\x00*"),
     "a CD-1.1 frame", "have the data centre write miniSEED or CSS3.0"),
)  # fmt: skip
"""Mark at the beginning, what the file is, and the remedy."""

_NAMES = {
    ".w": ("the samples of a CSS3.0 table", "name the .wfdisc beside it"),
    ".pdf": ("a document", "name the data"),
    ".docx": ("a document", "name the data"),
    ".xlsx": ("a spreadsheet", "save the sheet as CSV (UTF-8)"),
    ".xls": ("a spreadsheet", "save the sheet as CSV (UTF-8)"),
}
"""Name ending to what the file is, and the remedy."""


def stranger(head: bytes, name: str) -> str | None:
    """Return in words what an unread file is and what to do; None where nothing tells.

    Examples
    --------
    >>> stranger(bytes([31, 139, 8, 0]), "day.mseed.gz")
    'it is compressed with gzip; unpack it first'
    """
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    # A spreadsheet is a zip archive as well: its name says more.
    known = _NAMES.get(ending)
    if known is None:
        known = next(((what, remedy) for mark, what, remedy in _MARKS if mark.match(head)), None)
    return None if known is None else f"it is {known[0]}; {known[1]}"


def is_text(head: bytes) -> bool:
    """Tell whether a file begins as text: then its first line may be the head of a table."""
    return not re.search(rb"[\x00-\x08\x0e-\x1f\x7f]", head)
