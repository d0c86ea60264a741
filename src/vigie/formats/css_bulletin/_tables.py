"""Columns of the bulletin tables, both variants.

Source: CSS 3.0 (Anderson et al. 1990, SAND90-1700) and the NNSA KB Core schema for the wide
variant. A line tells its variant by its length, else by its fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.formats.css_tables import TableSet
from vigie.formats.fixed_columns import Row, layout

if TYPE_CHECKING:
    from vigie.formats.fixed_columns import Layout

_WIDE = {
    "event": "evid 1-9 d; evname 11-42 a; prefor 44-52 d; auth 54-73 a; commid 75-83 d; "
    "lddate 85-101 a",
    "origin": "lat 1-11 f6 -999.0; lon 13-23 f6 -999.0; depth 25-33 f4 -999.0; time 35-51 t5; "
    "orid 53-61 d; evid 63-71 d; jdate 73-80 d; nass 82-85 d; ndef 87-90 d; ndp "
    "92-95 d; grn 97-104 d; srn 106-113 d; etype 115-121 a; depdp 123-131 f4 "
    "-999.0; dtype 133-133 a; mb 135-141 f2 -999.0; mbid 143-151 d; ms 153-159 f2 "
    "-999.0; msid 161-169 d; ml 171-177 f2 -999.0; mlid 179-187 d; algorithm "
    "189-203 a; auth 205-224 a; commid 226-234 d; lddate 236-252 a",
    "origerr": "orid 1-9 d; sxx 11-25 f4; syy 27-41 f4; szz 43-57 f4; stt 59-73 f4; sxy 75-89 "
    "f4; sxz 91-105 f4; syz 107-121 f4; stx 123-137 f4; sty 139-153 f4; stz 155-169 "
    "f4; sdobs 171-179 f4; smajax 181-189 f4; sminax 191-199 f4; strike 201-206 f2; "
    "sdepth 208-216 f4; stime 218-223 f2; conf 225-229 f3; commid 231-239 d; lddate "
    "241-257 a",
    "assoc": "arid 1-9 d; orid 11-19 d; sta 21-26 a; phase 28-35 a; belief 37-40 f2 9.99; "
    "delta 42-49 f3; seaz 51-57 f2; esaz 59-65 f2; timeres 67-74 f3 -999.0; timedef "
    "76-76 a; azres 78-84 f1 -999.0; azdef 86-86 a; slores 88-94 f2 -999.0; slodef "
    "96-96 a; emares 98-104 f1 -999.0; wgt 106-111 f3; vmodel 113-127 a; commid "
    "129-137 d; lddate 139-155 a",
    "arrival": "sta 1-6 a; time 8-24 t5; arid 26-34 d; jdate 36-43 d; stassid 45-53 d; chanid "
    "55-62 d; chan 64-71 a; iphase 73-80 a; stype 82-82 a; deltim 84-89 f3; azimuth "
    "91-97 f2; delaz 99-105 f2; slow 107-113 f2; delslo 115-121 f2; ema 123-129 f2; "
    "rect 131-137 f3; amp 139-149 f2; per 151-157 f2; logat 159-165 f2 -999.0; clip "
    "167-167 a; fm 169-170 a; snr 172-181 f2; qual 183-183 a; auth 185-204 a; "
    "commid 206-214 d; lddate 216-232 a",
    "netmag": "magid 1-9 d; net 11-18 a; orid 20-28 d; evid 30-38 d; magtype 40-45 a; nsta "
    "47-54 d; magnitude 56-62 f2 -999.0; uncertainty 64-70 f2; auth 72-91 a; commid "
    "93-101 d; lddate 103-119 a",
    "stamag": "magid 1-9 d; ampid 11-19 d; sta 21-26 a; arid 28-36 d; orid 38-46 d; evid "
    "48-56 d; phase 58-65 a; delta 67-74 f3; magtype 76-81 a; magnitude 83-89 f2 "
    "-999.0; uncertainty 91-97 f2; magres 99-105 f2 -999.0; magdef 107-107 a; "
    "mmodel 109-123 a; auth 125-144 a; commid 146-154 d; lddate 156-172 a",
    "amplitude": "ampid 1-9 d; arid 11-19 d; parid 21-29 d; chan 31-38 a; amp 40-50 f2; per "
    "52-58 f2; snr 60-69 f2; amptime 71-87 t5; time 89-105 t5; duration 107-113 f2; "
    "deltaf 115-121 f3; amptype 123-130 a; units 132-146 a; clip 148-148 a; "
    "inarrival 150-150 a; auth 152-171 a; lddate 173-189 a",
    "remark": "commid 1-9 d; lineno 11-18 d; remark 20-99 a; lddate 101-117 a",
}
_CLASSIC = {
    "event": "evid 1-8 d; evname 10-24 a; prefor 26-33 d; auth 35-49 a; commid 51-58 d; "
    "lddate 60-76 a",
    "origin": "lat 1-9 f4 -999.0; lon 11-19 f4 -999.0; depth 21-29 f4 -999.0; time 31-47 t5; "
    "orid 49-56 d; evid 58-65 d; jdate 67-74 d; nass 76-79 d; ndef 81-84 d; ndp "
    "86-89 d; grn 91-98 d; srn 100-107 d; etype 109-115 a; depdp 117-125 f4 -999.0; "
    "dtype 127-127 a; mb 129-135 f2 -999.0; mbid 137-144 d; ms 146-152 f2 -999.0; "
    "msid 154-161 d; ml 163-169 f2 -999.0; mlid 171-178 d; algorithm 180-194 a; "
    "auth 196-210 a; commid 212-219 d; lddate 221-237 a",
    "origerr": "orid 1-8 d; sxx 10-24 f4; syy 26-40 f4; szz 42-56 f4; stt 58-72 f4; sxy 74-88 "
    "f4; sxz 90-104 f4; syz 106-120 f4; stx 122-136 f4; sty 138-152 f4; stz 154-168 "
    "f4; sdobs 170-178 f4; smajax 180-188 f4; sminax 190-198 f4; strike 200-205 f2; "
    "sdepth 207-215 f4; stime 217-224 f2; conf 226-230 f3; commid 232-239 d; lddate "
    "241-257 a",
    "assoc": "arid 1-8 d; orid 10-17 d; sta 19-24 a; phase 26-33 a; belief 35-38 f2 9.99; "
    "delta 40-47 f3; seaz 49-55 f2; esaz 57-63 f2; timeres 65-72 f3 -999.0; timedef "
    "74-74 a; azres 76-82 f1 -999.0; azdef 84-84 a; slores 86-92 f2 -999.0; slodef "
    "94-94 a; emares 96-102 f1 -999.0; wgt 104-109 f3; vmodel 111-125 a; commid "
    "127-134 d; lddate 136-152 a",
    "arrival": "sta 1-6 a; time 8-24 t5; arid 26-33 d; jdate 35-42 d; stassid 44-51 d; chanid "
    "53-60 d; chan 62-69 a; iphase 71-78 a; stype 80-80 a; deltim 82-87 f3; azimuth "
    "89-95 f2; delaz 97-103 f2; slow 105-111 f2; delslo 113-119 f2; ema 121-127 f2; "
    "rect 129-135 f3; amp 137-146 f1; per 148-154 f2; logat 156-162 f2 -999.0; clip "
    "164-164 a; fm 166-167 a; snr 169-178 f2; qual 180-180 a; auth 182-196 a; "
    "commid 198-205 d; lddate 207-223 a",
    "netmag": "magid 1-8 d; net 10-17 a; orid 19-26 d; evid 28-35 d; magtype 37-42 a; nsta "
    "44-51 d; magnitude 53-59 f2 -999.0; uncertainty 61-67 f2; auth 69-83 a; commid "
    "85-92 d; lddate 94-110 a",
    "stamag": "magid 1-8 d; sta 10-15 a; arid 17-24 d; orid 26-33 d; evid 35-42 d; phase "
    "44-51 a; delta 53-60 f3; magtype 62-67 a; magnitude 69-75 f2 -999.0; "
    "uncertainty 77-83 f2; auth 85-99 a; commid 101-108 d; lddate 110-126 a",
    "amplitude": "ampid 1-9 d; arid 11-18 d; parid 20-28 d; chan 30-37 a; amp 39-48 f1; per "
    "50-56 f2; snr 58-67 f2; amptime 69-85 t5; time 87-103 t5; duration 105-111 f2; "
    "deltaf 113-119 f3; amptype 121-128 a; units 130-144 a; clip 146-146 a; "
    "inarrival 148-148 a; auth 150-164 a; lddate 166-182 a",
    "remark": "commid 1-8 d; lineno 10-17 d; remark 19-98 a; lddate 100-116 a",
}

WIDE = {table: layout(table, "wide", text) for table, text in _WIDE.items()}
"""The variant that is written."""
LAYOUTS: dict[str, tuple[Layout, ...]] = {
    table: (WIDE[table], layout(table, "classic", text)) for table, text in _CLASSIC.items()
}
"""Both variants of each table."""

SET = TableSet(LAYOUTS, mostly_text=frozenset({"event", "remark"}), default="arrival")
"""How a file is known to be one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The rows of a set of tables; empty where a table is absent."""

    event: tuple[Row, ...] = ()
    origin: tuple[Row, ...] = ()
    origerr: tuple[Row, ...] = ()
    assoc: tuple[Row, ...] = ()
    arrival: tuple[Row, ...] = ()
    netmag: tuple[Row, ...] = ()
    stamag: tuple[Row, ...] = ()
    amplitude: tuple[Row, ...] = ()
    remark: tuple[Row, ...] = ()
