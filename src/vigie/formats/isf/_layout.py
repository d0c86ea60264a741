"""Columns and headers of IMS1.0:SHORT bulletins, which ISF extends, and of arrival lists.

Source: IASPEI Seismic Format (ISC), IDC-3.4.1; checked on files of the ISC and of IPEC and
against ObsPy's reader. The arrival list follows ARRIVAL:GROUPED of IDC-3.4.1.
"""

from __future__ import annotations

from vigie.formats.text_columns import Field, Line

ORIGIN_HEADER = (
    "   Date       Time        Err   RMS Latitude Longitude  Smaj  Smin  Az Depth   Err Ndef "
    "Nsta Gap  mdist  Mdist Qual   Author      OrigID"
)
MAGNITUDE_HEADER = "Magnitude  Err Nsta Author      OrigID"
PHASE_HEADER = (
    "Sta     Dist  EvAz Phase        Time      TRes  Azim AzRes   Slow   SRes Def   SNR       "
    "Amp   Per Qual Magnitude    ArrID"
)
ARRIVAL_HEADER = (
    "Net       Sta  Chan Aux     Date      Time       Phase    Azim  Slow   SNR       Amp   Per "
    "Qual   Group C Author       ArrID"
)

ORIGIN = Line(
    "origin",
    (
        Field("date", 1, 10),
        Field("time", 12, 22),
        Field("time_fixed", 23, 23),
        Field("time_sigma_s", 25, 29, "f", 2, capped=True),
        Field("rms_s", 31, 35, "f", 2, capped=True),
        Field("latitude", 37, 44, "f", 4),
        Field("longitude", 46, 54, "f", 4),
        Field("epicentre_fixed", 55, 55),
        Field("semi_major_km", 56, 60, "f", 1, capped=True),
        Field("semi_minor_km", 62, 66, "f", 1, capped=True),
        Field("strike_deg", 68, 70, "i"),
        Field("depth_km", 72, 76, "f", 1),
        Field("depth_flag", 77, 77),
        Field("depth_error_km", 79, 82, "f", 1, capped=True),
        Field("n_defining", 84, 87, "i"),
        Field("n_stations", 89, 92, "i"),
        Field("gap_deg", 94, 96, "i"),
        Field("min_distance_deg", 98, 103, "f", 2),
        Field("max_distance_deg", 105, 110, "f", 2),
        Field("analysis", 112, 112),
        Field("method", 114, 114),
        Field("event_type", 116, 117),
        Field("author", 119, 127),
        Field("id", 129, 136, "r"),
    ),
)

MAGNITUDE = Line(
    "magnitude",
    (
        Field("type", 1, 5),
        Field("bound", 6, 6),
        Field("value", 7, 10, "f", 1),
        Field("sigma", 12, 14, "f", 1, capped=True),
        Field("n_stations", 16, 19, "i"),
        Field("author", 21, 29),
        Field("origin_id", 31, 38, "r"),
    ),
)

PHASE = Line(
    "phase",
    (
        Field("station", 1, 5),
        Field("delta_deg", 7, 12, "f", 2),
        Field("esaz_deg", 14, 18, "f", 1),
        Field("phase", 20, 27),
        Field("time", 29, 40),
        Field("time_residual_s", 42, 46, "f", 1),
        Field("azimuth_deg", 48, 52, "f", 1),
        Field("azimuth_residual_deg", 54, 58, "f", 1),
        Field("slowness_s_per_deg", 60, 65, "f", 1),
        Field("slowness_residual_s_per_deg", 67, 72, "f", 1),
        Field("time_defining", 74, 74, blank="_"),
        Field("azimuth_defining", 75, 75, blank="_"),
        Field("slowness_defining", 76, 76, blank="_"),
        Field("snr", 78, 82, "f", 1, capped=True),
        Field("amplitude_nm", 84, 92, "f", 1, 4),
        Field("period_s", 94, 98, "f", 2),
        Field("analysis", 100, 100, blank="_"),
        Field("first_motion", 101, 101, blank="_"),
        Field("onset", 102, 102, blank="_"),
        Field("magnitude_type", 104, 108),
        Field("bound", 109, 109),
        Field("magnitude", 110, 113, "f", 1),
        Field("id", 115, 122, "r"),
    ),
)

ARRIVAL = Line(
    "arrival",
    (
        Field("network", 1, 9),
        Field("station", 11, 15),
        Field("channel", 17, 19),
        Field("location", 21, 24),
        Field("date", 26, 35),
        Field("time", 37, 48),
        Field("phase", 50, 57),
        Field("azimuth_deg", 59, 63, "f", 1),
        Field("slowness_s_per_deg", 65, 69, "f", 1),
        Field("snr", 71, 75, "f", 1, capped=True),
        Field("amplitude_nm", 77, 85, "f", 1, 4),
        Field("period_s", 87, 91, "f", 2),
        Field("analysis", 93, 93, blank="_"),
        Field("first_motion", 94, 94, blank="_"),
        Field("onset", 95, 95, blank="_"),
        Field("group", 97, 104),
        Field("conflict", 106, 106),
        Field("author", 108, 116),
        Field("id", 118, 125, "r"),
    ),
)

BLOCKS = {
    "origin": ("date", "time", "latitude", "longitude"),
    "magnitude": ("magnitude", "nsta"),
    "phase": ("sta", "dist", "evaz", "phase", "time"),
    "arrival": ("net", "sta", "date", "time", "phase"),
    "bibliography": ("year", "volume", "page1"),
}
"""Words with which the header of each block begins or which it holds, in order."""

_FIRST = {words[0]: block for block, words in BLOCKS.items()}


def block_of(line: str) -> str | None:
    """Return the block that a header line opens; None for any other line."""
    words = line.split()
    if not words or words[0].lower() not in _FIRST:
        return None
    block = _FIRST[words[0].lower()]
    lower = [word.lower() for word in words]
    return block if set(BLOCKS[block]) <= set(lower) else None
