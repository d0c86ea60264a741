"""Location of the San Juan event from simulated arrivals at its hydrophones.

Times are those of the ocean predictor at the wreck plus 3 s of noise, azimuths plus 0.5 deg, at
H10N, H10S, H04N and H04S; no errors of the model (``OceanOptions.error_scale`` is a thousandth).
How often the 90 % ellipse of the unchanged locator holds the wreck, and how long it is: with
times and azimuths, times alone, and one P (1 s) at a seismic station beside them. All arrivals are
simulated.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.earth import CombinedPredictor, Hypocentre, Sites, load_predictor
from vigie.earth.ocean import Ocean, OceanOptions, OceanPredictor
from vigie.errors import LocationError
from vigie.geodesy import geodesics
from vigie.network.location import LocateParams, locate
from vigie.records import NS_PER_S, Detection, Technology
from vigie.stations.ims import ims_inventory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.earth.base import Predictions, Predictor
    from vigie.records import Origin

WRECK = Hypocentre(-(45 + 56 / 60 + 59 / 3600), -(59 + 46 / 60 + 22 / 3600), 0.0)
HYDROPHONES = ("H10N", "H10S", "H04N", "H04S")
SEISMIC = "PLCA"
START_NS = 1_510_753_860 * NS_PER_S
TIME_SIGMA_S, AZIMUTH_SIGMA_DEG, P_SIGMA_S = 3.0, 0.5, 1.0


class Case(NamedTuple):
    """Which observations there are."""

    azimuths: bool
    seismic: bool


CASES = {
    "times_and_azimuths": Case(azimuths=True, seismic=False),
    "times": Case(azimuths=False, seismic=False),
    "times_and_one_p": Case(azimuths=False, seismic=True),
}


def measure(n_runs: int = 500) -> dict[str, object]:
    """Locate simulated sets of arrivals."""
    sea = OceanPredictor(Ocean(month=11), OceanOptions(error_scale=1e-3))
    # Starts lie anywhere, on land and behind it as well.
    predictor = CombinedPredictor(load_predictor("ak135"), sea.open_sea())
    codes = (*HYDROPHONES, SEISMIC)
    truth = predictor.predict(["H"] * 4 + ["P"], WRECK, _sites(codes))
    return {
        name: _case(case, predictor, truth, n_runs if case.azimuths else max(n_runs // 5, 2))
        for name, case in CASES.items()
    }


def _sites(codes: Sequence[str]) -> Sites:
    stations = {s.code: s for s in ims_inventory().stations}
    rows = [stations[code] for code in codes]
    return Sites(
        np.array([s.latitude for s in rows]),
        np.array([s.longitude for s in rows]),
        np.array([s.elevation_m for s in rows]),
        tuple(codes),
    )


def _case(case: Case, predictor: Predictor, truth: Predictions, n_runs: int) -> dict[str, object]:
    rng = np.random.default_rng(20171115)
    params = LocateParams(phases="keep", depth=0.0)
    inside, major, minor, refused = [], [], [], 0
    for _ in range(n_runs):
        try:
            origin = locate(
                "event", _arrivals(case, truth, rng), ims_inventory(), predictor, params
            )
        except LocationError:
            refused += 1
            continue
        assert origin.ellipse is not None
        inside.append(_holds(origin))
        major.append(origin.ellipse.semi_major_km)
        minor.append(origin.ellipse.semi_minor_km)
    return {
        "runs": n_runs,
        "refused": refused,
        "held_by_90_percent_ellipse": float(np.mean(inside)),
        "median_semi_axes_km": [float(np.median(major)), float(np.median(minor))],
    }


def _arrivals(case: Case, truth: Predictions, rng: np.random.Generator) -> list[Detection]:
    found = []
    for i, code in enumerate((*HYDROPHONES, SEISMIC)):
        sound = code in HYDROPHONES
        if not sound and not case.seismic:
            continue
        sigma = TIME_SIGMA_S if sound else P_SIGMA_S
        pointed = sound and case.azimuths
        azimuth = float(truth.seaz_deg[i] + AZIMUTH_SIGMA_DEG * rng.normal())
        found.append(
            Detection(
                id=code,
                station=code,
                time_ns=START_NS + round((truth.time_s[i] + sigma * rng.normal()) * NS_PER_S),
                time_sigma_s=sigma,
                phase="H" if sound else "P",
                azimuth_deg=azimuth % 360.0 if pointed else None,
                azimuth_deg_sigma=AZIMUTH_SIGMA_DEG if pointed else None,
                technology=Technology.HYDROACOUSTIC if sound else Technology.SEISMIC,
                simulated=True,
            )
        )
    return found


def _holds(origin: Origin) -> bool:
    """Tell whether the 90 % ellipse holds the wreck."""
    ellipse = origin.ellipse
    assert ellipse is not None
    away = geodesics(origin.latitude, origin.longitude, WRECK.latitude, WRECK.longitude)
    turn = np.radians(float(away.azimuth_deg) - ellipse.strike_deg)
    along = float(away.length_km) * np.cos(turn) / ellipse.semi_major_km
    across = float(away.length_km) * np.sin(turn) / ellipse.semi_minor_km
    return bool(np.hypot(along, across) <= 1.0)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
