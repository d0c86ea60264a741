"""Where recordings come from: a file, a folder, an SDS archive or an FDSN web service.

A folder may hold anything. Files that cannot be recordings by their name (``stations.csv``,
``truth.json``) are never opened; others are recognised by their first bytes. What is
left out is listed with its reason.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vigie.errors import (
    MissingInputError,
    UnknownFormatError,
    UnreadableInputError,
    VigieError,
)
from vigie.exchange.fdsn import fetch, is_service
from vigie.exchange.files import read_file, source_of, why_no_file
from vigie.exchange.sds import is_sds, sds_files
from vigie.exchange.selection import Selection
from vigie.formats import Issue
from vigie.formats.dispatch import HEAD_BYTES, detect_format
from vigie.records import Station, Waveform

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vigie.formats import Contents

FOREIGN_SUFFIXES = frozenset(
    # One text: forty lines as a list hide more than they show.
    ".csv .json .jsonl .toml .yaml .yml .md .rst .txt .html .htm .pdf .png .jpg .svg .xml .py "  # noqa: SIM905
    ".log .zip .gz .tar .bz2 .site .sitechan .affiliation .instrument .sensor .arrival .assoc "
    ".origin .origerr .netmag .stamag .w".split()
)
"""Name endings that are no recordings when they stand in a folder; a file named by the
user is always opened."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was left out, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Recordings of one station."""

    station: str
    waveforms: tuple[Waveform, ...]


@dataclass(slots=True)
class Intake:
    """Recordings of all sources, station by station, and what was left out of them.

    ``skipped``, ``issues`` and ``stations`` are complete once the batches are read.
    """

    sources: tuple[str, ...]
    selection: Selection
    skipped: list[Skipped] = field(default_factory=list)
    issues: list[tuple[str, Issue]] = field(default_factory=list)
    """Path and what was wrong in it."""
    stations: list[Station] = field(default_factory=list)
    """Station descriptions that came with the recordings (SAC headers, a web service)."""
    absent: list[str] = field(default_factory=list)
    """Sources that do not exist or do not answer; they are in ``skipped`` as well."""
    _files: set[Path] = field(default_factory=set, init=False, repr=False)
    _companions: set[Path] = field(default_factory=set, init=False, repr=False)
    """Files that others point to: the ``.w`` of a ``wfdisc``."""

    def batches(self) -> Iterator[Batch]:
        """Yield the recordings of one station after the other.

        An SDS archive is read station by station; a folder without order is read whole. A
        source that is not there is listed, and the others go on.

        Raises
        ------
        ParameterError
            The address of a web service names no span of time.
        """
        loose: list[Path] = []
        fetched: list[Waveform] = []
        for spec in self.sources:
            if is_service(spec):
                fetched += self._fetched(spec)
                continue
            path = Path(spec)
            if not path.exists():
                self._note_absent(spec, "there is no such file or folder; check the path")
            elif path.is_dir() and is_sds(path):
                for name, files in sds_files(path, self.selection):
                    yield from _by_station(self._read(self._openable(files), named=True), name)
            elif path.is_dir():
                loose += self._candidates(path)
            else:
                fetched += self._read([path], named=True)
        recorded = [*fetched, *self._read(loose, named=False)]
        # ``Path.resolve`` fails at links in a circle.
        self.skipped = [
            s for s in self.skipped if Path(os.path.realpath(s.path)) not in self._companions
        ]
        yield from _by_station(recorded)

    @property
    def inputs(self) -> frozenset[Path]:
        """Files from which recordings were read so far, and those that they point to."""
        return frozenset(self._files | self._companions)

    def _fetched(self, spec: str) -> list[Waveform]:
        try:
            return self._take(spec, fetch(spec, self.selection))
        except (MissingInputError, UnreadableInputError) as error:
            self._note_absent(spec, str(error))
            return []

    def _note_absent(self, spec: str, reason: str) -> None:
        self.absent.append(spec)
        self.skipped.append(Skipped(spec, reason))

    def _candidates(self, folder: Path) -> list[Path]:
        found: list[Path] = []
        for path in self._openable(sorted(folder.rglob("*"))):
            if not path.is_file():
                continue
            if path.suffix.lower() in FOREIGN_SUFFIXES or path.name.startswith("."):
                self.skipped.append(Skipped(str(path), "not a recording by its name; not opened"))
            else:
                found.append(path)
        return found

    def _openable(self, paths: Iterable[Path]) -> Iterator[Path]:
        """Yield what is a file or a folder; list the rest."""
        for path in paths:
            reason = why_no_file(path)
            if reason is None:
                yield path
            else:
                self.skipped.append(Skipped(str(path), reason))

    def _read(self, paths: Iterable[Path], *, named: bool) -> list[Waveform]:
        waveforms: list[Waveform] = []
        for path in paths:
            try:
                if not named and not _holds_waveforms(path):
                    self.skipped.append(Skipped(str(path), "its format holds no recordings"))
                    continue
                contents = read_file(path, companions=self._companions)
                if not contents.waveforms:
                    self.skipped.append(Skipped(str(path), "there are no recordings in it"))
                else:
                    self._files.add(path)
                waveforms += self._take(str(path), contents)
            except UnknownFormatError as error:
                self.skipped.append(Skipped(str(path), str(error.params.get("reason", error))))
            except (VigieError, OSError) as error:
                self.skipped.append(Skipped(str(path), str(error)))
        return waveforms

    def _take(self, name: str, contents: Contents) -> list[Waveform]:
        self.issues += [(name, issue) for issue in contents.issues]
        self.stations += contents.stations
        parts = (self.selection.cut(w) for w in contents.waveforms)
        return [part for part in parts if part is not None]


def open_intake(sources: Iterable[str], selection: Selection | None = None) -> Intake:
    """Return the recordings of some sources, not yet read."""
    return Intake(tuple(sources), selection or Selection())


def _holds_waveforms(path: Path) -> bool:
    return "waveforms" in detect_format(source_of(path, limit=HEAD_BYTES)).holds


def _by_station(waveforms: Iterable[Waveform], name: str | None = None) -> Iterator[Batch]:
    groups: dict[str, list[Waveform]] = {}
    for waveform in waveforms:
        groups.setdefault(name or waveform.channel.station, []).append(waveform)
    for station in sorted(groups):
        ordered = sorted(groups[station], key=lambda w: (w.channel, w.start_ns))
        yield Batch(ordered[0].channel.station, tuple(ordered))
