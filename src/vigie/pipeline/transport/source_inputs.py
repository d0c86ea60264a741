"""Sensitivities and samples of files, and which of them belong together.

A sample belongs to the sensitivities of its station whose collection ends when its own does, within
a tolerance: centres give times in full hours. Several sensitivities of one sample are several
models. Nothing is dropped in silence: what has no partner, and what cannot be used, is listed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vigie.errors import MissingInputError, VigieError, WrongFormatError
from vigie.exchange.files import read_file
from vigie.facts.nuclides import normal_name
from vigie.products.transport.source_pair import Field, Pair, time_text
from vigie.transport.source.likelihood import Observation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from vigie.formats import Issue
    from vigie.records import NuclideResult, SampleAnalysis

TO_BQ = {"Bq/m3": 1.0, "mBq/m3": 1e-3, "uBq/m3": 1e-6}
"""Units of concentrations, in Bq/m3."""
NS_PER_H = 3_600_000_000_000


@dataclass(slots=True, kw_only=True)
class Matched:
    """What came together, and what did not."""

    nuclide: str
    pairs: list[Pair] = field(default_factory=list)
    samples_alone: list[str] = field(default_factory=list)
    """Samples without a sensitivity."""
    fields_alone: list[str] = field(default_factory=list)
    """Sensitivities without a sample."""
    unusable: list[tuple[str, str]] = field(default_factory=list)
    """Samples that could not be used, and why."""


def read_fields(
    paths: Iterable[Path], options: Mapping[str, str], *, report: Callable[[str], None]
) -> tuple[list[Field], list[tuple[str, str]]]:
    """Return the sensitivities of files and folders, and what could not be read with why."""
    found: list[Field] = []
    failed: list[tuple[str, str]] = []
    for path in _files(paths):
        try:
            contents = read_file(path, options=options)
        except VigieError as error:
            if error.code == "vigie.parameter":
                raise
            failed.append((str(path), str(error)))
            continue
        if not contents.sensitivities:
            wrong = [issue for issue in contents.issues if issue.severity != "notice"]
            why = f"{wrong[0].place}: {wrong[0].text}" if wrong else f"it is {contents.format}"
            failed.append((str(path), f"{path}: it holds no sensitivity that can be used ({why})."))
        found += [
            Field(path=str(path), record=record, issues=contents.issues)
            for record in contents.sensitivities
        ]
        report(path.name)
    return found, failed


def _files(paths: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(p for p in path.rglob("*") if p.is_file() and _may_be_field(p.name))
        else:
            files.append(path)
    return files


def _may_be_field(name: str) -> bool:
    return name.lower().endswith((".srm", ".srm.gz", ".txt.gz", ".nc"))


def read_samples(
    path: Path, options: Mapping[str, str]
) -> tuple[tuple[SampleAnalysis, ...], tuple[Issue, ...]]:
    """Return the samples of a file.

    Raises
    ------
    WrongFormatError
        It holds no samples that can be used.
    """
    contents = read_file(path, options=options)
    if not contents.samples:
        wrong = [issue for issue in contents.issues if issue.severity != "notice"]
        reason = f"it is {contents.format}"
        if wrong:
            reason += f"; {wrong[0].place}: {wrong[0].text}"
        raise WrongFormatError(
            path=str(path),
            format="a list of samples that can be used",
            reason=reason,
            remedy="Give a CSV with station, nuclide, collection_stop, concentration, uncertainty, "
            "mdc and unit, or a document of samples (.json).",
        )
    return contents.samples, contents.issues


def chosen_nuclide(samples: Sequence[SampleAnalysis], wanted: str | None, path: Path) -> str:
    """Return the nuclide that is looked at.

    Raises
    ------
    MissingInputError
        None is named and there are several, or the samples do not hold the one that is named.
    UnknownNuclideError
        The name is that of no nuclide.
    """
    there = sorted({one.nuclide for sample in samples for one in sample.nuclides})
    if wanted is not None:
        name = normal_name(wanted)
        if name not in there:
            raise MissingInputError(
                path=str(path), what=name, remedy=f"The samples hold {', '.join(there)}."
            )
        return name
    if len(there) != 1:
        raise MissingInputError(
            path=str(path),
            what="the choice of a nuclide",
            remedy=f"Name one of {', '.join(there)} with --nuclide."
            if there
            else "The samples name none.",
        )
    return there[0]


def match(
    samples: Sequence[SampleAnalysis],
    fields: Sequence[Field],
    nuclide: str,
    *,
    tolerance_h: float = 1.0,
) -> Matched:
    """Bring samples of a nuclide and sensitivities together.

    Parameters
    ----------
    samples : sequence of SampleAnalysis
    fields : sequence of Field
    nuclide : str
    tolerance_h : float
        By which the ends of the collections may differ.
    """
    matched = Matched(nuclide=nuclide)
    taken: set[int] = set()
    for sample in sorted(samples, key=lambda one: (one.collection_stop_ns or 0, one.station)):
        result = sample.nuclide(nuclide)
        if result is None:
            continue
        stop_ns = sample.collection_stop_ns
        name = f"{sample.station} {'-' if stop_ns is None else time_text(stop_ns)}"
        observed = "it has no end of the collection" if stop_ns is None else observe(result)
        if isinstance(observed, str):
            matched.unusable.append((name, observed))
            continue
        assert stop_ns is not None
        own = _own(sample, stop_ns, fields, tolerance_h)
        if not own:
            matched.samples_alone.append(name)
            continue
        taken |= {id(one) for one in own}
        observation, mdc = observed
        matched.pairs.append(
            Pair(
                station=sample.station,
                sample_id=sample.sample_id,
                stop_ns=stop_ns,
                observation=observation,
                mdc=mdc,
                fields=tuple(own),
                simulated=sample.simulated,
            )
        )
    matched.fields_alone = [one.name for one in fields if id(one) not in taken]
    return matched


def _own(
    sample: SampleAnalysis, stop_ns: int, fields: Sequence[Field], tolerance_h: float
) -> list[Field]:
    """Return the nearest sensitivity of each model; copies of one record count once."""
    codes = {code.strip().upper() for code in (sample.station, sample.detector) if code.strip()}
    apart = {
        id(one): abs(one.record.collection_stop_ns - stop_ns)
        for one in fields
        if one.record.station.strip().upper() in codes
    }
    near = [one for one in fields if apart.get(id(one), 2**62) <= tolerance_h * NS_PER_H]
    if not near:
        return []
    nearest = min(apart[id(one)] for one in near)
    own: list[Field] = []
    for one in near:
        if apart[id(one)] == nearest and not any(one.record.same_as(o.record) for o in own):
            own.append(one)
    return own


def observe(result: NuclideResult) -> tuple[Observation, float] | str:
    """Return what a result says, in Bq/m3, with its MDC; or why it cannot be used."""
    factor = TO_BQ.get(result.unit)
    if factor is None:
        return f"its unit {result.unit!r} is none of a concentration in air"
    limit = result.critical_level or (0.5 * result.mdc if result.mdc else None)
    if limit is None:
        return "it has neither a critical level nor an MDC: add one of them"
    known = result.concentration is not None and bool(result.uncertainty)
    if result.detected and not known:
        return "a detection without its uncertainty: add it"
    observation = Observation(
        critical_level=factor * limit,
        value=factor * (result.concentration or 0.0) if known else None,
        sigma=factor * (result.uncertainty or 0.0) if known else None,
        detected=result.detected,
    )
    return observation, factor * (result.mdc or 2.0 * limit)
