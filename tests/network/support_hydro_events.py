"""Arrivals through the sea as the ocean of a month has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.earth import Hypocentre, load_predictor
from vigie.network.hydro.events import Surroundings
from vigie.network.hydro.readings import sites_of
from vigie.network.hydro.sea import Seas
from vigie.records import NS_PER_S, Detection, Inventory, Technology
from vigie.records.time import add_seconds
from vigie.stations.ims import ims_inventory

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

WRECK = Hypocentre(-(45 + 56 / 60 + 59 / 3600), -(59 + 46 / 60 + 22 / 3600), 0.0)
"""Of the San Juan, official position."""
TIME_NS = 1_510_753_860 * NS_PER_S
TRIPLETS = ("H10N", "H10S", "H04N", "H04S")
SEAS = Seas()
AROUND = Surroundings(ims_inventory(), load_predictor("ak135"), SEAS)


def inventory_of(codes: Sequence[str]) -> Inventory:
    """Return some stations of the International Monitoring System."""
    return Inventory(tuple(s for s in ims_inventory().stations if s.code in codes))


def arrivals(
    codes: Sequence[str],
    place: Hypocentre = WRECK,
    *,
    phase: str = "H",
    rng: np.random.Generator | None = None,
    sigma_s: float = 3.0,
) -> list[Detection]:
    """Return arrivals at stations, exact or with errors of reading."""
    by_code = {s.code: s for s in ims_inventory().stations}
    stations = [by_code[code] for code in codes]
    predictor = SEAS.with_ground(AROUND.ground, TIME_NS)
    found = predictor.predict([phase] * len(codes), place, sites_of(stations))
    found_in = []
    for k, code in enumerate(codes):
        late_s, turn_deg = (rng.normal(), rng.normal()) if rng is not None else (0.0, 0.0)
        azimuth = float(found.seaz_deg[k] + 0.5 * turn_deg) % 360.0
        pointed = phase != "P" and stations[k].elevation_m <= 0.0
        found_in.append(
            Detection(
                id=f"{phase}-{code}",
                station=code,
                time_ns=add_seconds(TIME_NS, float(found.time_s[k] + sigma_s * late_s)),
                time_sigma_s=sigma_s,
                phase=phase,
                azimuth_deg=azimuth if pointed else None,
                azimuth_deg_sigma=0.5 if pointed else None,
                technology=Technology.SEISMIC if phase == "P" else Technology.HYDROACOUSTIC,
                simulated=True,
            )
        )
    return found_in


def hydro_noise(n: int, codes: Sequence[str], rng: np.random.Generator) -> list[Detection]:
    """Return detections at random times from random directions, half of them noise by class."""
    return [
        Detection(
            id=f"n{k}",
            station=str(rng.choice(list(codes))),
            time_ns=add_seconds(TIME_NS, float(rng.uniform(0.0, 4.0 * 3600.0))),
            time_sigma_s=3.0,
            phase=str(rng.choice(["H", "T", "N", "N"])),
            azimuth_deg=float(rng.uniform(0.0, 360.0)),
            azimuth_deg_sigma=0.5,
            technology=Technology.HYDROACOUSTIC,
            simulated=True,
        )
        for k in range(n)
    ]
