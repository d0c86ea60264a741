"""The fixed lines of a waveform section (IDC-3.4.1; columns checked on real messages)."""

from __future__ import annotations

from vigie.formats.fixed_columns import layout

WID2 = layout(
    "WID2",
    "ims",
    "tag 1-4 a; date 6-15 a _; time 17-28 a _; sta 30-34 a _; chan 36-38 a _; auxid 40-43 a _; "
    "format 45-47 a _; nsamp 49-56 d _; rate_hz 58-68 f6 _; calib 70-79 e2 0.0; "
    "calper_s 81-87 f3 0.0; instype 89-94 a _; hang 96-100 f1 -1.0; vang 102-105 f1 -1.0",
    min_length=58,
)
STA2 = layout(
    "STA2",
    "ims",
    "tag 1-4 a; net 6-14 a _; lat 16-24 f5 -99.0; lon 26-35 f5 -999.0; system 37-48 a _; "
    "elev_km 50-54 f3 -0.999; burial_km 56-60 f3 -0.999",
    min_length=4,
)
