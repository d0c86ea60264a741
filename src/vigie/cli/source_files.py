"""Files of samples, sensitivities and emitters, as several commands read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.cli.common import note, progress, tell_issues
from vigie.errors import MissingInputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vigie.pipeline.transport.background import EmitterChoice
    from vigie.products.transport.source_pair import Field
    from vigie.records import Emitter, SampleAnalysis

    Read = tuple[tuple[SampleAnalysis, ...], list[Field], list[tuple[str, str]]]

SAMPLE_OPTIONS = ("unit",)
"""Options of ``--option`` that the list of samples takes; the others are those of .srm files."""
_SHOWN = 12


def read_both(paths: Sequence[Path], samples_file: Path, options: dict[str, str]) -> Read:
    """Return samples, sensitivities, and the files that failed with why; tell what was odd.

    Raises
    ------
    MissingInputError
        There is no sensitivity that can be used.
    WrongFormatError
        The samples' file holds none.
    """
    from vigie.pipeline.transport.source_inputs import read_fields, read_samples

    of_samples = {name: value for name, value in options.items() if name in SAMPLE_OPTIONS}
    of_fields = {name: value for name, value in options.items() if name not in SAMPLE_OPTIONS}
    samples, issues = read_samples(samples_file, of_samples)
    tell_issues((str(samples_file), issue) for issue in issues)
    with progress("reading", total=0) as advance:
        fields, failed = read_fields(paths, of_fields, report=advance)
    for one in {field.path: field for field in fields}.values():
        # What was decided of a sound file stands in the document.
        tell_issues((one.path, issue) for issue in one.issues if issue.severity != "notice")
    for _, text in failed:
        note(text)
    if not fields:
        raise MissingInputError(
            path=", ".join(str(path) for path in paths),
            what="a sensitivity that can be used",
            remedy="`vigie inspect` says what is wrong with a file.",
        )
    return samples, fields, failed


def read_known(choice: EmitterChoice, nuclide: str) -> tuple[Emitter, ...] | None:
    """Return the emitters that are looked at, None where none are; tell what was odd."""
    from vigie.pipeline.transport.background import read_choice

    if not choice.any:
        return None
    emitters, issues = read_choice(choice, nuclide)
    tell_issues((path, one) for path, one in issues if one.severity != "notice")
    return emitters


def nothing_matched(
    path: Path, nuclide: str, samples: Sequence[str], fields: Sequence[str]
) -> MissingInputError:
    """Return the error of samples and sensitivities that do not belong together."""
    return MissingInputError(
        path=str(path),
        what=f"a sample of {nuclide} whose station and end of collection are those of a "
        "sensitivity",
        remedy=f"Samples: {_listed(samples)}. Sensitivities: {_listed(fields)}. Mend the codes, "
        "or widen --tolerance.",
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return (", ".join(names[:_SHOWN]) or "none") + more
