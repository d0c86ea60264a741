"""Travel times of a predictor as plain tables over distance and depth, for the kernels.

The tables are sampled along a path whose source lies at 35.26 N, where the largest term of the
ellipticity correction vanishes; what remains of it (below 1 s) is part of the model error here, and
the final location uses the predictor itself. Linear interpolation in a step of 0.02 deg up to
20 deg and of 0.25 deg beyond: the error is below 0.02 s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.base import Hypocentre, Sites
from vigie.facts.phase_windows import is_expected, windows_of
from vigie.geodesy import destination

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vigie.earth.base import Predictor

    FloatArray = NDArray[np.float64]

DELTAS_DEG = np.concatenate([np.arange(1000) * 0.02, 20.0 + 0.25 * np.arange(641)])
"""Distances of the columns."""
DEPTHS_KM = np.array(
    [0.0, 3, 6, 10, 15, 20, 27, 35, 50, 70, 100, 150, 210, 300, 410, 500, 600, 700, 800]
)
"""Depths of the rows."""
FIRST_P = ("P", "Pn", "Pg", "Pb", "p", "Pdiff", "PKPdf", "PKPbc", "PKPab", "PKP", "PKIKP")
"""Phases of which the earliest is the first P. PKP stands in where P and Pdiff end."""
FIRST_S = ("S", "Sn", "Sg", "Sb", "s")
SECONDARY = (
    "Pg",
    "Sg",
    "Lg",
    "Sn",
    "Pn",
    "Rg",
    "PKPbc",
    "PKPab",
    "PKPdf",
    "PKiKP",
    "Pdiff",
    "pP",
    "sP",
    "PcP",
    "ScP",
    "PP",
    "PcS",
    "ScS",
    "pPKPdf",
    "sPKPdf",
    "pPKPbc",
    "PKKPbc",
    "PKKPab",
    "PKKPdf",
    "SKPdf",
    "SKPbc",
    "PKPPKP",
    "SS",
    "SKSac",
    "SKSdf",
    "SKKSac",
    "PS",
    "SP",
    "PPP",
)
"""Phases that explain further detections of an event."""
LEAST_LOG_ODDS = float(np.log(10.0))
"""A later phase that is seldom seen is believed at ten to one."""
FREQUENT = 0.2
"""Chance of a phase that is often seen."""
_FAMILY = {
    "pPKPdf": "PKPdf",
    "sPKPdf": "PKPdf",
    "pPKPbc": "PKPbc",
    "SKPbc": "SKP",
    "SKKSac": "SKSac",
}
SHADOW_END_DEG = 114.0
"""Where PKPdf takes over from Pdiff as the first P that is seen (phase windows of the IDC's
global association, SAIC 1995)."""
N_HELD = 2
"""Predictors whose tables are kept, 25 MB each."""
_PATH_LATITUDE = 35.264
_PATH_AZIMUTH = 45.0


@dataclass(frozen=True, slots=True, eq=False)
class TravelTables:
    """Times (s) by depth and distance, NaN where a phase does not exist."""

    first_p: FloatArray
    """Shape (19, 1641)."""
    first_s: FloatArray
    sigma_p_s: FloatArray
    """Model error of the first P by distance, shape (1641,)."""
    sigma_s_s: FloatArray
    depths_km: FloatArray
    branches: FloatArray
    """First P, Pg or PKPbc, PKPab, first S, Sg: shape (5, 19, 1641); what a reading that is
    called P or S may be."""
    secondary: dict[str, FloatArray]
    """Tables of further phases, by name."""
    members: dict[str, FloatArray]
    """Tables of the phases that first P and first S are made of, to name them."""
    rise_p_s_per_km: float
    """Delay of P by a kilometre of station elevation."""
    rise_s_s_per_km: float

    def branch_name(self, branch: int, depth_km: float, delta_deg: float, crustal: bool) -> str:
        """Name the phase of a branch at a distance and depth."""
        row = int(np.argmin(np.abs(self.depths_km - depth_km)))
        if crustal and branch in (0, 1, 3, 4) and delta_deg < 20.0:
            other = {0: 1, 1: 0, 3: 4, 4: 3}[branch]
            if np.isfinite(np.interp(delta_deg, DELTAS_DEG, self.branches[other, row])):
                both = np.interp(delta_deg, DELTAS_DEG, self.branches[branch, row])
                branch = other if np.isfinite(both) else branch
        want = float(np.interp(delta_deg, DELTAS_DEG, self.branches[branch, row]))
        family = FIRST_P if branch < 3 else FIRST_S
        times = {
            name: abs(float(np.interp(delta_deg, DELTAS_DEG, table[row])) - want)
            for name, table in self.members.items()
            if name in family
        }
        near = {name: t for name, t in times.items() if np.isfinite(t)}
        # Where the windows allow any of the names, they choose: Pn, not P, at 5 deg.
        usual = {n: t for n, t in near.items() if is_expected(n, delta_deg, depth_km)}
        near = usual or near
        return min(near, key=lambda name: near[name], default="P" if branch < 3 else "S")

    def later_phases(self) -> dict[str, tuple[FloatArray, float, bool, float, float]]:
        """Return what ``explain`` takes of each later phase.

        Table, chance, whether it is P at the station, model error (s), and the log odds from
        which it is believed: a wrong PP can move a one-sided event by hundreds of kilometres.
        """
        found = {}
        for name, table in self.secondary.items():
            regional = name in {"Pg", "Pn", "Sg", "Sn", "Lg", "Rg"}
            chance = 0.4 if regional or name.startswith("PKP") else 0.1
            least = 0.0 if chance > FREQUENT else LEAST_LOG_ODDS
            found[name] = (table, chance, name[-1] in "Pbcfn" or name == "Pg", 2.0, least)
        return found

    def farthest_deg(self) -> float:
        """Return the distance at which the last first P comes."""
        return float(DELTAS_DEG[np.isfinite(self.first_p).any(axis=0)].max(initial=0.0))

    def kernel(self) -> tuple[FloatArray, ...]:
        """Return the tuple that the kernels take."""
        return (
            self.first_p,
            self.first_s,
            self.sigma_p_s,
            self.sigma_s_s,
            self.depths_km,
            self.branches,
        )


_HELD: dict[tuple[int, float], tuple[Predictor, TravelTables]] = {}


def tables_of(predictor: Predictor, sigma_scale: float) -> TravelTables:
    """Return the tables of a predictor; those of the last few are kept.

    Keyed by identity and held with the predictor, whose id can then not be used again.
    """
    key = (id(predictor), sigma_scale)
    if key not in _HELD:
        while len(_HELD) >= N_HELD:
            _HELD.pop(next(iter(_HELD)))
        _HELD[key] = predictor, sample(predictor, sigma_scale=sigma_scale)
    return _HELD[key][1]


def sample(predictor: Predictor, *, sigma_scale: float = 1.0) -> TravelTables:
    """Sample a predictor.

    Parameters
    ----------
    predictor : Predictor
        Of any model; phases it does not know are left out.
    sigma_scale : float
        Factor on its model errors.
    """
    known = set(predictor.phases)
    names = [n for n in dict.fromkeys(FIRST_P + FIRST_S + SECONDARY) if n in known]
    sites = _sites(DELTAS_DEG, 0.0)
    time = {name: np.empty((len(DEPTHS_KM), len(DELTAS_DEG))) for name in names}
    sigma = {}
    for name in names:
        for row, depth in enumerate(DEPTHS_KM):
            got = _predict(predictor, name, float(depth), sites)
            time[name][row] = got[0]
            if row == 0 or name not in sigma:
                sigma[name] = got[1]
            else:
                sigma[name] = np.where(np.isfinite(sigma[name]), sigma[name], got[1])
    first_p, sigma_p = _first([n for n in FIRST_P if n in known], time, sigma)
    first_s, sigma_s = _first([n for n in FIRST_S if n in known], time, sigma)
    return TravelTables(
        first_p,
        first_s,
        sigma_scale * sigma_p,
        sigma_scale * sigma_s,
        DEPTHS_KM,
        _branches(first_p, first_s, time),
        {n: _within_windows(n, time[n]) for n in SECONDARY if n in known},
        {n: time[n] for n in (*FIRST_P, *FIRST_S) if n in known},
        _rise(predictor, [n for n in FIRST_P if n in known]),
        _rise(predictor, [n for n in FIRST_S if n in known]),
    )


def _within_windows(phase: str, time_s: FloatArray) -> FloatArray:
    """Blank a later phase where it is not to be expected (``vigie.facts.phase_windows``).

    Branches that the table does not list stand under the phase they belong to; a phase without
    any window is never expected.
    """
    windows = windows_of(phase) or windows_of(_FAMILY.get(phase, ""))
    depth, delta = DEPTHS_KM[:, None], DELTAS_DEG[None, :]
    # A depth phase needs a depth.
    least_km = 10.0 if phase[0] in "ps" else 0.0
    expected = np.zeros(time_s.shape, dtype=np.bool_)
    for w in windows:
        expected |= (
            (delta >= w.min_delta_deg)
            & (delta <= w.max_delta_deg)
            & (depth >= max(w.min_depth_km, least_km))
            & (depth <= w.max_depth_km)
        )
    return np.where(expected, time_s, np.nan)


def _sites(delta_deg: FloatArray, elevation_m: float) -> Sites:
    latitude, longitude = destination(_PATH_LATITUDE, 0.0, _PATH_AZIMUTH, delta_deg)
    return Sites(latitude, longitude, np.full(len(delta_deg), elevation_m))


def _predict(
    predictor: Predictor, name: str, depth_km: float, sites: Sites
) -> tuple[FloatArray, FloatArray]:
    source = Hypocentre(_PATH_LATITUDE, 0.0, depth_km)
    got = predictor.predict([name] * len(sites.latitude), source, sites)
    return got.time_s, got.time_sigma_s


def _first(
    names: Sequence[str], time: dict[str, FloatArray], sigma: dict[str, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    shape = (len(DEPTHS_KM), len(DELTAS_DEG))
    first = np.full(shape, np.nan)
    error = np.full(len(DELTAS_DEG), np.nan)
    for name in names:
        earlier = np.isfinite(time[name]) & ~(first <= time[name])
        if name.startswith("PKP") or name == "PKIKP":
            earlier &= DELTAS_DEG > SHADOW_END_DEG
        elif name == "Pdiff":
            earlier &= DELTAS_DEG <= SHADOW_END_DEG
        first = np.where(earlier, time[name], first)
        fresh = earlier.any(axis=0) & np.isfinite(sigma[name])
        error = np.where(fresh, np.fmax(np.nan_to_num(error), sigma[name]), error)
    return first, np.where(np.isfinite(error), error, 1.0)


def _branches(first_p: FloatArray, first_s: FloatArray, time: dict[str, FloatArray]) -> FloatArray:
    nothing = np.full_like(first_p, np.nan)
    crustal = np.where(DELTAS_DEG < 12.0, time.get("Pg", nothing), np.nan)
    core = np.where(DELTAS_DEG > 140.0, time.get("PKPbc", nothing), np.nan)
    later_p = np.where(np.isfinite(crustal), crustal, core)
    last_p = np.where(DELTAS_DEG > 140.0, time.get("PKPab", nothing), np.nan)
    later_s = np.where(DELTAS_DEG < 12.0, time.get("Sg", nothing), np.nan)
    # Where a branch is the first arrival itself it is no alternative.
    later_p[np.abs(later_p - first_p) < 0.3] = np.nan
    last_p[np.abs(last_p - first_p) < 0.3] = np.nan
    later_s[np.abs(later_s - first_s) < 0.3] = np.nan
    return np.stack([first_p, later_p, last_p, first_s, later_s])


def _rise(predictor: Predictor, names: Sequence[str]) -> float:
    """Return the delay by a kilometre of elevation, the median over distances."""
    delta = np.array([0.5, 1.0, 2.0, 3.0, 30.0, 60.0])
    rises = []
    for name in names:
        low = _predict(predictor, name, 0.0, _sites(delta, 0.0))[0]
        high = _predict(predictor, name, 0.0, _sites(delta, 1000.0))[0]
        rises.extend((high - low)[np.isfinite(high - low)].tolist())
    return float(np.median(rises)) if rises else 0.0
