"""Kinds of values in the vigie JSON document, each with its unit for schema and docs."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

Time = Annotated[
    str,
    Meta(description="ISO 8601, UTC, with Z", extra_json_schema={"format": "date-time"}),
]
Seconds = Annotated[float, Meta(description="s")]
Hertz = Annotated[float, Meta(description="Hz")]
Degrees = Annotated[float, Meta(description="deg")]
Azimuth = Annotated[float, Meta(description="deg clockwise from north")]
Slowness = Annotated[float, Meta(description="s/deg")]
MetresPerSecond = Annotated[float, Meta(description="m/s")]
Nanometres = Annotated[float, Meta(description="nm, zero to peak")]
Kilometres = Annotated[float, Meta(description="km")]
Number = Annotated[float, Meta(description="no unit")]
ChannelCode = Annotated[str, Meta(description="NET.STA.LOC.CHA, unknown parts empty")]
