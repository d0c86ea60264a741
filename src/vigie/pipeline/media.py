"""What ground, sea and air do, and which detections came through which."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from vigie.earth.base import Predictor
from vigie.network.hydro.phases import is_hydro
from vigie.network.hydro.sea import Seas
from vigie.network.infrasound.associate import is_infrasound
from vigie.network.infrasound.celerity import Atmosphere
from vigie.records import Detection, Inventory, Technology

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.records import Station


class ByTechnology(NamedTuple):
    """Detections by the medium through which they came."""

    infrasound: tuple[Detection, ...]
    hydro: tuple[Detection, ...]
    seismic: tuple[Detection, ...]
    """All others."""


@dataclass(frozen=True, slots=True)
class Media:
    """What ground, sea and air do; sea and air by default those of the season."""

    ground: Predictor
    atmosphere: Atmosphere | None = None
    seas: Seas = field(default_factory=Seas)


def by_technology(detections: Iterable[Detection]) -> ByTechnology:
    """Return the arrivals through the air, through the sea, and all other detections."""
    everything = tuple(detections)
    air = tuple(d for d in everything if is_infrasound(d))
    sea = tuple(d for d in everything if is_hydro(d) and not is_infrasound(d))
    ground = tuple(d for d in everything if not is_infrasound(d) and not is_hydro(d))
    return ByTechnology(air, sea, ground)


def seismic_network(stations: Inventory, parts: ByTechnology) -> Inventory:
    """Return the stations whose silence tells of P: not those that listen to sea or air alone.

    Without arrivals through sea or air it is all of them.
    """
    sound = {d.station for d in (*parts.hydro, *parts.infrasound)}
    if not sound:
        return stations
    seismic = {d.station for d in parts.seismic}

    def is_seismic(station: Station) -> bool:
        names = {station.code, *station.aliases}
        if names & seismic:
            return True
        return station.technology is Technology.SEISMIC and not names & sound

    return Inventory(tuple(s for s in stations.stations if is_seismic(s)))
