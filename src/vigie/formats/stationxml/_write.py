"""Stations to StationXML."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from vigie.errors import UnwritableError
from vigie.formats._obspy_stations import stations_to_obspy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import Station


def write_stations(stations: Sequence[Station]) -> bytes:
    """Return the document.

    Raises
    ------
    UnwritableError
        ObsPy refuses a value that the schema does not allow.
    """
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            stations_to_obspy(stations).write(out, format="STATIONXML")
        except (ValueError, TypeError) as error:
            raise UnwritableError(
                format="StationXML", what=str(error), remedy="Correct the station."
            ) from error
    return out.getvalue()
