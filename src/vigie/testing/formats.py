"""The conformance suite of file formats: one set of checks for all of them.

A ``FormatCase`` names a format and makes an example of it. Each ``check_`` function raises
AssertionError, with a sentence, where the format breaks the contract of
``vigie.formats.base.Format``. A new format takes part by adding a row to the table of cases.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from vigie.errors import BadRecordError, VigieError
from vigie.formats import Contents, Source, format_named
from vigie.testing.mutation import noise, prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np

    from vigie.formats import Format
    from vigie.records import RadionuclideState

_HEAD_BYTES = 4096
_FIELDS = (
    *("waveforms", "stations", "bulletin", "profiles"),
    *("spectra", "pulse_heights", "states", "efficiencies", "samples"),
    *("sensitivities", "tracer_samples", "weather"),
)
_BY_SAME_AS = ("profiles", "spectra", "pulse_heights", "sensitivities", "weather")
"""Fields whose records hold arrays."""
_TIME_LIMIT_S = 5.0
"""For one damaged example of a few kB; reading takes milliseconds."""


@dataclass(frozen=True, slots=True)
class FormatCase:
    """One example of a format."""

    format_name: str
    title: str
    """What is special about it."""
    make: Callable[[], Source]
    is_text: bool = False
    """Whether line ends may be changed without changing the contents."""
    is_exact: bool = True
    """Whether ``write(read(x))`` gives the same bytes; else only the same contents."""

    @property
    def format(self) -> Format:
        """The format itself."""
        return format_named(self.format_name)

    def __str__(self) -> str:
        return f"{self.format_name}: {self.title}"


def source_of_files(files: Mapping[str, bytes], *, stem: str = "example") -> Source:
    """Return what ``Format.write`` returned as a source; the first file is the main one."""
    named = {f"{stem}{ending}": data for ending, data in files.items()}
    name, data = next(iter(named.items()))
    return Source(name, data, named.get)


def case_of_contents(
    format_name: str, title: str, contents: Contents, *, is_text: bool = False
) -> FormatCase:
    """Return a case whose example the format itself writes."""
    return FormatCase(
        format_name,
        title,
        lambda: source_of_files(format_named(format_name).write(contents)),
        is_text,
    )


def same_contents(a: Contents, b: Contents, fields: Iterable[str] = _FIELDS) -> str:
    """Return in words how the contents of two files differ; empty where they do not."""
    wanted = set(fields)
    if "waveforms" in wanted and (difference := _waveforms_differ(a, b)):
        return difference
    if "stations" in wanted and a.stations != b.stations:
        pairs = zip(a.stations, b.stations, strict=False)
        changed = next((x.code for x, y in pairs if x != y), "their number")
        return f"stations differ: {changed}"
    same = {
        "bulletin": a.bulletin == b.bulletin,
        "states": _without_hash(a) == _without_hash(b),
        "efficiencies": a.efficiencies == b.efficiencies,
        "samples": a.samples == b.samples,
        "tracer_samples": a.tracer_samples == b.tracer_samples,
    }
    for name in _BY_SAME_AS:
        same[name] = _same_records(getattr(a, name), getattr(b, name))
    changed = next((name for name, is_same in same.items() if name in wanted and not is_same), "")
    return f"{changed.replace('_', ' ')} differ" if changed else ""


def _waveforms_differ(a: Contents, b: Contents) -> str:
    if len(a.waveforms) != len(b.waveforms):
        return f"{len(a.waveforms)} waveforms became {len(b.waveforms)}"
    for first, second in zip(a.waveforms, b.waveforms, strict=True):
        if not first.same_as(second):
            return f"waveform {first.channel} differs"
    return ""


def _same_records(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    return len(a) == len(b) and all(x.same_as(y) for x, y in zip(a, b, strict=True))


def _without_hash(contents: Contents) -> list[RadionuclideState]:
    # That of the bytes as they came, which line ends change.
    return [replace(state, raw_sha256="") for state in contents.states]


def check_recognised(case: FormatCase) -> None:
    """Check that the format claims its example."""
    source = case.make()
    head = source.data[:_HEAD_BYTES]
    assert case.format.detect(head, source.name), f"{case} is not recognised"


def check_claims_only(case: FormatCase, all_formats: Iterable[Format]) -> None:
    """Check that no other format claims the example."""
    source = case.make()
    head = source.data[:_HEAD_BYTES]
    claiming = [one.name for one in all_formats if one.detect(head, source.name)]
    assert claiming == [case.format_name], f"{case} is claimed by {claiming}"


def check_reads(case: FormatCase) -> None:
    """Check that the example is read without a warning, and the same strictly."""
    source = case.make()
    contents = case.format.read(source)
    warnings = [issue for issue in contents.issues if issue.severity == "warning"]
    assert not warnings, f"{case}: {warnings[0].place}: {warnings[0].text}"
    assert contents.format == case.format_name, f"{case} calls itself {contents.format!r}"
    held = {name for name in _FIELDS if getattr(contents, name)}
    assert held, f"{case} holds nothing"
    assert held <= case.format.holds, f"{case} holds {held}, declared is {case.format.holds}"
    strictly = case.format.read(source, strict=True)
    difference = same_contents(contents, strictly)
    assert not difference, f"{case} read strictly: {difference}"


def check_written_back(case: FormatCase) -> None:
    """Check that what is read, written and read again is the same."""
    if not case.format.writes:
        return
    contents = case.format.read(case.make())
    if not any(getattr(contents, name) for name in case.format.writes):
        return
    files = case.format.write(contents)
    assert next(iter(files)).endswith(case.format.suffixes[0]), f"{case}: {list(files)}"
    again = case.format.read(source_of_files(files))
    difference = same_contents(contents, again, case.format.writes)
    assert not difference, f"{case} written and read: {difference}"
    if case.is_exact:
        assert case.format.write(again) == files, f"{case}: writing twice gives other bytes"


def check_line_ends(case: FormatCase) -> None:
    """Check that CRLF and mixed line ends read as LF does."""
    if not case.is_text:
        return
    source = case.make()
    contents = case.format.read(source)
    lines = source.data.replace(b"\r\n", b"\n").split(b"\n")
    mixed = (
        b"".join(line + (b"\r\n" if k % 2 else b"\n") for k, line in enumerate(lines[:-1]))
        + lines[-1]
    )
    for ends in (b"\r\n".join(lines), mixed):
        other = case.format.read(Source(source.name, ends, source.companion))
        difference = same_contents(contents, other)
        assert not difference, f"{case} with other line ends: {difference}"


def check_survives(format_: Format, source: Source) -> float:
    """Check that bad bytes give contents or, strictly, BadRecordError; return the seconds."""
    started = time.process_time()
    contents = format_.read(source)
    took_s = time.process_time() - started
    assert isinstance(contents, Contents), f"{format_.name} returned {type(contents)}"
    assert took_s < _TIME_LIMIT_S, f"{format_.name} took {took_s:.1f} s"
    with contextlib.suppress(BadRecordError):
        format_.read(source, strict=True)
        bad = [issue for issue in contents.issues if issue.severity == "warning"]
        assert not bad, f"{format_.name} read strictly what leniently gave {bad[0].text}"
    return took_s


def check_truncated(case: FormatCase) -> None:
    """Check that the example cut off anywhere is read as far as it goes, or refused."""
    source = case.make()
    for data in prefixes(source.data):
        check_survives(case.format, Source(source.name, data, source.companion))


def check_not_claimed(format_: Format, rng: np.random.Generator) -> None:
    """Check that noise is not claimed, and does no harm when it is read nevertheless."""
    for data in noise(rng):
        assert not format_.detect(data[:_HEAD_BYTES], "noise.dat"), f"{format_.name} claims noise"
        check_survives(format_, Source("noise.dat", data))


def check_empty(format_: Format) -> None:
    """Check that an empty file is not claimed, and does no harm."""
    assert not format_.detect(b"", "empty"), f"{format_.name} claims an empty file"
    check_survives(format_, Source("empty", b""))


def check_errors_are_ours(format_: Format, contents: Contents) -> None:
    """Check that what cannot be written is refused with an error of the family."""
    with contextlib.suppress(VigieError):
        format_.write(contents)
