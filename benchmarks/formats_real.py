"""Every real file at hand: read, or refused with a clear error; written and read back the same.

The files are those of ``../shared/data/formats`` and all test records inside ObsPy, of formats that
vigie reads and of many that it does not. Told are, for each format, how many files it reads, how
many of them hold something, and how many come back identical from being written and read; all
refusals with their reasons; and whether the CM6 and INT messages of one recording agree.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks._data import shared

from vigie.errors import VigieError
from vigie.exchange.files import read_file
from vigie.formats import format_named
from vigie.testing.formats import same_contents, source_of_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.formats import Contents, Format

PAIR = ("waveform/KURK_CM6.response", "waveform/KURK_INT.response")


@dataclass(slots=True)
class Tally:
    """What happened to the files of one format."""

    read: int = 0
    holds_something: int = 0
    without_warning: int = 0
    read_back: int = 0
    identical: int = 0
    differing: dict[str, str] = field(default_factory=dict)
    """File and what differs."""


def files() -> Iterator[tuple[str, Path]]:
    """Yield the name, from its root, and the path of every file."""
    import obspy

    package = Path(obspy.__file__).parent
    roots = [("shared", shared("formats"), shared("formats").rglob("*"))]
    roots.append(("obspy", package, package.rglob("data/**/*")))
    for label, root, paths in roots:
        for path in sorted(paths):
            if path.is_file() and path.suffix not in (".py", ".pyc"):
                yield f"{label}/{path.relative_to(root)}", path


def measure() -> dict[str, object]:
    """Read every file, write what was read and read it again."""
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    refused: defaultdict[str, list[str]] = defaultdict(list)
    crashed: dict[str, str] = {}
    for name, path in files():
        try:
            contents = read_file(path)
        except VigieError as error:
            refused[str(error.params.get("reason", error))].append(name)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            crashed[name] = f"{type(error).__name__} in {place.name}: {error}"
        else:
            _count(tallies[contents.format], name, contents)
    return {
        "files": sum(t.read for t in tallies.values()) + sum(map(len, refused.values())),
        "crashed": crashed,
        "formats": {name: _row(tallies[name]) for name in sorted(tallies)},
        "cm6_equals_int": _pair_agrees(),
        "refused": dict(sorted(refused.items(), key=lambda item: -len(item[1]))),
    }


def _count(tally: Tally, name: str, contents: Contents) -> None:
    tally.read += 1
    tally.without_warning += all(i.severity != "warning" for i in contents.issues)
    bulletin = contents.bulletin
    filled = {
        "waveforms": bool(contents.waveforms),
        "stations": bool(contents.stations),
        "bulletin": bool(bulletin and (bulletin.events or bulletin.detections)),
    }
    tally.holds_something += any(filled.values())
    chosen = format_named(contents.format)
    kinds = {kind for kind in chosen.writes if filled[kind]}
    if not kinds:
        return
    tally.read_back += 1
    difference = _difference(chosen, contents, kinds)
    tally.identical += not difference
    if difference:
        tally.differing[name] = difference


def _difference(chosen: Format, contents: Contents, kinds: set[str]) -> str:
    """Return in words what is not the same after writing and reading; empty where all is."""
    kept = replace(contents, header=(("stem", "example"),))
    try:
        source = source_of_files(chosen.write(kept))
    except VigieError as error:
        return f"refused: {error}"
    return same_contents(contents, chosen.read(source), kinds)


def _row(tally: Tally) -> dict[str, object]:
    counts = Counter(tally.differing.values())
    return {
        "read": tally.read,
        "holds_something": tally.holds_something,
        "without_warning": tally.without_warning,
        "written_and_read_back": tally.read_back,
        "identical": tally.identical,
        "differences": dict(counts.most_common()),
        "differing": sorted(tally.differing),
    }


def _pair_agrees() -> bool:
    first, second = (read_file(shared("formats") / name).waveforms for name in PAIR)
    return len(first) == len(second) > 0 and all(
        a.same_as(b) for a, b in zip(first, second, strict=True)
    )


if __name__ == "__main__":
    json.dump(measure(), sys.stdout, indent=2, ensure_ascii=False)
