"""Columns of ``wfdisc``, classic (283 characters) and wide (285).

Source: CSS 3.0 (Anderson et al. 1990, SAND90-1700) and the NNSA KB Core schema.
"""

from __future__ import annotations

from vigie.formats.codecs import PLAIN_TYPES
from vigie.formats.fixed_columns import layout, read_row, text_lines

CLASSIC = layout(
    "wfdisc",
    "classic",
    "sta 1-6 a; chan 8-15 a; time 17-33 t5; wfid 35-42 d; chanid 44-51 d; jdate 53-60 d; "
    "endtime 62-78 t5 9999999999.999; nsamp 80-87 d; samprate 89-99 f7; calib 101-116 f6; "
    "calper 118-133 f6; instype 135-140 a; segtype 142-142 a; datatype 144-145 a; clip 147-147 a; "
    "dir 149-212 a; dfile 214-245 a; foff 247-256 d; commid 258-265 d; lddate 267-283 a",
    min_length=247,
)
WIDE = layout(
    "wfdisc",
    "wide",
    "sta 1-6 a; chan 8-15 a; time 17-33 t5; wfid 35-43 d; chanid 45-52 d; jdate 54-61 d; "
    "endtime 63-79 t5 9999999999.999; nsamp 81-88 d; samprate 90-100 f7; calib 102-117 f6; "
    "calper 119-134 f6; instype 136-141 a; segtype 143-143 a; datatype 145-146 a; clip 148-148 a; "
    "dir 150-213 a; dfile 215-246 a; foff 248-257 d; commid 259-267 d; lddate 269-285 a",
    min_length=248,
)
LAYOUTS = (CLASSIC, WIDE)

E1 = "e1"
CANADIAN_TYPES = frozenset({"cc", "cd", "ca"})
"""Canadian compression under its several names, lower case."""
DATA_TYPES = frozenset({*PLAIN_TYPES, E1, *CANADIAN_TYPES})


def is_wfdisc(head: bytes) -> bool:
    """Tell whether the first line that is no comment is a row of wfdisc."""
    if b"\x00" in head:
        return False
    for line in text_lines(head):
        if line.strip() and not line.startswith("#"):
            row = read_row(line, LAYOUTS)
            return row is not None and row.text("datatype").lower() in DATA_TYPES
    return False
