"""Detections and stations as columns: usable ones, their noise rates, what a label tells.

Noise is Poisson at each station, with a rate that is counted around each detection, itself left
out: (n + 1) / (T + T0), T0 a prior interval. The gain of a detection for a phase is the
log of p(label, SNR | phase) / (p(label, SNR | noise) rate), per second of residual.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.model_error import ModelError
from vigie.geodesy import unit_vectors
from vigie.network.association.labels import LABEL_TRUST, SNR_TRUST, label_gains, optional
from vigie.network.association.onsets import onsets_of, sites_of
from vigie.records import NS_PER_S, Detection, Station

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vigie.network.association.params import AssociateParams
    from vigie.records import Inventory

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

HALF_WINDOW_S = 1800.0
"""Detections so far away tell the rate of noise at a station."""
MODEL_ERROR = ModelError()
"""Directions are off the model's by more than they are misread."""
USUAL_S_PER_DEG = 8.0
"""Of P at 40 deg, where only the azimuth was measured."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A detection that was left out, and why."""

    detection_id: str
    station: str
    reason: str
    """``unknown_station``, ``infrasound``, ``no_phase_of_ours`` ..."""


@dataclass(slots=True, eq=False)
class Columns:
    """Usable detections, sorted by station, then time."""

    detections: list[Detection]
    """One of each onset."""
    stations: list[Station]
    """Those with detections, and those that were silent, one of each site; sorted by code."""
    reference_ns: int
    time_s: FloatArray
    station: IntArray
    first: IntArray
    """First pick of each station, and the number of picks: shape (n stations + 1,)."""
    gain_p: FloatArray
    gain_s: FloatArray
    sigma_s: FloatArray
    azimuth_deg: FloatArray
    azimuth_sigma_deg: FloatArray
    slowness: FloatArray
    slowness_sigma: FloatArray
    rate_hz: FloatArray
    """Noise rate that each detection's gain assumes."""
    coda_s: FloatArray
    """Rate of an event's coda, times lapse, over the rate of noise."""
    partners: list[tuple[Detection, ...]]
    """Further detections of the same onset, at other codes of the same site."""
    number: dict[str, int]
    """Index of each leading detection by its id."""
    members: dict[str, Station]
    """Every station by its code."""
    sites: dict[str, str]
    """Code of the station that leads the site of each code."""
    unit: FloatArray
    east: FloatArray
    north: FloatArray
    elevation_km: FloatArray

    def onset(self, pick: int) -> tuple[Detection, ...]:
        """Return all detections of one onset."""
        return (self.detections[pick], *self.partners[pick])

    def everything(self) -> list[Detection]:
        """Return all usable detections."""
        return [d for k in range(len(self.detections)) for d in self.onset(k)]

    def treaty_network(self) -> bool:
        """Tell whether treaty codes tell primary from auxiliary stations."""
        return any((s.treaty_code or "").startswith("PS") for s in self.members.values())

    def picks(self) -> tuple[FloatArray, ...]:
        """Return the tuple that the kernels take."""
        return (
            self.time_s,
            self.gain_p,
            self.gain_s,
            self.sigma_s,
            self.azimuth_deg,
            self.azimuth_sigma_deg,
            self.slowness,
            self.slowness_sigma,
            self.coda_s,
        )


def prepare(
    detections: Sequence[Detection], inventory: Inventory, params: AssociateParams
) -> tuple[Columns, list[Skipped]]:
    """Select what can be used and turn it into columns; the order of the input plays no role."""
    usable, skipped = _select(detections, inventory)
    codes = {code for _, code in usable}
    reference_ns = min((d.time_ns for d, _ in usable), default=0)
    members = _stations(inventory, reference_ns, codes)
    stations, number = sites_of(members)
    usable.sort(key=lambda pair: (number[pair[1]], pair[0].time_ns, pair[0].id))
    onsets = onsets_of([(number[code], code, d) for d, code in usable])
    rows = [found[0] for _, found in onsets]
    time_s = np.array([(d.time_ns - reference_ns) / NS_PER_S for d in rows], dtype=np.float64)
    station = np.array([k for k, _ in onsets], dtype=np.int64)
    first = np.searchsorted(station, np.arange(len(stations) + 1)).astype(np.int64)
    everything = np.ones(len(rows), dtype=np.bool_)
    rate_hz = noise_rates(time_s, first, params.prior_noise_interval_s, everything)
    gains = label_gains(rows, LABEL_TRUST, SNR_TRUST)
    gain_p, gain_s = (gain - np.log(rate_hz) for gain in gains)
    unit = unit_vectors([s.latitude for s in stations], [s.longitude for s in stations])
    east, north = tangents(unit.reshape(-1, 3))
    slowness = optional([d.slowness_s_per_deg for d in rows])
    columns = Columns(
        rows,
        stations,
        reference_ns,
        time_s,
        station,
        first,
        gain_p,
        gain_s,
        optional([d.time_sigma_s for d in rows]),
        optional([d.azimuth_deg for d in rows]),
        np.hypot(
            optional([d.azimuth_deg_sigma for d in rows], 15.0), _azimuth_errors_deg(slowness)
        ),
        slowness,
        np.hypot(
            optional([d.slowness_s_per_deg_sigma for d in rows], 2.5),
            MODEL_ERROR.slowness_sigma_s_per_deg,
        ),
        rate_hz,
        params.coda_rate / rate_hz,
        [found[1:] for _, found in onsets],
        {d.id: k for k, d in enumerate(rows)},
        {s.code: s for s in members},
        {code: stations[k].code for code, k in number.items()},
        unit.reshape(-1, 3),
        east,
        north,
        np.array([s.elevation_m / 1000.0 for s in stations], dtype=np.float64),
    )
    return columns, skipped


