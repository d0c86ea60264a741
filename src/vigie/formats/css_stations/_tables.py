"""Columns of the station tables.

Source: CSS 3.0 (Anderson et al. 1990, SAND90-1700) and the NNSA KB Core schema for the wide
variant; checked on the station tables of the IMS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.formats.css_tables import TableSet
from vigie.formats.fixed_columns import Row, layout

if TYPE_CHECKING:
    from vigie.formats.fixed_columns import Layout

WIDE = {
    "site": "sta 1-6 a; ondate 8-15 d; offdate 17-24 d 2286324; lat 26-36 f6 -999.0; "
    "lon 38-48 f6 -999.0; elev 50-58 f4 -999.0; staname 60-109 a; statype 111-114 a; "
    "refsta 116-121 a; dnorth 123-131 f4 -999.0; deast 133-141 f4 -999.0; lddate 143-159 a",
    "sitechan": "sta 1-6 a; chan 8-15 a; ondate 17-24 d; chanid 26-33 d; offdate 35-42 d 2286324; "
    "ctype 44-44 a; edepth 46-54 f4 -999.0; hang 56-61 f1 -1.0; vang 63-68 f1 -1.0; "
    "descrip 70-119 a; lddate 121-137 a",
    "sensor": "sta 1-6 a; chan 8-15 a; time 17-33 t5; endtime 35-51 t5 9999999999.999; "
    "inid 53-60 d; chanid 62-69 d; jdate 71-78 d; calratio 80-95 f6; calper 97-112 f6; "
    "tshift 114-129 f2 -999.0; instant 131-131 a; lddate 133-149 a",
    "instrument": "inid 1-8 d; insname 10-59 a; instype 61-66 a; band 68-68 a; digital 70-70 a; "
    "samprate 72-82 f7; ncalib 84-99 f6; ncalper 101-116 f6; dir 118-181 a; dfile 183-214 a; "
    "rsptype 216-221 a; lddate 223-239 a",
    "affiliation": "net 1-8 a; sta 10-15 a; time 17-33 t5; endtime 35-51 t5 9999999999.999; "
    "lddate 53-69 a",
    "network": "net 1-8 a; netname 10-89 a; nettype 91-94 a; auth 96-115 a; commid 117-125 d; "
    "lddate 127-143 a",
}
"""Columns of the wide variant."""

_CLASSIC = {
    "site": "sta 1-6 a; ondate 8-15 d; offdate 17-24 d 2286324; lat 26-34 f4 -999.0; "
    "lon 36-44 f4 -999.0; elev 46-54 f4 -999.0; staname 56-105 a; statype 107-110 a; "
    "refsta 112-117 a; dnorth 119-127 f4 -999.0; deast 129-137 f4 -999.0; lddate 139-155 a",
    "sitechan": "sta 1-6 a; chan 8-15 a; ondate 17-24 d; chanid 26-33 d; offdate 35-42 d 2286324; "
    "ctype 44-47 a; edepth 49-57 f4 -999.0; hang 59-64 f1 -1.0; vang 66-71 f1 -1.0; "
    "descrip 73-122 a; lddate 124-140 a",
    "sensor": "sta 1-6 a; chan 8-15 a; time 17-33 t5; endtime 35-51 t5 9999999999.999; "
    "inid 53-60 d; chanid 62-69 d; jdate 71-78 d; calratio 80-95 f6; calper 97-112 f6; "
    "tshift 114-119 f2 -999.0; instant 121-121 a; lddate 123-139 a",
    "instrument": WIDE["instrument"],
    "affiliation": "net 1-8 a; sta 10-15 a; lddate 17-33 a",
    "network": "net 1-8 a; netname 10-89 a; nettype 91-94 a; auth 96-110 a; commid 112-119 d; "
    "lddate 121-137 a",
}

LAYOUTS: dict[str, tuple[Layout, ...]] = {
    table: (
        layout(table, "wide", WIDE[table]),
        *([layout(table, "classic", text)] if text != WIDE[table] else []),
    )
    for table, text in _CLASSIC.items()
}
"""Both variants of each table; ``instrument`` has only one."""

SET = TableSet(LAYOUTS, mostly_text=frozenset({"affiliation", "network"}), default="site")
"""How a file is known to be one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The rows of a set of tables; empty where a table is absent."""

    site: tuple[Row, ...] = ()
    sitechan: tuple[Row, ...] = ()
    sensor: tuple[Row, ...] = ()
    instrument: tuple[Row, ...] = ()
    affiliation: tuple[Row, ...] = ()
    network: tuple[Row, ...] = ()
