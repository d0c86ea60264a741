"""Standard error of predicted time, azimuth and slowness, by phase and distance.

What it computes: the error of the model, not of a reading; a locator adds both as squares.

Sources, which disagree, since some cover the tails of the residuals and others do not:

* NEIC locator: its weights are 1 / spread of the ak135 residuals of each phase in the NEIC
  bulletin (verification file of usgs/neic-locator). Pg 1.55 s and Sg 2.57 s at 0.29 deg; Pn 0.81 s
  at 0.7, 0.93 at 2, 1.12 at 4, 1.21 at 5.2 deg; Sn 1.20 s at 0.8; P 0.95 s at 57, 0.92 at 72 deg.
* LocOO3D examples, ak135: Pn 2.39 s at 2.98 deg, PcP 1.40 s at 34.4, P 1.30 s at 45.7 and 1.10 s
  at 73.1, PKPdf 1.346 s at 120.08 and 1.340 at 120.19, PKPbc 1.233 s at 150.83 and 1.228 at
  151.03 deg.
* Pn of North America against iasp91 (head-wave tomography, University of Toronto): rms 1.9 s at 2,
  2.5 at 6, 3.2 at 10, 4.3 s at 14 deg, errors of catalogues and picks included.

Taken: near and regional P follow the NEIC, with 1 s under a near station, since the crust of a
global model is wrong there too: few near stations must not outweigh all others. From 6 to 15 deg
they grow in the proportion of the third, then fall to the teleseismic values of LocOO3D, which
PcP and PKP follow as well. S: 1.7 to 2 times P in the crust (NEIC: Sg over Pg 1.66), 3 times in the
mantle, as the slopes of station anomalies have it (3.7, Doyle & Hales 1967, BSSA 57,
761-771). Later phases and guided waves are chosen, not measured. A table of one's own may be
given instead.

Assumption: errors of one station are Gaussian; correlation between stations is the
locator's affair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.earth.phases import canonical

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]
Nodes = tuple[tuple[float, float], ...]
"""(distance in deg, standard error in s), ascending; constant beyond the ends."""

# Nodes of all families after the sources in the module's docstring, which says what is chosen.
_P: Nodes = (
    (0.0, 1.0), (1.0, 1.1), (3.0, 1.15), (6.0, 1.25), (10.0, 1.6), (15.0, 2.0), (20.0, 1.8),
    (25.0, 1.6), (30.0, 1.4), (45.7, 1.30), (60.0, 1.15), (73.1, 1.10), (90.0, 1.15), (98.0, 1.4),
    (105.0, 1.8),
)  # fmt: skip
_S: Nodes = (
    (0.0, 1.9), (1.0, 2.0), (3.0, 2.3), (6.0, 3.2), (10.0, 4.8), (15.0, 6.0), (20.0, 5.2),
    (25.0, 4.5), (30.0, 4.0), (45.0, 3.8), (60.0, 3.4), (100.0, 3.6),
)  # fmt: skip
_PG: Nodes = ((0.0, 1.0), (1.0, 1.1), (3.0, 1.4), (10.0, 3.0), (20.0, 4.5))
"""Beyond a few degrees Pg is a bundle of guided rays whose onset wanders with the crust."""
_SG: Nodes = ((0.0, 1.9), (1.0, 2.0), (3.0, 2.5), (10.0, 5.0), (20.0, 7.5))
_PKP: Nodes = (
    (0.0, 1.4), (110.0, 1.4), (120.08, 1.3459), (120.19, 1.3404), (150.83, 1.2334),
    (151.03, 1.2276), (180.0, 1.3),
)  # fmt: skip


def _proportional(share: float, floor_s: float, speed_km_s: float, max_delta_deg: float) -> Nodes:
    """Error of a slow wave: a share of its travel time."""
    reach = np.linspace(0.0, max_delta_deg, 7)
    times = reach * 111.19 / speed_km_s
    return tuple(
        (float(x), float(max(share * t, floor_s))) for x, t in zip(reach, times, strict=True)
    )


TIME_SIGMA_S: dict[str, Nodes] = {
    "P": _P,
    "Pn": _P,
    "Pg": _PG,
    "Pb": _PG,
    "S": _S,
    "Sn": _S,
    "Sg": _SG,
    "Sb": _SG,
    "Lg": _proportional(0.015, 1.5, 3.5, 40.0),
    "Rg": _proportional(0.03, 2.0, 3.0, 10.0),
    "LR": _proportional(0.06, 15.0, 3.3, 180.0),
    "LQ": _proportional(0.06, 15.0, 3.8, 180.0),
    "T": _proportional(0.003, 3.0, 1.485, 180.0),
    "H": _proportional(0.0015, 2.0, 1.485, 180.0),
    "O": _proportional(0.003, 3.0, 1.485, 180.0),
    "I": _proportional(0.06, 10.0, 0.3, 180.0),
    "Pdiff": ((0.0, 1.8), (180.0, 2.5)),
    "Sdiff": ((0.0, 4.0), (180.0, 5.0)),
    "PcP": ((0.0, 1.4), (180.0, 1.4)),
    "PKiKP": ((0.0, 1.4), (180.0, 1.4)),
    **dict.fromkeys(("PKP", "PKPdf", "PKPbc"), _PKP),
    "PKPab": ((0.0, 1.7), (180.0, 1.9)),
    **dict.fromkeys(("pP", "pPKP", "pPKPdf", "pPKPbc", "pPKPab"), ((0.0, 1.8), (180.0, 1.8))),
    **dict.fromkeys(("sP", "sPKP", "sPKPdf", "sPKPbc", "sPKPab"), ((0.0, 2.0), (180.0, 2.0))),
    **dict.fromkeys(
        ("PP", "PcS", "ScP", "SKP", "SKPdf", "SKPbc", "SKPab"), ((0.0, 2.5), (180.0, 2.5))
    ),
    **dict.fromkeys(
        ("ScS", "SKS", "SKSac", "SKSdf", "SKKSac", "pS", "sS"), ((0.0, 3.0), (180.0, 3.0))
    ),
    "SS": ((0.0, 4.5), (180.0, 4.5)),
}
DEFAULT_NODES: Nodes = ((0.0, 2.5), (180.0, 2.5))
"""Multiple core phases and whatever else is not in the table."""


@lru_cache(maxsize=256)
def _columns(nodes: Nodes) -> tuple[FloatArray, FloatArray]:
    distance, error = np.array(nodes).T
    return distance, error


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelError:
    """Errors of the model; the defaults are described at the head of this module."""

    time_nodes: Mapping[str, Nodes] = field(default_factory=lambda: TIME_SIGMA_S)
    slowness_sigma_s_per_deg: float = 1.8
    """Of a well-measured slowness against the model, without station corrections: 1.78 at ASAR
    (20,035 readings; 0.48 once the IDC's corrections are applied). The arrays of three bulletins
    at hand scatter by 2.1 along the ray and 1.7 across; the IDC assumes 2.5."""
    azimuth_slowness_sigma_s_per_deg: float = 1.8
    """Lateral error of the slowness vector: azimuth error = asin(this / slowness). ASAR's azimuths
    scatter by 18.3 deg, 1.9 s/deg across at a slowness of 6."""
    max_azimuth_sigma_deg: float = 60.0
    max_share: float = 0.15
    """No error exceeds this share of the travel time, but for ``least_s``: a model whose crust is
    a sixth too fast is wrong by 0.2 s, not by 1 s, at a station 8 km away. Crustal P
    velocities lie within 10 to 15 % of the model's outside of sediments."""
    least_s: float = 0.05

    def bounded(self, sigma_s: FloatArray, time_s: FloatArray) -> FloatArray:
        """Return standard errors of predicted times, none beyond its share of the time."""
        limit = self.least_s + self.max_share * np.abs(time_s)
        return np.where(np.isnan(limit), sigma_s, np.minimum(sigma_s, limit))

    def nodes(self, phase: str) -> tuple[FloatArray, FloatArray]:
        """Return distances, deg, and standard errors, s, between which a phase's are linear."""
        return _columns(self.time_nodes.get(canonical(phase), DEFAULT_NODES))

    def time_sigma_s(self, phases: Sequence[str], delta_deg: FloatArray) -> FloatArray:
        """Return the standard error of each predicted time, shape (n,)."""
        sigma = np.empty(len(delta_deg))
        places: dict[str, list[int]] = {}
        for place, phase in enumerate(phases):
            places.setdefault(phase, []).append(place)
        for phase, rows in places.items():
            distance, error = self.nodes(phase)
            if len(places) == 1:
                return np.interp(delta_deg, distance, error)
            sigma[rows] = np.interp(delta_deg[rows], distance, error)
        return sigma

    def azimuth_sigma_deg(self, slowness_s_per_deg: FloatArray) -> FloatArray:
        """Return the standard error of predicted azimuths, from the size of the slowness."""
        size = np.abs(slowness_s_per_deg)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            ratio = np.minimum(self.azimuth_slowness_sigma_s_per_deg / size, 1.0)
        return np.minimum(np.degrees(np.arcsin(ratio)), self.max_azimuth_sigma_deg)