def _azimuth_errors_deg(slowness_s_per_deg: FloatArray) -> FloatArray:
    """Return how far the Earth turns azimuths off the model's, by the slowness where known."""
    known = np.where(np.isfinite(slowness_s_per_deg), slowness_s_per_deg, USUAL_S_PER_DEG)
    return MODEL_ERROR.azimuth_sigma_deg(known)


def _select(
    detections: Sequence[Detection], inventory: Inventory
) -> tuple[list[tuple[Detection, str]], list[Skipped]]:
    usable: list[tuple[Detection, str]] = []
    skipped: list[Skipped] = []
    seen: set[str] = set()
    by_code = _by_code(inventory)
    for d in sorted(detections, key=lambda d: (d.time_ns, d.station, d.id)):
        station = _find(by_code, d)
        if station is None:
            skipped.append(Skipped(d.id, d.station, "unknown_station"))
        elif (d.phase or "") in {"N", "LR", "LQ", "Rg", "T", "H", "I"}:
            skipped.append(Skipped(d.id, d.station, f"phase_{d.phase}"))
        elif d.id in seen:
            skipped.append(Skipped(d.id, d.station, "duplicate_id"))
        else:
            seen.add(d.id)
            usable.append((d, station.code))
    return usable, skipped


def _by_code(inventory: Inventory) -> dict[str, list[Station]]:
    table: dict[str, list[Station]] = {}
    for station in inventory.stations:
        for name in (station.code, *station.aliases):
            table.setdefault(name, []).append(station)
    return table


def _find(by_code: dict[str, list[Station]], d: Detection) -> Station | None:
    fits = [
        s
        for s in by_code.get(d.station, ())
        if s.epoch.holds(d.time_ns) and (not d.network or not s.network or s.network == d.network)
    ]
    named = [s for s in fits if s.code == d.station] or fits
    return max(named, key=lambda s: s.epoch.start_ns, default=None)


def _stations(inventory: Inventory, time_ns: int, heard: set[str]) -> list[Station]:
    """Return the stations of the time: those heard, and those that could have been."""
    chosen: dict[str, Station] = {}
    for station in inventory.stations:
        if station.code in heard or station.epoch.holds(time_ns):
            old = chosen.get(station.code)
            if old is None or station.epoch.start_ns > old.epoch.start_ns:
                chosen[station.code] = station
    return [chosen[code] for code in sorted(chosen)]


def noise_rates(
    time_s: FloatArray, first: IntArray, prior_s: float, noise: NDArray[np.bool_]
) -> FloatArray:
    """Return the rate of noise around each detection, counted from those that are noise."""
    rate = np.empty(len(time_s))
    end = float(time_s.max(initial=0.0))
    for j in range(len(first) - 1):
        own = slice(first[j], first[j + 1])
        times, known = time_s[own], time_s[own][noise[own]]
        n = np.searchsorted(known, times + HALF_WINDOW_S) - np.searchsorted(
            known, times - HALF_WINDOW_S
        )
        span = np.minimum(times + HALF_WINDOW_S, end) - np.maximum(times - HALF_WINDOW_S, 0.0)
        # Itself is left out; one more is the prior.
        rate[own] = (n - noise[own] + 1.0) / (span + prior_s)
    return rate


def tangents(unit: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return unit vectors to the east and north of directions, shape (n, 3)."""
    east = np.stack([-unit[:, 1], unit[:, 0], np.zeros(len(unit))], axis=-1)
    norm = np.linalg.norm(east, axis=1, keepdims=True)
    east = np.where(norm > 1e-9, east / np.where(norm > 1e-9, norm, 1.0), [[0.0, 1.0, 0.0]])
    return east, np.cross(unit, east)
