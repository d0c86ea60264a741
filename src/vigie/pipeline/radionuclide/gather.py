"""Read what was measured: messages, spectra, and analyses of earlier samples."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vigie.errors import UnknownFormatError, VigieError, fault_text
from vigie.exchange.files import WRITTEN_BESIDE, read_file, why_no_file
from vigie.formats import Issue
from vigie.formats.gamma_spectrum import GammaSpectrumFormat
from vigie.formats.ims_radionuclide import ImsRadionuclideFormat
from vigie.records import Calibration, PulseHeight, Reason, SampleAnalysis, Spectrum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vigie.formats import Contents

READING = "sample.reading"
"""Remark of what was repaired, missing or left out when a file was read."""
_SPECTRA = (*GammaSpectrumFormat.suffixes, *ImsRadionuclideFormat.suffixes)
_AGAIN = "Write it again with `vigie spectrum --json` or `vigie noblegas --json`."


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """One measurement of a file: a message, or a spectrum that stands alone."""

    path: str
    message: PulseHeight | None = None
    spectrum: Spectrum | None = None
    number: int = 0
    """Of several in one file, from 1; 0 where it is the only one."""

    @property
    def name(self) -> str:
        """The file's path, and which of several in it."""
        return f"{self.path} [{self.number}]" if self.number else self.path


@dataclass(slots=True, eq=False)
class Gathered:
    """Everything that was read, and everything that was not."""

    measurements: list[Measurement] = field(default_factory=list)
    analysed: list[SampleAnalysis] = field(default_factory=list)
    """Of documents that ``vigie spectrum`` or ``vigie noblegas`` wrote."""
    origins: list[tuple[SampleAnalysis, str]] = field(default_factory=list)
    """Each of ``analysed`` with the path of its document."""
    efficiencies: list[Calibration] = field(default_factory=list)
    issues: list[tuple[str, Issue]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    """Files of a folder that are no radionuclide data, with the reason."""
    unread: list[tuple[str, str]] = field(default_factory=list)
    """Those of ``skipped`` that no reader recognises and that no command writes there."""
    failed: list[tuple[str, str]] = field(default_factory=list)
    """Files that were named, or are broken, and hold nothing that can be used, with the reason."""

    def told_of(self, path: str) -> tuple[Reason, ...]:
        """Return what was repaired, missing or left out when a file was read, as remarks."""
        return tuple(
            Reason.of(READING, place=issue.place, what=issue.text)
            for name, issue in self.issues
            if name == path
        )

    @property
    def messages(self) -> list[Measurement]:
        """Measurements that came as messages."""
        return [one for one in self.measurements if one.message is not None]


def gather(
    paths: Iterable[Path | str], *, report: Callable[[str], None] = lambda _: None
) -> Gathered:
    """Read files, and all files of folders; what cannot be read is noted and the rest goes on.

    Parameters
    ----------
    paths : iterable of Path or str
    report : callable
        Told each file that was read.
    """
    found = Gathered()
    for path, named in _files([Path(p) for p in paths], found):
        try:
            contents = read_file(path)
        except (VigieError, OSError) as error:
            _leave_out(found, path, error, named=named)
            continue
        except Exception as error:  # one must not take the others with it
            found.failed.append((str(path), f"{path}: {fault_text(error)}"))
            continue
        _take(found, str(path), contents, named=named)
        report(path.name)
    return found


def _leave_out(found: Gathered, path: Path, error: Exception, *, named: bool) -> None:
    broken = _broken_json(path) if isinstance(error, UnknownFormatError) else None
    if broken is not None:
        found.failed.append((str(path), f"{path}: the JSON {broken}. {_AGAIN}"))
    elif named or not isinstance(error, UnknownFormatError) or _should_be_a_spectrum(path):
        found.failed.append((str(path), str(error)))
    else:
        found.skipped.append((str(path), str(error)))
        if path.suffix.lower() not in WRITTEN_BESIDE:
            found.unread.append((str(path), str(error)))


def _should_be_a_spectrum(path: Path) -> bool:
    return path.name.lower().endswith(_SPECTRA)


def _broken_json(path: Path) -> str | None:
    """Say what is wrong with a file that is called ``.json`` and is none; None for all others.

    Of a document that breaks off nothing may be left by which a reader would know it.
    """
    if path.suffix.lower() != ".json":
        return None
    try:
        json.loads(path.read_bytes())
    except json.JSONDecodeError as error:
        at_end = not error.doc[error.pos :].strip()
        where = f"line {error.lineno}, column {error.colno}"
        return f"breaks off ({where})" if at_end else f"has a fault ({where}: {error.msg})"
    except (UnicodeDecodeError, RecursionError) as error:
        return f"cannot be read ({error})"
    return None


def _files(paths: Iterable[Path], found: Gathered) -> Iterator[tuple[Path, bool]]:
    """Yield each file once, with whether it was named itself."""
    seen: set[Path] = set()
    for path in paths:
        if not path.is_dir():
            inside = [(path, True)]
        else:
            inside = [(p, False) for p in sorted(path.rglob("*")) if not p.is_dir()]
            if not inside:
                found.failed.append((str(path), f"{path}: the folder is empty."))
        for one, named in inside:
            why = None if named else why_no_file(one)
            if why is not None:
                found.skipped.append((str(one), f"{one}: {why}."))
            elif one.resolve() not in seen:
                seen.add(one.resolve())
                yield one, named


def _take(found: Gathered, path: str, contents: Contents, *, named: bool) -> None:
    found.issues += [(path, issue) for issue in contents.issues]
    several = len(contents.pulse_heights) + len(contents.spectra) > 1
    number = 0
    for message in contents.pulse_heights:
        number += several
        found.measurements.append(Measurement(path, message=message, number=number))
    for spectrum in contents.spectra:
        number += several
        found.measurements.append(Measurement(path, spectrum=spectrum, number=number))
    found.analysed += contents.samples
    found.origins += [(one, path) for one in contents.samples]
    lost = sum(issue.severity != "notice" for issue in contents.issues)
    if contents.samples and lost and contents.format == "sample_json":
        found.failed.append((path, f"{path}: not all of its samples can be read. {_AGAIN}"))
    found.efficiencies += contents.efficiencies
    if not (
        contents.pulse_heights or contents.spectra or contents.samples or contents.efficiencies
    ):
        why = f"{path}: no spectrum and no sample in it (it was read as {contents.format})."
        serious = any(issue.severity != "notice" for issue in contents.issues)
        broken = contents.format == "sample_json" and serious
        if broken:
            why = f"{path}: no sample of it can be read. {_AGAIN}"
        failed = broken or (named and not contents.states)
        (found.failed if failed else found.skipped).append((path, why))
