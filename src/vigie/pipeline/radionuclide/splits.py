"""Measurements of laboratories among samples: linked to their originals, and compared with them.

A measurement is a second one of a sample if a radionuclide laboratory made it (by the code of its
station or detector), or if its SRID is that of a sample that another measurement has a better claim
to: it is a portion of an undivided sample, or was made at a station with another number than that
in the SRID. It is no part of the history of any station: the air is that of the original.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.errors import BadRecordError
from vigie.facts.laboratories import laboratories
from vigie.pipeline.radionuclide.same_sample import best, rank, superseded
from vigie.pipeline.radionuclide.shares import VOLUMES, Share, share_of
from vigie.radionuclide.laboratory import (
    SampleReference,
    Split,
    SplitComparison,
    compare_split,
    is_portion_of,
    parse_srid,
)
from vigie.radionuclide.particulate.energies import DOUBTFUL
from vigie.records import Reason, SampleAnalysis, format_iso

__all__ = ["Linked", "Remeasured", "Share", "laboratory_of", "link_splits"]

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    _Second = tuple[SampleAnalysis, list[SampleAnalysis]]
    """A second measurement, with what may be its original."""
    _Pair = tuple[SampleAnalysis, SampleAnalysis]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Remeasured:
    """One measurement of a sample, or of a portion of it, after the station's."""

    laboratory: str
    """``FRL08``; of others the code of the station, or of the detector where that is its own."""
    analysis: SampleAnalysis
    original: SampleAnalysis | None = None
    """The station's analysis; None where none, or no single one, was found."""
    share_source: str = ""
    """Where the share is known from: ``stated`` by a person, ``equal_portions`` by the SRID,
    ``volumes`` of a gas; empty where nothing is compared."""
    comparison: SplitComparison | None = None
    reason: Reason | None = None
    """Why nothing is compared; None where something is."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Linked:
    """Analyses of samples, told apart."""

    stations: tuple[SampleAnalysis, ...]
    """What may enter the history of a station, in the order given."""
    splits: tuple[Remeasured, ...]
    """By sample, portion and laboratory."""
    superseded: tuple[tuple[SampleAnalysis, SampleAnalysis], ...] = ()
    """Second measurements that another message of the same measurement stands for, with that."""


def link_splits(
    analyses: Sequence[SampleAnalysis], shares: Mapping[str, Share] | None = None
) -> Linked:
    """Tell second measurements from those of stations, and compare them with their originals.

    Parameters
    ----------
    analyses : sequence of SampleAnalysis
        In any order. What was analysed twice counts once, by its full message, then by the longer
        acquisition, then by the last; what was simulated is no second measurement of what was
        measured.
    shares : mapping of str to Share, optional
        By the SRID of the portion.

    Raises
    ------
    ParameterError
        A share is not in (0, 1], or its error below 0.
    """
    groups: dict[object, list[SampleAnalysis]] = {}
    again: list[_Second] = []
    for one in analyses:
        named = _reference(one)
        if named is not None:
            sample = (named.site, named.start_ns, named.type, one.technology, one.simulated)
            groups.setdefault(sample, []).append(one)
        elif laboratory_of(one):
            again.append((one, []))
    for members in groups.values():
        again += _second(members)
    apart = {id(one) for one, _ in again}
    chosen, displaced = _each_once(again)
    splits = [_remeasured(one, found, shares or {}) for one, found in chosen]
    splits.sort(key=_place)
    return Linked(
        stations=tuple(one for one in analyses if id(one) not in apart),
        splits=tuple(splits),
        superseded=tuple(displaced),
    )


def _each_once(again: Sequence[_Second]) -> tuple[list[_Second], list[_Pair]]:
    """Return each second measurement once, and what another message stands for, with that."""
    once: dict[object, list[_Second]] = {}
    for one, found in again:
        measured = (*_key(one), one.technology, one.simulated, one.acquisition_start_ns)
        once.setdefault(measured, []).append((one, found))
    chosen = [max(reversed(several), key=lambda pair: rank(pair[0])) for several in once.values()]
    displaced = [pair for several in once.values() for pair in superseded([a for a, _ in several])]
    return chosen, displaced


def laboratory_of(one: SampleAnalysis) -> str:
    """Return the code of the radionuclide laboratory that measured; empty where none did."""
    codes = {name: lab.code for lab in laboratories() for name in (lab.treaty_code, lab.code)}
    places = (one.station, one.detector.split("_")[0])
    return next((codes[p] for text in places if (p := text.strip().upper()) in codes), "")


def _reference(one: SampleAnalysis) -> SampleReference | None:
    try:
        return parse_srid(one.sample_id)
    except BadRecordError:
        return None


def _key(one: SampleAnalysis) -> tuple[str, str, str]:
    return one.station, one.detector, one.sample_id


def _place(one: Remeasured) -> tuple[str, str, str, int]:
    sample = one.original.sample_id if one.original is not None else one.analysis.sample_id
    when_ns = one.analysis.acquisition_start_ns or 0
    return sample, one.analysis.sample_id, one.laboratory, when_ns


def _second(members: Sequence[SampleAnalysis]) -> list[_Second]:
    """Return the second measurements of one sample, each with what may be its original."""
    originals = _originals(members)
    own = {_key(one) for one in originals}
    found = []
    for one in members:
        if _key(one) in own:
            continue
        whole = [o for o in originals if is_portion_of(one.sample_id, o.sample_id)]
        if whole or laboratory_of(one):
            found.append((one, whole))
    return found


def _originals(members: Sequence[SampleAnalysis]) -> list[SampleAnalysis]:
    """Return what has the best claim to be the station's own measurement of a sample.

    It knows the collection, is at the station that the SRID names, if one is, and is divided least.
    """
    at_stations = [
        (one, named)
        for one in members
        if (named := _reference(one)) is not None
        and one.collection_stop_ns is not None
        and not laboratory_of(one)
    ]
    at_home = [pair for pair in at_stations if _number(pair[0].station) == pair[1].site]
    claims = at_home or at_stations
    least = min((named.portions for _, named in claims), default=1)
    once: dict[tuple[str, str, str], list[SampleAnalysis]] = {}
    for one, named in claims:
        if named.portions == least:
            once.setdefault(_key(one), []).append(one)
    return [best(several) for several in once.values()]


def _number(station: str) -> int | None:
    """Return the number in the code of a station, which is that in its SRIDs."""
    found = re.search(r"\d+$", station.strip())
    return None if found is None else int(found[0])


def _remeasured(
    one: SampleAnalysis, originals: Sequence[SampleAnalysis], shares: Mapping[str, Share]
) -> Remeasured:
    original = originals[0] if len(originals) == 1 else None
    name = laboratory_of(one) or _other_name(one, originals)
    reason = _not_linked(one, originals) if original is None else _doubted(original, one)
    if original is None or reason is not None:
        return Remeasured(laboratory=name, analysis=one, original=original, reason=reason)
    share = share_of(original, one, shares.get(str(_reference(one))))
    if isinstance(share, Reason):
        return Remeasured(laboratory=name, analysis=one, original=original, reason=share)
    known, source = share
    split = Split(
        sample_id=original.sample_id,
        portion_id=one.sample_id,
        laboratory=name,
        share=known.value,
        share_sigma=known.sigma,
        by_volumes=source == VOLUMES,
    )
    return Remeasured(
        laboratory=name,
        analysis=one,
        original=original,
        share_source=source,
        comparison=compare_split(original, one, split),
    )


def _other_name(one: SampleAnalysis, originals: Sequence[SampleAnalysis]) -> str:
    """Return what tells a measurement that no laboratory made from its original."""
    here = any(one.station == o.station for o in originals)
    return (one.detector if here else one.station) or one.detector or one.sample_id


def _not_linked(one: SampleAnalysis, originals: Sequence[SampleAnalysis]) -> Reason:
    """Return why a measurement has no single original."""
    if _reference(one) is None:
        return Reason.of("laboratory.no_srid", sample=one.sample_id or "-")
    if not originals:
        return Reason.of("laboratory.no_original", sample=one.sample_id)
    detectors = ", ".join(sorted({o.detector or o.station for o in originals}))
    return Reason.of("laboratory.two_originals", sample=one.sample_id, detectors=detectors)


def _doubted(original: SampleAnalysis, one: SampleAnalysis) -> Reason | None:
    """Return why two measurements as a whole allow no comparison; None where they do."""
    for where, side in (("station", original), ("laboratory", one)):
        if side.short_count and side.live_time_s is not None:
            return Reason.of("laboratory.short_count", where=where, live_s=side.live_time_s)
        if any(told.code == DOUBTFUL for told in side.remarks):
            return Reason.of("laboratory.energies_doubtful", where=where)
    return _times(original, one)


def _times(original: SampleAnalysis, one: SampleAnalysis) -> Reason | None:
    """Return why the times of two measurements allow no comparison; None where they do."""
    first, second = original.acquisition_start_ns, one.acquisition_start_ns
    if first is None or second is None:
        where = "station" if first is None else "laboratory"
        return Reason.of("laboratory.no_acquisition", where=where)
    stop_ns = original.collection_stop_ns
    if stop_ns is not None and second < stop_ns:
        return Reason.of(
            "laboratory.before_collection_end", start=format_iso(second), stop=format_iso(stop_ns)
        )
    return None
