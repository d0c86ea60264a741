"""Weather fields in netCDF, classic and netCDF-4: ERA5, ERA-Interim, and CF files like them.

Accuracy: packed values are unpacked in double precision and rounded to float32. Cost: 0.02 to
0.07 s for 37 levels of 1.5 deg, 1 s for 57 times of 18 levels of 2.8 deg (28 MB packed), on one
core; memory is that of the packed variables and of the records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog, OnlyRead
from vigie.formats.weather_netcdf._options import WeatherOptions, options_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source

_CLASSIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05")
_HDF5 = b"\x89HDF\r\n\x1a\n"
_OTHERS = (b"source_receptor_sensitivity", b"start_datenum", b"time_p")
"""Variables by which the project knows its other netCDF formats."""


class WeatherNetcdfFormat(OnlyRead):
    """Variables on latitude and longitude, with or without levels and times.

    Parameters
    ----------
    options : WeatherOptions, optional
        What the user says of the file; by default it has to say everything itself.
    """

    name = "weather_netcdf"
    title = "weather fields (netCDF)"
    suffixes = (".nc", ".nc4", ".cdf")
    holds = frozenset({"weather"})

    def __init__(self, options: WeatherOptions | None = None) -> None:
        self.options = options or WeatherOptions()

    def with_options(self, words: Mapping[str, str]) -> WeatherNetcdfFormat:
        """Return the same format with options.

        Raises
        ------
        ParameterError
            An option or its value is not known.
        """
        return WeatherNetcdfFormat(options_of(words))

    def as_written(self, contents: Contents) -> WeatherNetcdfFormat:
        """Return the format itself: it writes nothing."""
        del contents
        return self

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether a netCDF file has latitude and longitude, or is netCDF-4."""
        if any(mark in head for mark in _OTHERS):
            return False
        if head.startswith(_HDF5):
            return b"_Netcdf4" in head or b"_NCProperties" in head
        return head.startswith(_CLASSIC) and b"lat" in head.lower() and b"lon" in head.lower()

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read all fields that a ``WeatherState`` has; what else there is, is told.

        Raises
        ------
        BadRecordError
            Only with ``strict``: something is missing or makes no sense.
        MissingLibraryError
            netCDF4 is not installed.
        """
        from vigie.formats.weather_netcdf._read import read_states

        log = IssueLog(source.name, strict=strict)
        states = read_states(source.data, log, self.options)
        return Contents(format=self.name, weather=states, issues=log.issues)


FORMAT = WeatherNetcdfFormat()
"""The entry point."""

__all__ = ["FORMAT", "WeatherNetcdfFormat", "WeatherOptions"]
