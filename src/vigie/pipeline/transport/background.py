"""Known emitters of files and of vigie's table, and what they leave in samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.errors import WrongFormatError
from vigie.exchange.files import source_of
from vigie.formats.emitter_table import read_emitters, read_reactors
from vigie.products.transport.background_view import UNUSUAL_P, BackgroundView, SampleBackground
from vigie.records import Reason
from vigie.transport.background.expected import chance_of_more, expected_background
from vigie.transport.background.known import DAY_SPREAD, Reactor, producers, reactor_sites
from vigie.transport.source.place_error import with_place_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.formats import Issue
    from vigie.products.transport.source_pair import Pair
    from vigie.records import Emitter

KNOWN = "known"
"""The word for vigie's own table."""
SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class EmitterChoice:
    """Which emitters are looked at."""

    files: tuple[str, ...] = ()
    """Tables; ``known`` stands for vigie's own."""
    reactors: str | None = None
    """A list of power reactors."""
    reactor_release: tuple[float, float] | None = None
    """Of a site: median, Bq/day, and geometric standard deviation; None where not known."""

    @property
    def any(self) -> bool:
        """Whether emitters are looked at."""
        return bool(self.files or self.reactors)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that are read."""
        named = (*self.files, *([self.reactors] if self.reactors else []))
        return tuple(one for one in named if one != KNOWN)


def read_choice(
    choice: EmitterChoice, nuclide: str
) -> tuple[tuple[Emitter, ...], list[tuple[str, Issue]]]:
    """Return the emitters that are looked at, and what was wrong in their files.

    Parameters
    ----------
    choice : EmitterChoice
    nuclide : str
        Of what reactors release.

    Raises
    ------
    WrongFormatError
        A file holds no emitter, or no reactor, that can be used.
    MissingInputError, UnreadableInputError
        A file cannot be read.
    """
    found: list[Emitter] = []
    told: list[tuple[str, Issue]] = []
    for name in choice.files:
        if name == KNOWN:
            found += producers()
            continue
        own, issues = read_emitters(source_of(name))
        told += [(name, issue) for issue in issues]
        _need(own, name, "known emitters (name, latitude, longitude, nuclide, ...)", issues)
        found += own
    if choice.reactors is not None:
        rows, issues = read_reactors(source_of(choice.reactors))
        told += [(choice.reactors, issue) for issue in issues]
        _need(rows, choice.reactors, "power reactors (Name, Latitude, Longitude, ...)", issues)
        median, spread = choice.reactor_release or (None, 1.0)
        found += reactor_sites(
            [Reactor(*row) for row in rows],
            nuclide,
            median_bq_per_day=median,
            spread=spread,
            source=f"{choice.reactors}; release of a site as given",
        )
    return tuple(found), told


def _need(rows: Sequence[object], name: str, what: str, issues: Sequence[Issue]) -> None:
    if rows:
        return
    wrong = [issue for issue in issues if issue.severity != "notice"]
    reason = f"{wrong[0].place}: {wrong[0].text}" if wrong else "it has no row"
    raise WrongFormatError(
        path=name, format=what, reason=reason, remedy="Mend the header line or the rows."
    )


def background_of(
    pairs: Sequence[Pair],
    emitters: Sequence[Emitter],
    nuclide: str,
    *,
    model_error: float,
    km_per_day: float = 0.0,
) -> BackgroundView:
    """Return what emitters leave in each sample, with errors of transport and of place."""
    samples = []
    for pair in pairs:
        fields = [one.record for one in pair.fields]
        if emitters:
            fields = [with_place_error(one, km_per_day) for one in fields]
        expected = expected_background(fields, emitters, nuclide)
        chance = chance_of_more(pair.observation, expected, model_error=model_error)
        samples.append(SampleBackground(pair, expected, chance))
    return BackgroundView(
        nuclide=nuclide,
        emitters=tuple(one for one in emitters if one.nuclide == nuclide),
        samples=tuple(samples),
        model_error=model_error,
    )


def background_remarks(view: BackgroundView) -> list[Reason]:
    """Return what is to be said of a background."""
    remarks = []
    if not view.emitters:
        remarks.append(Reason.of("source.background_none", nuclide=view.nuclide))
    if view.unknown:
        names = list(view.unknown)
        shown = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
        remarks.append(Reason.of("source.background_unknown", emitters=shown, n=len(names)))
    own = {one.name for one in producers() if one.median_bq_per_day}
    seen = {part.emitter.name for one in view.samples for part in one.expected.parts}
    if own & seen:
        remarks.append(Reason.of("source.background_spread", spread=DAY_SPREAD))
    odd = {
        "source.background_exceeded": [one for one in view.samples if one.exceeded],
        "source.background_missing": [
            one for one in view.samples if (one.ought_to_be_seen or 0.0) > 1.0 - UNUSUAL_P
        ],
    }
    for code, samples in odd.items():
        if samples:
            told = ", ".join(one.pair.name for one in samples)
            remarks.append(Reason.of(code, samples=told, n=len(samples)))
    return remarks
