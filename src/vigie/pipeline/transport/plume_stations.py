"""Which stations a plume is told for, and where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.errors import ParameterError
from vigie.facts.ims import ims_facilities
from vigie.pipeline.station_book import open_book

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from vigie.pipeline.station_book import StationBook

ALL_RADIONUCLIDE = "RN"
"""Stands for every radionuclide station of the treaty."""


def listed_stations(files: Sequence[Path]) -> tuple[Mapping[str, tuple[float, float]], StationBook]:
    """Return latitude and longitude of all stations of files, and the book of them."""
    book = open_book(files, with_ims=False)
    places = {one.code: (one.latitude, one.longitude) for one in reversed(book.stations)}
    return dict(reversed(places.items())), book


def named_stations(codes: Sequence[str], book: StationBook) -> Mapping[str, tuple[float, float]]:
    """Return latitude and longitude of stations by code.

    Radionuclide stations have the codes and, to 0.1 deg, the places of the treaty (``RN33``);
    ``RN`` stands for all of them.

    Parameters
    ----------
    codes : sequence of str
    book : StationBook

    Raises
    ------
    ParameterError
        A code is not known.
    """
    known = {one.code: (one.latitude, one.longitude) for one in reversed(book.stations)}
    treaty = {
        one.treaty_code: (one.latitude, one.longitude)
        for one in ims_facilities()
        if one.network == "RN" and one.latitude is not None and one.longitude is not None
    }
    found: dict[str, tuple[float, float]] = {}
    for code in codes:
        if code in known:
            found[code] = known[code]
        elif code == ALL_RADIONUCLIDE:
            found |= treaty
        elif code in treaty:
            found[code] = treaty[code]
        else:
            expected = "the code of a station of --stations or of the IMS (RN01 to RN80, or RN)"
            raise ParameterError(name="--station", value=code, expected=expected)
    return found
