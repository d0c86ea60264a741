"""Weather fields in GRIB, editions 1 and 2, through ecCodes.

Accuracy: values are those of the message, rounded to float32. Heights computed from the
temperature and humidity that are read differ from those of GFS by 1.1 m (rms) up to 300 hPa and
4.8 m up to 150 hPa where the ground is below 1000 hPa. Cost: 2 to 4 ms a message of 1600 to 10 000
points; a file of 550 messages takes 1 to 2 s on one core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog, OnlyRead

if TYPE_CHECKING:
    from vigie.formats.base import Source


class WeatherGribFormat(OnlyRead):
    """Messages of one grid; each is read by itself, so a damaged one loses no other."""

    name = "weather_grib"
    title = "weather fields (GRIB 1 and 2)"
    suffixes = (".grib", ".grib2", ".grb", ".grb2", ".grib1")
    holds = frozenset({"weather"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether a message of edition 1 or 2 begins the file."""
        from vigie.formats.weather_grib._messages import begins_message

        return begins_message(head)

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read all fields that a ``WeatherState`` has; what else there is, is told.

        Raises
        ------
        BadRecordError
            Only with ``strict``: a message is damaged or a field makes no sense.
        MissingLibraryError
            ecCodes is not installed.
        """
        from vigie.formats.weather_grib._read import read_states

        log = IssueLog(source.name, strict=strict)
        states = read_states(source.data, log)
        return Contents(format=self.name, weather=states, issues=log.issues)


FORMAT = WeatherGribFormat()
"""The entry point."""
