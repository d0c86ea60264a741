"""Errors that vigie raises on purpose: one family, translatable, picklable."""

from __future__ import annotations

import os
from typing import Any, ClassVar

DEBUG_VARIABLE = "VIGIE_DEBUG"
"""Set in the environment: a fault of vigie's own is raised where it happens, and not told."""


def fault_text(error: Exception) -> str:
    """Return what is told of a fault of vigie's own, an error that it does not raise on purpose.

    Where one input of many meets it, that one is left out and the others go on.

    Raises
    ------
    Exception
        The error itself, where ``VIGIE_DEBUG`` is set: tests and who looks for faults see them.

    Examples
    --------
    >>> import os
    >>> set_before = os.environ.pop("VIGIE_DEBUG", None)
    >>> fault_text(OverflowError("math range error"))[:59]
    "a fault of vigie's own, OverflowError: math range error. Pl"
    >>> os.environ.update({} if set_before is None else {"VIGIE_DEBUG": set_before})
    """
    if os.environ.get(DEBUG_VARIABLE):
        raise error
    return (
        f"a fault of vigie's own, {type(error).__name__}: {error}. Please report it with the "
        f"input; {DEBUG_VARIABLE}=1 shows where it happened."
    )


class VigieError(Exception):
    """Base of the family; subclasses also inherit the matching built-in error.

    ``code`` is the key of the message catalogue and of the JSON answer;
    ``template`` is the English text. Every text says what is wrong, where, and
    what to do about it.

    Examples
    --------
    >>> str(VigieError(detail="The disk is full. Free some space."))
    'The disk is full. Free some space.'
    """

    code: ClassVar[str] = "vigie.error"
    template: ClassVar[str] = "{detail}"

    def __init__(self, **params: str | float) -> None:
        self.params = params
        super().__init__(self.template.format_map(params))

    def __reduce__(self) -> tuple[Any, ...]:
        # Worker processes send errors back by pickle; keyword-only
        # constructors do not survive that without help.
        return _rebuild, (type(self), self.params)


def _rebuild(kind: type[VigieError], params: dict[str, str | float]) -> VigieError:
    return kind(**params)


class ParameterError(VigieError, ValueError):
    """A parameter or option has a value that makes no sense."""

    code = "vigie.parameter"
    template = "{name} = {value}: {expected}."


class BadTimeError(VigieError, ValueError):
    """A text is not a time."""

    code = "records.bad_time"
    template = "{text!r} is not a time. Write it as 2016-01-06T01:30:01.038Z or in epoch seconds."
    expected = "a time such as 2016-01-06T01:30:01.038Z, or epoch seconds"
    """The same, for lists of what is wrong in a file."""


class DateAloneError(BadTimeError):
    """A text is a date where a time of day is needed."""

    code = "records.date_alone"
    template = "{text!r} is a date without a time of day. Write it as 2016-01-06T01:30:01.038Z."
    expected = "a time: a date without a time of day (2016-01-06T01:30:01.038Z has both)"


class AmbiguousTimeError(BadTimeError):
    """A text may be a date or epoch seconds."""

    code = "records.ambiguous_time"
    template = "{text!r} may be a date or epoch seconds. Write 2016-01-06T00:00:00Z, or {text}.0."
    expected = "clear: a date (2016-01-06T00:00:00Z) or epoch seconds (with .0 behind)"


class UnknownFormatError(VigieError, ValueError):
    """No reader recognises a file."""

    code = "formats.unknown"
    template = (
        "{path}: no reader recognises this file ({reason}). "
        "`vigie inspect --formats` lists what can be read."
    )


class WrongFormatError(VigieError, ValueError):
    """A file is not in the format that it was said to be in."""

    code = "formats.wrong"
    template = "{path}: this is not {format} ({reason}). {remedy}"


class BadRecordError(VigieError, ValueError):
    """A record of an input file breaks the rules of its format."""

    code = "formats.bad_record"
    template = (
        "{path}, {place}, {field}: {text!r} is not {expected}. "
        "Correct it, or read leniently (strict=False) to skip it."
    )


