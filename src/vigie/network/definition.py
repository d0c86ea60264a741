"""Event-definition criteria: when a set of associated detections counts as an event.

The criteria are configuration. Three sets ship in ``event_definitions.toml``, with the source
of each group of numbers: ``default`` (any network), ``sel`` and ``reb`` (practice of the
International Data Centre). An installation may load its own file of the same form.

A defining observation (a time, an azimuth, a slowness) brings a weight that depends on the
technology and kind of the station; an event is defined when the sum, and the numbers of
stations, times and primary stations, reach their minima.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from vigie.errors import ParameterError, UnknownModelError
from vigie.records import Technology

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vigie.records import Association, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationWeights:
    """What each kind of defining observation counts."""

    primary_time: float
    """Time of a first P-type arrival at a seismic station."""
    secondary_time: float
    """Time of any later seismic phase."""
    array_azimuth: float
    array_slowness: float
    three_component_azimuth: float
    three_component_slowness: float
    hydroacoustic_time: float
    """Of H."""
    infrasound_time: float
    infrasound_azimuth: float
    hydroacoustic_azimuth: float = 0.4
    """Of H or T at a hydrophone triplet; as of a seismic array where a file does not say."""
    t_time: float = 0.7
    """Of T; as of any later phase where a file does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDefinition:
    """One set of criteria."""

    name: str
    version: str
    title: str
    min_weight: float
    """Least sum of the weights."""
    min_stations: int
    """Least number of stations with a defining observation."""
    min_times: int
    """Least number of defining times."""
    min_first_p: int
    """Least number of defining times of first P-type arrivals."""
    min_primary_stations: int
    """Least number of primary seismic stations (treaty codes PS...). Where no station of the
    network has a treaty code, each counts as primary."""
    weights: ObservationWeights
    source: str
    sound: EventDefinition | None = None
    """Criteria of events that only infrasound arrays heard; these where None."""
    hydro: EventDefinition | None = None
    """Criteria of events that hydroacoustic stations define; these where None."""


@dataclass(frozen=True, slots=True)
class DefinitionVerdict:
    """Whether a set of observations is an event, and what it lacks."""

    met: bool
    weight: float
    n_stations: int
    n_times: int
    n_primary_stations: int
    failed: tuple[str, ...]
    """Names of the criteria that are not met."""


def load_definition(name: str, text: str | None = None) -> EventDefinition:
    """Load a set of criteria by name.

    Parameters
    ----------
    name : str
        ``default``, ``sel``, ``reb``, or a name in the text.
    text : str, optional
        Contents of a TOML file of the same form; by default the one that ships.

    Raises
    ------
    UnknownModelError
        The file has no such set.
    ParameterError
        A key is missing, unknown or of the wrong kind.

    Examples
    --------
    >>> load_definition("reb").min_weight
    4.6
    """
    where = "event_definitions.toml"
    if text is None:
        text = (files("vigie.network") / where).read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(name=where, value=str(error), expected="must be TOML") from error
    version = str(tables.pop("version", ""))
    if name not in tables:
        raise UnknownModelError(kind="event definition", name=name, known=", ".join(tables))
    table = dict(tables[name])
    special = {key: table.pop(key, None) for key in ("infrasound", "hydroacoustic")}
    weights = ObservationWeights(
        **_checked(f"{name}.weights", table.pop("weights", {}), _WEIGHTS, _OPTIONAL_WEIGHTS)
    )
    definition = EventDefinition(
        name=name, version=version, weights=weights, **_checked(name, table, _CRITERIA)
    )
    sound, hydro = (
        None
        if table is None
        else replace(definition, **_checked(f"{name}.{key}", table, _CRITERIA))
        for key, table in special.items()
    )
    return replace(definition, sound=sound, hydro=hydro)


