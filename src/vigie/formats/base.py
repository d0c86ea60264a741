"""The contract that every format meets: detect, read, write.

A format never opens a file. It is given a ``Source``: bytes, a name for messages, and a
way to ask for a companion (the ``.w`` file of a ``wfdisc`` row). It never raises on bad
bytes unless it is asked to be strict: what could be read comes back with a list of issues.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from vigie.errors import BadRecordError, UnwritableError
from vigie.records import (
    AtmosphereProfile,
    Bulletin,
    Calibration,
    Detection,
    Inventory,
    PulseHeight,
    RadionuclideState,
    SampleAnalysis,
    Sensitivity,
    Spectrum,
    Station,
    TracerSample,
    Waveform,
    WeatherState,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that was wrong in an input: where, and what to tell the user."""

    place: str
    """``line 12``, ``byte 4096``, ``record 3`` ..."""
    code: str
    """Key of the message catalogue."""
    params: tuple[tuple[str, str | float], ...] = ()
    """What fills the message."""
    text: str = ""
    """The English message: what is wrong and what was done about it."""
    severity: str = "warning"
    """``notice`` (a repair that loses nothing), ``omission`` (something sound is not read),
    ``warning`` (something is wrong and was left out, or kept as it is)."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a reader is given: bytes with a name, and access to companion files."""

    name: str
    """Path or address, for messages and companions."""
    data: bytes
    companion: Callable[[str], bytes | None] = field(default=lambda _: None, compare=False)
    """Returns the bytes of a file beside this one, by relative path; None where absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Everything that could be read of a source, and everything that could not.

    A format fills what it holds: most fill one field.
    """

    format: str = ""
    waveforms: tuple[Waveform, ...] = ()
    stations: tuple[Station, ...] = ()
    bulletin: Bulletin | None = None
    """Events, and detections that belong to none. An arrival list has only the latter."""
    profiles: tuple[AtmosphereProfile, ...] = ()
    """Atmosphere against height."""
    spectra: tuple[Spectrum, ...] = ()
    """Gamma spectra of files that hold no more than these."""
    pulse_heights: tuple[PulseHeight, ...] = ()
    """Messages of radionuclide measurements."""
    states: tuple[RadionuclideState, ...] = ()
    """State of health, weather and alerts of radionuclide stations."""
    efficiencies: tuple[Calibration, ...] = ()
    """Efficiency curves of detectors, from files that hold nothing else."""
    samples: tuple[SampleAnalysis, ...] = ()
    """Analyses of radionuclide samples."""
    sensitivities: tuple[Sensitivity, ...] = ()
    """Source-receptor sensitivities of samples."""
    tracer_samples: tuple[TracerSample, ...] = ()
    """Samples of tracer experiments."""
    weather: tuple[WeatherState, ...] = ()
    """Fields on a grid, one record per time."""
    issues: tuple[Issue, ...] = ()
    header: tuple[tuple[str, str], ...] = ()
    """What else the file says of itself (message id, author), for display."""

    @property
    def inventory(self) -> Inventory:
        """The stations as an inventory."""
        return Inventory(self.stations)

    @property
    def detections(self) -> tuple[Detection, ...]:
        """All detections: those of events first, then the unassociated."""
        if self.bulletin is None:
            return ()
        grouped = (d for event in self.bulletin.events for d in event.detections)
        return (*grouped, *self.bulletin.detections)

    def with_issues(self, *more: Issue) -> Contents:
        """Return the same contents with further issues."""
        return replace(self, issues=(*self.issues, *more))


@runtime_checkable
class Format(Protocol):
    """One file format. Instances are stateless and registered as entry points.

    The group is ``vigie.formats``, the entry point's name the format's own.
    """

    name: str
    """Short name, as ``--format`` takes it: ``mseed``, ``isf`` ..."""
    title: str
    """One line for people."""
    suffixes: tuple[str, ...]
    """File name endings, lower case with the dot; the first is used when writing."""
    holds: frozenset[str]
    """Which fields of ``Contents`` it reads: ``waveforms``, ``stations``, ``bulletin`` ..."""
    writes: frozenset[str]
    """Which of them it writes; empty where it only reads."""

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the first 4 kB of a file, and its name, can be this format.

        Never raises. Must not claim files of other formats nor random bytes.
        """
        ...

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read everything; what is wrong becomes an issue and the rest goes on.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first thing that breaks the format.
        """
        ...

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return the files that hold the contents: name ending to bytes.

        A format of one file returns one ending, its first suffix; one of many files
        (CSS3.0) one ending per table.

        Raises
        ------
        UnwritableError
            The contents hold something that the format cannot, or it does not write.
        """
        ...


class OnlyRead:
    """What a format that is not written has in common."""

    title: str
    writes: frozenset[str] = frozenset()

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Refuse.

        Raises
        ------
        UnwritableError
            Always.
        """
        del contents
        raise UnwritableError(
            format=self.title, what="anything: it is only read", remedy="Keep the original."
        )


@runtime_checkable
class Remarking(Protocol):
    """A format that chooses how it writes, and has something to say of it."""

    def remarks(self, contents: Contents) -> tuple[str, ...]:
        """Return what a user should know of the files that ``write`` makes of some contents."""
        ...


@runtime_checkable
class Configurable(Protocol):
    """A format of files that may leave open what they mean, so that a user has to say it."""

    def with_options(self, words: Mapping[str, str]) -> Format:
        """Return the same format with options, by name.

        Raises
        ------
        ParameterError
            An option or its value is not known.
        """
        ...

    def as_written(self, contents: Contents) -> Format:
        """Return the format with the options that read back what this one wrote."""
        ...


class IssueLog:
    """Collects issues while reading; raises at the first one if reading is strict."""

    def __init__(self, path: str, *, strict: bool) -> None:
        self._path = path
        self._strict = strict
        self._issues: list[Issue] = []

    def bad_record(
        self,
        place: str,
        *,
        field_name: str,
        text: str,
        expected: str,
        outcome: str = "left out",
    ) -> None:
        """Note a record that breaks the rules of the format, and what became of it: left out.

        Raises
        ------
        BadRecordError
            If reading is strict.
        """
        params: dict[str, str | float] = {
            "path": self._path,
            "place": place,
            "field": field_name,
            "text": text[:80],
            "expected": expected,
        }
        if self._strict:
            raise BadRecordError(**params)
        shown = f"{field_name}: {text[:80]!r} is not {expected}; {outcome}"
        self._issues.append(Issue(place, BadRecordError.code, tuple(params.items()), shown))

    def suspect(self, place: str, *, field_name: str, text: str, expected: str) -> None:
        """Note something that breaks the rules of the format but is kept as it stands.

        Raises
        ------
        BadRecordError
            If reading is strict.
        """
        self.bad_record(
            place, field_name=field_name, text=text, expected=expected, outcome="kept as it is"
        )

    def notice(self, place: str, code: str, text: str, **params: str | float) -> None:
        """Note a repair that loses nothing; never raises."""
        self._issues.append(Issue(place, code, tuple(params.items()), text, "notice"))

    def omission(self, place: str, code: str, text: str, **params: str | float) -> None:
        """Note something sound that is left out all the same; never raises."""
        self._issues.append(Issue(place, code, tuple(params.items()), text, "omission"))

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What was noted so far."""
        return tuple(self._issues)