class BadEncodingError(VigieError, ValueError):
    """Encoded samples break the rules of their encoding."""

    code = "formats.bad_encoding"
    template = (
        "{codec} samples are damaged at byte {offset} of their block: {reason}. "
        "Ask the station for the data again, or leave the block out."
    )


class UnwritableError(VigieError, ValueError):
    """A record holds something that the chosen format cannot hold."""

    code = "formats.unwritable"
    template = "{format} cannot hold {what}. {remedy}"


class MissingLibraryError(VigieError, ImportError):
    """Something was asked for that needs a library which is not installed with the core."""

    code = "vigie.missing_library"
    template = (
        "{what} needs {library}, which is not installed. Install it: pip install 'vigie[{extra}]'."
    )


class MissingInputError(VigieError, FileNotFoundError):
    """A file, folder or member that is needed is not there."""

    code = "vigie.missing_input"
    template = "{path}: {what} is missing. {remedy}"


class UnreadableInputError(VigieError, OSError):
    """The system does not let a file be read: a folder, no permission, a failing disk."""

    code = "vigie.unreadable_input"
    template = "{path} cannot be read: {reason}. {remedy}"


class OutputError(VigieError, OSError):
    """A result cannot be written where it was asked for."""

    code = "vigie.output"
    template = "{path} cannot be written: {reason}. {remedy}"


class StationUnknownError(VigieError, LookupError):
    """No coordinates are known for a station at the time of its data."""

    code = "stations.unknown"
    template = (
        "Station {station} has no coordinates at {time}. Give them with --stations FILE "
        "(StationXML, CSS3.0 site table, or CSV with station,latitude,longitude,elevation_m)."
    )


class UnknownPhaseError(VigieError, LookupError):
    """A phase name has no travel-time table."""

    code = "earth.unknown_phase"
    template = "No travel times for phase {phase!r} in model {model}. Known: {known}."


class UnknownModelError(VigieError, LookupError):
    """A named earth model, plug-in or criterion does not exist."""

    code = "vigie.unknown_name"
    template = "There is no {kind} called {name!r}. Known: {known}."


class ArrayGeometryError(VigieError, ValueError):
    """The elements of an array cannot resolve a horizontal slowness."""

    code = "signal.array_geometry"
    template = "{n_elements} elements, rank {rank}: need 3 that are not in line."


class TooFewElementsError(ArrayGeometryError):
    """Too few elements of an array recorded anything that can be used."""

    code = "infrasound.too_few_elements"
    template = (
        "{n_elements} usable elements: a direction needs 3 that are not in line. "
        "Left out: {left_out}."
    )


class LocationError(VigieError, ValueError):
    """An event cannot be located from the arrivals given."""

    code = "network.location"
    template = "Event {event} cannot be located: {reason}. {remedy}"


class UnknownNuclideError(VigieError, LookupError):
    """A name is not that of a nuclide, or the table of nuclides does not hold it."""

    code = "facts.unknown_nuclide"
    template = "There is no nuclide {name!r}. {remedy}."


class NobleGasInputError(VigieError, ValueError):
    """A message of a noble-gas system lacks what its analysis needs, or contradicts itself."""

    code = "radionuclide.noble_gas_input"
    template = "{what}. {remedy}"


class NoSystemError(VigieError, ValueError):
    """A message of pulse-height data does not tell of which kind of system it is."""

    code = "radionuclide.no_system"
    template = "{what}. {remedy}"


class CalibrationError(VigieError, ValueError):
    """A detector's calibration is missing, or makes no sense."""

    code = "radionuclide.calibration"
    template = "{what} calibration: {reason}. {remedy}"


class CustodyError(VigieError, ValueError):
    """A custody log is not whole, or an entry would leave a gap in it."""

    code = "radionuclide.custody"
    template = "Custody of {sample}: {reason}. Nothing was added; ask who held the sample."


class NoEquilibriumError(VigieError, ValueError):
    """A daughter cannot be dated by, or be in equilibrium with, a parent."""

    code = "radionuclide.no_equilibrium"
    template = (
        "{daughter} is in no equilibrium with {parent}: it does not descend from it, or something "
        "on the way lives longer. Give a parent that feeds it."
    )
