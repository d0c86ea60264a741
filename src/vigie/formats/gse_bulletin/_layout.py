"""Columns of GSE2.0 bulletins.

Source: GSE2.0 as printed by the GSETT-3 IDC (Reviewed Event Bulletin of 1995-01-16) and by
other centres; an origin takes two lines. What follows column 104 is read word by word, as
centres put it one column to the right.
"""

from __future__ import annotations

from dataclasses import replace

from vigie.formats.text_columns import Field, Line

ORIGIN_HEADERS = (
    (
        "   Date       Time       Latitude Longitude    Depth    Ndef Nsta Gap    Mag1  N    Mag2"
        "  N    Mag3  N  Author          ID"
    ),
    (
        "       rms   OT_Error      Smajor Sminor Az        Err   mdist  Mdist     Err        Err"
        "        Err     Quality"
    ),
)
PHASE_HEADER = (
    "Sta    Dist   EvAz     Phase       Date      Time     TRes  Azim  AzRes  Slow  SRes Def  SNR"
    "        Amp   Per   Mag1   Mag2 Arr ID"
)
TAIL = 104
"""Characters before author and id, and before the quality."""

ORIGIN = Line(
    "origin",
    (
        Field("date", 1, 10),
        Field("time", 12, 21),
        Field("time_fixed", 23, 23),
        Field("latitude", 26, 33, "f", 4),
        Field("longitude", 35, 43, "f", 4),
        Field("epicentre_fixed", 45, 45),
        Field("depth_km", 48, 52, "f", 1),
        Field("depth_flag", 54, 54),
        Field("n_defining", 57, 60, "i"),
        Field("n_stations", 62, 65, "i"),
        Field("gap_deg", 67, 69, "i"),
        Field("type_1", 72, 73),
        Field("value_1", 74, 77, "f", 1),
        Field("count_1", 79, 80, "i"),
        Field("type_2", 83, 84),
        Field("value_2", 85, 88, "f", 1),
        Field("count_2", 90, 91, "i"),
        Field("type_3", 94, 95),
        Field("value_3", 96, 99, "f", 1),
        Field("count_3", 101, 102, "i"),
    ),
    open_end=False,
)
"""First line of an origin, up to the author."""

ERRORS = Line(
    "origin errors",
    (
        Field("rms_s", 6, 10, "f", 2, capped=True),
        Field("time_sign", 14, 15),
        Field("time_sigma_s", 16, 21, "f", 2, capped=True),
        Field("semi_major_km", 26, 31, "f", 1, capped=True),
        Field("semi_minor_km", 33, 38, "f", 1, capped=True),
        Field("strike_deg", 41, 46),
        Field("depth_sign", 48, 49),
        Field("depth_error_km", 50, 54, "f", 1, capped=True),
        Field("min_distance_deg", 57, 62, "f", 2),
        Field("max_distance_deg", 64, 69, "f", 2),
        Field("sign_1", 73, 74),
        Field("error_1", 75, 77, "f", 1, capped=True),
        Field("sign_2", 84, 85),
        Field("error_2", 86, 88, "f", 1, capped=True),
        Field("sign_3", 95, 96),
        Field("error_3", 97, 99, "f", 1, capped=True),
    ),
    open_end=False,
)
"""Second line of an origin, up to its quality."""

PHASE = Line(
    "phase",
    (
        Field("station", 1, 5),
        Field("delta_deg", 7, 12, "f", 2),
        Field("seaz_deg", 14, 18, "f", 1),
        Field("analysis", 20, 20, blank="_"),
        Field("first_motion", 21, 21, blank="_"),
        Field("onset", 22, 22, blank="_"),
        Field("phase", 24, 30),
        Field("date", 32, 41),
        Field("time", 43, 52),
        Field("time_residual_s", 54, 58, "f", 1),
        Field("azimuth_deg", 60, 64, "f", 1),
        Field("azimuth_residual_deg", 66, 71, "f", 1),
        Field("slowness_s_per_deg", 73, 77, "f", 1),
        Field("slowness_residual_s_per_deg", 79, 83, "f", 1),
        Field("time_defining", 85, 85, blank="_"),
        Field("azimuth_defining", 86, 86, blank="_"),
        Field("slowness_defining", 87, 87, blank="_"),
        Field("snr", 89, 93, "f", 1, capped=True),
        Field("amplitude_nm", 95, 103, "f", 1, 4),
        Field("period_s", 105, 109, "f", 1, 2),
        Field("type_1", 111, 112),
        Field("value_1", 113, 116, "f", 1),
        Field("type_2", 118, 119),
        Field("value_2", 120, 123, "f", 1),
        Field("id", 125, 132, "r"),
    ),
)

PHASE_AS_READ = replace(
    PHASE,
    fields=tuple(
        replace(one, last=104) if one.name == "amplitude_nm" else one for one in PHASE.fields
    ),
)
"""The same, with the blank after the amplitude: some centres print amplitudes that far."""