def assess(
    definition: EventDefinition,
    observations: Iterable[tuple[Association, Station]],
    *,
    treaty_network: bool = False,
    sites: Mapping[str, str] | None = None,
) -> DefinitionVerdict:
    """Judge the observations of one event.

    Stations of one site are one witness: a phase that several of them saw counts once, with the
    greatest weight.

    Parameters
    ----------
    definition : EventDefinition
    observations : iterable of (Association, Station)
        What is associated; only defining observations count.
    treaty_network : bool
        Whether treaty codes tell primary from auxiliary stations; if not, all are primary.
    sites : mapping of station code to site, optional
        Which stations stand together (``vigie.network.sites``); others stand alone.
    """
    site_of = sites or {}
    weights: dict[tuple[str, str], float] = {}
    timed: set[tuple[str, str]] = set()
    first_p: set[tuple[str, str]] = set()
    primary: set[str] = set()
    for association, station in observations:
        if not association.defining:
            continue
        site = site_of.get(station.code, station.code)
        seen = (site, association.phase)
        weight = _weight(definition.weights, association, station)
        weights[seen] = max(weights.get(seen, 0.0), weight)
        seismic = station.technology is Technology.SEISMIC
        if association.time_defining:
            timed.add(seen)
            if is_first_p(association.phase) or not seismic:
                first_p.add(seen)
        if seismic and (not treaty_network or (station.treaty_code or "").startswith("PS")):
            primary.add(site)
    heard = {site for site, _ in weights}
    total = sum(weights.values())
    found = {
        "min_weight": total,
        "min_stations": len(heard),
        "min_times": len(timed),
        "min_first_p": len(first_p),
        "min_primary_stations": len(primary),
    }
    failed = tuple(k for k, v in found.items() if v < getattr(definition, k) - 1e-9)
    return DefinitionVerdict(not failed, total, len(heard), len(timed), len(primary), failed)


def is_first_p(phase: str) -> bool:
    """Tell whether a phase name is that of a first P-type arrival.

    Examples
    --------
    >>> [is_first_p(name) for name in ("Pn", "PKPbc", "PcP", "S")]
    [True, True, False, False]
    """
    return phase in {"P", "Pn", "Pg", "Pb", "p", "Pdiff"} or phase.startswith("PKP")


_CRITERIA: dict[str, type] = {
    "title": str,
    "min_weight": float,
    "min_stations": int,
    "min_times": int,
    "min_first_p": int,
    "min_primary_stations": int,
    "source": str,
}
_WEIGHTS: dict[str, type] = {f.name: float for f in fields(ObservationWeights)}
_OPTIONAL_WEIGHTS = frozenset({"hydroacoustic_azimuth", "t_time"})
"""Files from before there were these need not name them."""


def _checked(
    place: str,
    table: Mapping[str, Any],
    kinds: Mapping[str, type],
    optional: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    unknown = sorted(set(table) - set(kinds))
    missing = sorted(set(kinds) - set(table) - optional)
    if unknown or missing:
        raise ParameterError(
            name=place,
            value=", ".join(unknown or missing),
            expected="is an unknown key" if unknown else "must be given",
        )
    values = {}
    for key, kind in kinds.items():
        if key not in table:
            continue
        value = table[key]
        good = isinstance(value, (int, float) if kind is float else kind)
        if not good or isinstance(value, bool):
            raise ParameterError(
                name=f"{place}.{key}", value=str(value), expected=f"must be a {kind.__name__}"
            )
        values[key] = kind(value)
    return values


def _weight(weights: ObservationWeights, association: Association, station: Station) -> float:
    if station.technology is Technology.HYDROACOUSTIC and association.phase in ("H", "T"):
        time = weights.hydroacoustic_time if association.phase == "H" else weights.t_time
        return (
            time * association.time_defining
            + weights.hydroacoustic_azimuth * association.azimuth_defining
        )
    if station.technology is Technology.INFRASOUND:
        return (
            weights.infrasound_time * association.time_defining
            + weights.infrasound_azimuth * association.azimuth_defining
        )
    time = weights.primary_time if is_first_p(association.phase) else weights.secondary_time
    kind = "array" if station.is_array else "three_component"
    azimuth: float = getattr(weights, f"{kind}_azimuth")
    slowness: float = getattr(weights, f"{kind}_slowness")
    return (
        time * association.time_defining
        + azimuth * association.azimuth_defining
        + slowness * association.slowness_defining
    )
