"""What may be of an event: arrivals under the phases that they can have there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import KM_PER_DEG, destination
from vigie.network.hydro.readings import sites_of, station_rates
from vigie.network.hydro.sea import BLOCKED_FROM
from vigie.network.hydro.state import Offers
from vigie.network.location.phases import is_shear, without_onset
from vigie.records import NS_PER_S, Detection, Station
from vigie.stations.lookup import find_station

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.earth.base import Predictor
    from vigie.network.hydro.params import HydroParams
    from vigie.network.hydro.readings import HydroReadings
    from vigie.network.hydro.sea import Seas
    from vigie.network.hydro.state import State
    from vigie.records import Inventory

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Kind = Literal["water", "rock"]

FIRST_P = ("P", "Pn", "Pg", "Pdiff", "PKPdf")
"""Phases under which a seismic detection is offered."""
SLOWEST_KM_S = 1.42
"""Of sound in polar water."""
FARTHEST_KM = 20_004.0
"""Half way around."""
LATEST_P_S = 1300.0
"""PKPdf at the antipode takes 20 minutes."""
NOISE_PRIOR_S = 1200.0
"""Time between seismic detections of a station about which nothing is known (as in association)."""


def kinds_of(state: State, *, depth_known: bool, params: HydroParams) -> tuple[Kind, ...]:
    """Return what the source may be, by its depth."""
    found: list[Kind] = []
    if state.depth_km <= params.water_depth_km or not depth_known:
        found.append("water")
    if state.depth_km <= params.t_depth_km or not depth_known:
        found.append("rock")
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class OpenPaths:
    """Which stations a source can reach, by phase, shape (m,)."""

    h: BoolArray
    t: BoolArray


def open_paths(state: State, readings: HydroReadings, seas: Seas) -> OpenPaths:
    """Tell which paths are not blocked from the place or from some place around it."""
    values, axes = np.linalg.eigh(state.covariance[:2, :2])
    north, east = [0.0], [0.0]
    for k in (0, 1):
        reach = min(1.6 * float(np.sqrt(max(values[k], 0.0))), 1000.0)
        for sign in (-1.0, 1.0):
            north.append(sign * reach * float(axes[0, k]))
            east.append(sign * reach * float(axes[1, k]))
    places = destination(
        state.latitude,
        state.longitude,
        np.degrees(np.arctan2(east, north)),
        np.hypot(north, east) / KM_PER_DEG,
    )
    found = [
        seas.blockage(phase, places, readings.sites, readings.reference_ns).min(axis=0)
        < BLOCKED_FROM
        for phase in ("H", "T")
    ]
    return OpenPaths(*found)


def hydro_offers(
    readings: HydroReadings, state: State, kind: Kind, paths: OpenPaths, params: HydroParams
) -> Offers:
    """Return the arrivals that a source of a kind can cause, as H and as T."""
    spread = 3.0 * float(np.sqrt(state.covariance[2, 2] + np.trace(state.covariance[:2, :2]) / 2.0))
    later = readings.time_s - state.time_s
    timely = (later > -spread - 120.0) & (later < FARTHEST_KM / SLOWEST_KM_S + spread + 120.0)
    share_h = 1.0 - params.other_phase if kind == "water" else params.other_phase
    usual = readings.free & timely & np.isfinite(readings.h_gain)
    parts = []
    for phase, is_open, gain, hearing, extra_s in (
        ("H", paths.h, readings.h_gain, params.hearing * share_h, 0.0),
        (
            "T",
            paths.t,
            readings.t_gain,
            params.t_hearing * (1.0 - share_h),
            params.coupling_sigma_s,
        ),
    ):
        rows = np.flatnonzero(usual & is_open[readings.station])
        own = readings.station[rows]
        nothing = np.full(len(rows), np.nan)
        parts.append(
            (
                rows,
                own,
                (phase,) * len(rows),
                readings.time_s[rows],
                np.hypot(readings.time_sigma_s[rows], extra_s),
                readings.azimuth_deg[rows],
                readings.azimuth_sigma_deg[rows],
                nothing,
                nothing,
                gain[rows] + np.log(hearing) - readings.log_noise[rows],
            )
        )
    a, b = parts
    own = np.concatenate([a[1], b[1]])
    columns = [np.concatenate([x, y]) for x, y in zip(a[3:], b[3:], strict=True)]
    return Offers(
        np.concatenate([a[0], b[0]]), own, a[2] + b[2], readings.sites.take(own), *columns
    )


@dataclass(frozen=True, slots=True, eq=False)
class SeismicReadings:
    """Seismic detections that may be first P, as columns of shape (n,)."""

    detections: tuple[Detection, ...]
    stations: tuple[Station, ...]
    station: NDArray[np.int64]
    time_s: FloatArray
    log_noise: FloatArray


def collect_seismic(
    detections: Sequence[Detection], stations: Inventory, reference_ns: int
) -> SeismicReadings:
    """Return the detections of known stations that may be first P, in order of time."""
    placed: list[tuple[Detection, int]] = []
    number: dict[str, int] = {}
    known: list[Station] = []
    for d in sorted(detections, key=lambda d: (d.time_ns, d.station, d.id)):
        station = find_station(stations, d.station, d.time_ns)
        if station is None or not may_be_p(d.phase):
            continue
        if station.code not in number:
            number[station.code] = len(known)
            known.append(station)
        placed.append((d, number[station.code]))
    own = np.array([k for _, k in placed], dtype=np.int64)
    time_s = np.array([(d.time_ns - reference_ns) / NS_PER_S for d, _ in placed], dtype=np.float64)
    everything = np.ones(len(placed), dtype=np.bool_)
    rate = station_rates(time_s, own, everything, NOISE_PRIOR_S)
    return SeismicReadings(tuple(d for d, _ in placed), tuple(known), own, time_s, np.log(rate))


def may_be_p(phase: str | None) -> bool:
    """Tell whether a reported name may be that of a first P.

    Examples
    --------
    >>> may_be_p("eP"), may_be_p(None), may_be_p("Sn"), may_be_p("LR"), may_be_p("N")
    (True, True, False, False, False)
    """
    name = without_onset((phase or "").strip())
    return (
        not name
        or (name[:1] == "P" and not is_shear(name) and not name[1:2].islower())
        or (name in FIRST_P)
    )


def seismic_offers(
    seismic: SeismicReadings,
    state: State,
    predictor: Predictor,
    taken: BoolArray,
    base: tuple[int, int],
    params: HydroParams,
) -> Offers:
    """Return the detections that may be first P of an event.

    ``base`` holds the numbers from which rows and stations count, beyond those of the hydrophones.
    """
    spread = 3.0 * float(np.sqrt(state.covariance[2, 2] + np.trace(state.covariance[:2, :2]) / 9.0))
    later = seismic.time_s - state.time_s
    timely = (later > -spread - 30.0) & (later < LATEST_P_S + spread) & ~taken
    rows = np.flatnonzero(timely)
    names = [p for p in FIRST_P if p in predictor.phases]
    tiled = np.tile(rows, len(names))
    chosen = [seismic.detections[i] for i in tiled]
    sites = sites_of(seismic.stations).take(seismic.station[tiled])

    def column(values: list[float | None], least: float = 0.0) -> FloatArray:
        return np.maximum(np.array([np.nan if v is None else v for v in values], np.float64), least)

    return Offers(
        base[0] + tiled,
        base[1] + seismic.station[tiled],
        tuple(p for p in names for _ in rows),
        sites,
        seismic.time_s[tiled],
        column([d.time_sigma_s or 1.0 for d in chosen], 0.3),
        column([d.azimuth_deg for d in chosen], -360.0),
        column([d.azimuth_deg_sigma or 15.0 for d in chosen], 2.0),
        column([d.slowness_s_per_deg for d in chosen]),
        column([d.slowness_s_per_deg_sigma or 2.5 for d in chosen], 0.3),
        np.log(params.seismic_hearing) - seismic.log_noise[tiled],
    )
