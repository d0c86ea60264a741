"""Which station a recording belongs to, and where that station is.

Descriptions come, in this order, from the files that the user names, from what came with
the recordings, and from the built-in tables of the International Monitoring System. The first
source that knows a code wins whole: two descriptions of one station are never mixed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vigie.errors import MissingInputError, VigieError
from vigie.exchange.files import read_file, why_no_file
from vigie.formats import Issue
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.records import Inventory, Station
from vigie.stations.elements import ambiguous_codes, element_stations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


SAME_PLACE_KM = 1.0
"""Closer positions are the same place, surveyed or rounded differently."""


@dataclass(slots=True)
class StationBook:
    """Stations by code, by the codes of their elements and by alias."""

    stations: list[Station] = field(default_factory=list)
    issues: list[tuple[str, Issue]] = field(default_factory=list)
    """Path and what was wrong in it."""
    conflicts: list[str] = field(default_factory=list)
    """Stations that two sources place differently, and which place is used."""
    files: list[Path] = field(default_factory=list)
    """Files that stations were read from."""

    @property
    def inventory(self) -> Inventory:
        """All stations."""
        return Inventory(tuple(self.stations))

    def add(self, stations: Iterable[Station], *, source: str = "") -> None:
        """Add the stations whose code no earlier source knows.

        Parameters
        ----------
        stations : iterable of Station
            Of one source; several epochs of one code are one station.
        source : str, optional
            Its name. Where it is given, a station that stands elsewhere than an earlier
            source says is noted in ``conflicts``.
        """
        known: dict[str, Station] = {}
        for earlier in self.stations:
            known.setdefault(earlier.code, earlier)
        for station in stations:
            other = known.get(station.code)
            if other is None:
                self.stations.append(station)
            elif source and _apart_km(station, other) > SAME_PLACE_KM:
                apart_km = _apart_km(station, other)
                self.conflicts.append(
                    f"station {station.code}: {source} places it {apart_km:.1f} km from where "
                    f"an earlier file does ({other.latitude:.4f}, {other.longitude:.4f}); the "
                    "earlier is used"
                )

    def find(self, code: str, time_ns: int) -> Station | None:
        """Return the station of a code, an array element or an alias, at a time."""
        return self.inventory.at(code, time_ns)

    def spelled_otherwise(self, codes: Iterable[str]) -> dict[str, str]:
        """Return, of codes that are not known, those known but for the case of their letters.

        Parameters
        ----------
        codes : iterable of str
            Codes of stations or elements.

        Returns
        -------
        dict of str to str
            Code, and how it is known.
        """
        known = [
            name
            for s in self.stations
            for name in (*s.aliases, *(site.code for site in s.sites), s.code)
        ]
        folded = {name.casefold(): name for name in known}
        return {
            code: folded[code.casefold()]
            for code in sorted(set(codes))
            if code not in set(known) and code.casefold() in folded
        }

    def add_elements(self, codes: Iterable[str]) -> list[str]:
        """Add elements of arrays that readings name, each at its own place.

        Parameters
        ----------
        codes : iterable of str
            Station codes of readings.

        Returns
        -------
        list of str
            Which codes may mean something else, a sentence for each array.
        """
        wanted = set(codes)
        doubts = ambiguous_codes(self.inventory, wanted)
        self.add(element_stations(self.inventory, wanted))
        return doubts


def open_book(files: Sequence[Path], *, with_ims: bool = True) -> StationBook:
    """Read station files, and add the stations of the IMS that they do not describe.

    Parameters
    ----------
    files : sequence of Path
        Files, or folders of which every file with stations in it is read.
    with_ims : bool
        Whether the tables of the IMS stand behind the files.

    Raises
    ------
    UnknownFormatError, MissingInputError, UnreadableInputError
        A file that is named cannot be read, or a file or folder has no station in it.
    """
    book = StationBook()
    for path in files:
        n_before = len(book.issues)
        n_stations = _add_folder(book, path) if path.is_dir() else _add_file(book, path)
        if not n_stations:
            raise _no_station(path, book.issues[n_before:])
    if with_ims:
        from vigie.stations.ims import ims_inventory

        book.add(ims_inventory().stations)
    return book


def _add_file(book: StationBook, path: Path) -> int:
    """Add the stations of a file; return how many it has."""
    contents = read_file(path)
    book.issues += [(str(path), issue) for issue in contents.issues]
    # Epochs of one station stand in one file: they are one source.
    book.add(contents.stations, source=str(path))
    if contents.stations:
        book.files.append(path)
    return len(contents.stations)


def _add_folder(book: StationBook, folder: Path) -> int:
    n_stations = 0
    for path in sorted(folder.iterdir()):
        reason = why_no_file(path)
        if reason is not None:
            book.conflicts.append(f"left out: {path}: {reason}")
        if not path.is_file():
            continue
        try:
            n_stations += _add_file(book, path)
        except VigieError as error:
            book.conflicts.append(f"left out: {error}")
    return n_stations


def _no_station(path: Path, issues: Sequence[tuple[str, Issue]]) -> MissingInputError:
    first = next((issue for _, issue in issues if issue.severity != "notice"), None)
    return MissingInputError(
        path=str(path),
        what="a list of stations" + (f" ({first.place}: {first.text})" if first else ""),
        remedy=(
            "Give StationXML, a CSS3.0 site table, or CSV with station,latitude,longitude,"
            "elevation_m; `vigie inspect` says what is in a file."
        ),
    )


def _apart_km(first: Station, second: Station) -> float:
    delta, _, _ = distance_azimuths(
        first.latitude, first.longitude, second.latitude, second.longitude
    )
    return float(delta) * KM_PER_DEG
