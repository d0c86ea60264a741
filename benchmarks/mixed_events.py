"""Explosions in the sea that are heard as P, H and I, amid noise, through ``vigie associate``.

Places are drawn in the sea where two hydroacoustic facilities at least have an open path and two
infrasound arrays stand within 3,000 km. P is read at six seismic stations of the International
Monitoring System, H at all hydrophones with an open path that hear (four of five), I at the two
nearest arrays; times and azimuths have the errors of the models and of readings. A hundred
detections of noise of all technologies lie in the six hours around, a fifth of those at hydrophones
classed as H, three tenths as T. Everything is simulated.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from click.testing import CliRunner

from vigie.cli.main import main
from vigie.earth import CombinedPredictor, Hypocentre, load_predictor
from vigie.earth.ocean import Ocean, OceanPredictor
from vigie.formats.vigie_json import detections_document
from vigie.geodesy import KM_PER_DEG, distance_azimuths, geodesics
from vigie.network.hydro.readings import sites_of
from vigie.network.infrasound import Climatology
from vigie.records import NS_PER_S, Detection, Station, Technology
from vigie.records.time import add_seconds
from vigie.stations.ims import ims_inventory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

TIME_NS = 1_510_753_860 * NS_PER_S
MONTH = 11
N_P, N_I, N_NOISE = 6, 2, 100
HEARING = 0.8
SPAN_S = 6.0 * 3600.0
NOISE_SHARES = {
    Technology.SEISMIC: 0.5,
    Technology.HYDROACOUSTIC: 0.25,
    Technology.INFRASOUND: 0.25,
}
CLASSES = {"H": 0.2, "T": 0.3, "N": 0.5}


class Scene(NamedTuple):
    """A simulated explosion and what was detected."""

    place: Hypocentre
    truth: frozenset[str]
    """Names of the detections that are of it."""
    detections: tuple[Detection, ...]


class Network(NamedTuple):
    """Stations by technology, and what predicts their arrivals."""

    seismic: tuple[Station, ...]
    hydro: tuple[Station, ...]
    infrasound: tuple[Station, ...]
    predictor: CombinedPredictor


def network() -> Network:
    """Return the stations of the International Monitoring System and the ocean of the month."""
    by = {t: [] for t in NOISE_SHARES}  # type: dict[Technology, list[Station]]
    for station in ims_inventory().stations:
        if station.technology in by:
            by[station.technology].append(station)
    sea = OceanPredictor(Ocean(month=MONTH))
    return Network(
        tuple(s for s in by[Technology.SEISMIC] if (s.treaty_code or "").startswith("PS")),
        tuple(s for s in by[Technology.HYDROACOUSTIC] if s.elevation_m <= 0.0),
        tuple(by[Technology.INFRASOUND]),
        CombinedPredictor(load_predictor("ak135"), sea),
    )


class Case(NamedTuple):
    """Who hears the explosion."""

    n_p: int = N_P
    one_facility: bool = False
    """Whether only one hydroacoustic facility does, not all that can."""


CASES = {
    "p_h_and_i": Case(),
    "h_and_i": Case(n_p=0),
    "two_p_h_of_one_facility_and_i": Case(n_p=2, one_facility=True),
}


def draw_scene(
    net: Network, rng: np.random.Generator, case: Case | None = None, *, n_noise: int = N_NOISE
) -> Scene:
    """Draw a place and what is detected of it."""
    case = case or Case()
    while True:
        place = Hypocentre(
            float(np.degrees(np.arcsin(rng.uniform(-0.95, 0.95)))),
            float(rng.uniform(-180, 180)),
            0.0,
        )
        arrays = _nearest(net.infrasound, place, N_I)
        if _deg(arrays[-1], place) * KM_PER_DEG > 3000.0:
            continue
        heard = _h_arrivals(net, place, rng)
        if len({s.treaty_code for s, _ in heard}) >= 2:
            break
    if case.one_facility:
        heard = [(s, d) for s, d in heard if s.treaty_code == heard[0][0].treaty_code]
    own = [d for _, d in heard]
    own += _p_arrivals(net, place, rng, case.n_p)
    own += [_i_arrival(s, place, rng) for s in arrays]
    noise = [_noise(net, k, rng) for k in range(n_noise)]
    return Scene(place, frozenset(d.id for d in own), (*own, *noise))


def _deg(station: Station, place: Hypocentre) -> float:
    return float(distance_azimuths(*place[:2], station.latitude, station.longitude)[0])


def _nearest(stations: Sequence[Station], place: Hypocentre, n: int) -> list[Station]:
    return sorted(stations, key=lambda s: _deg(s, place))[:n]


def _h_arrivals(
    net: Network, place: Hypocentre, rng: np.random.Generator
) -> list[tuple[Station, Detection]]:
    found = net.predictor.predict(["H"] * len(net.hydro), place, sites_of(net.hydro))
    arrivals = []
    for k, station in enumerate(net.hydro):
        if not np.isfinite(found.time_s[k]) or rng.uniform() > HEARING:
            continue
        late_s = found.time_s[k] + rng.normal() * float(np.hypot(found.time_sigma_s[k], 2.0))
        p_h = float(rng.beta(8.0, 2.0))
        arrivals.append(
            (
                station,
                Detection(
                    id=f"H-{station.code}",
                    station=station.code,
                    time_ns=add_seconds(TIME_NS, float(late_s)),
                    time_sigma_s=2.0,
                    phase="H",
                    azimuth_deg=float(found.seaz_deg[k] + 0.7 * rng.normal()) % 360.0,
                    azimuth_deg_sigma=0.5,
                    technology=Technology.HYDROACOUSTIC,
                    class_probabilities=(
                        ("H", p_h), ("T", 0.6 * (1.0 - p_h)), ("N", 0.4 * (1.0 - p_h)),
                    ),
                    simulated=True,
                ),
            )
        )  # fmt: skip
    return arrivals


def _p_arrivals(
    net: Network, place: Hypocentre, rng: np.random.Generator, n: int
) -> list[Detection]:
    near = [s for s in net.seismic if 10.0 < _deg(s, place) < 95.0]
    chosen = [near[k] for k in rng.permutation(len(near))[:n]]
    found = net.predictor.predict(["P"] * len(chosen), place, sites_of(chosen))
    arrivals = []
    for k, station in enumerate(chosen):
        late_s = found.time_s[k] + rng.normal() * float(np.hypot(found.time_sigma_s[k], 0.4))
        azimuth = float(found.seaz_deg[k] + 8.0 * rng.normal()) % 360.0
        slowness = float(max(found.slowness_s_per_deg[k] + rng.normal(), 0.5))
        arrivals.append(
            Detection(
                id=f"P-{station.code}",
                station=station.code,
                time_ns=add_seconds(TIME_NS, float(late_s)),
                time_sigma_s=0.4,
                phase="P",
                azimuth_deg=azimuth if station.is_array else None,
                azimuth_deg_sigma=8.0 if station.is_array else None,
                slowness_s_per_deg=slowness if station.is_array else None,
                slowness_s_per_deg_sigma=1.0 if station.is_array else None,
                simulated=True,
            )
        )
    return arrivals


def _i_arrival(station: Station, place: Hypocentre, rng: np.random.Generator) -> Detection:
    away = distance_azimuths(*place[:2], station.latitude, station.longitude)
    range_km = float(away[0]) * KM_PER_DEG
    model = Climatology().model(place.latitude, TIME_NS)
    mixture = model.mixture(np.array([float(away[1])]), np.array([range_km]))
    k = int(rng.choice(mixture.weights.shape[1], p=mixture.weights[0] / mixture.weights[0].sum()))
    slow = mixture.means_s_per_km[0, k] + rng.normal() * mixture.sigmas_s_per_km[0, k]
    turned = mixture.azimuth_deviation_deg[0] + rng.normal() * float(
        np.hypot(mixture.azimuth_deviation_sigma_deg[0], 2.0)
    )
    return Detection(
        id=f"I-{station.code}",
        station=station.code,
        time_ns=add_seconds(TIME_NS, float(range_km * slow + 5.0 * rng.normal())),
        time_sigma_s=5.0,
        phase="I",
        azimuth_deg=float(away[2] + turned) % 360.0,
        azimuth_deg_sigma=1.5,
        technology=Technology.INFRASOUND,
        simulated=True,
    )


def _noise(net: Network, k: int, rng: np.random.Generator) -> Detection:
    technology = list(NOISE_SHARES)[int(rng.choice(3, p=list(NOISE_SHARES.values())))]
    stations = {
        Technology.SEISMIC: net.seismic,
        Technology.HYDROACOUSTIC: net.hydro,
        Technology.INFRASOUND: net.infrasound,
    }[technology]
    station = stations[int(rng.integers(len(stations)))]
    phase: str = {Technology.SEISMIC: "P", Technology.INFRASOUND: "I"}.get(technology, "")
    probabilities: tuple[tuple[str, float], ...] = ()
    if technology is Technology.HYDROACOUSTIC:
        phase = str(rng.choice(list(CLASSES), p=list(CLASSES.values())))
        others = [c for c in CLASSES if c != phase]
        own = float(rng.beta(8.0, 2.0))
        probabilities = ((phase, own), *((c, (1.0 - own) / 2.0) for c in others))
    pointed = technology is not Technology.SEISMIC or station.is_array
    sigma = {Technology.SEISMIC: 8.0, Technology.INFRASOUND: 1.5}.get(technology, 0.5)
    return Detection(
        id=f"noise-{k}",
        station=station.code,
        time_ns=add_seconds(TIME_NS, float(rng.uniform(-0.2, 0.8) * SPAN_S)),
        time_sigma_s={Technology.SEISMIC: 0.4, Technology.INFRASOUND: 5.0}.get(technology, 2.0),
        phase=phase,
        azimuth_deg=float(rng.uniform(0.0, 360.0)) if pointed else None,
        azimuth_deg_sigma=sigma if pointed else None,
        slowness_s_per_deg=float(rng.uniform(3.0, 20.0))
        if station.is_array and technology is Technology.SEISMIC
        else None,
        slowness_s_per_deg_sigma=1.0
        if station.is_array and technology is Technology.SEISMIC
        else None,
        technology=technology,
        class_probabilities=probabilities,
        simulated=True,
    )


class Outcome(NamedTuple):
    """What the association made of one scene."""

    n_true: int
    """Events that hold detections of the explosion."""
    n_false: int
    complete: bool
    """One event, with two thirds of the P, two H (or all) and one I or more that define it."""
    defining: dict[str, int]
    strange: int
    """Detections of noise that define it."""
    off_km: float
    inside: bool
    semi_major_km: float
    seconds: float


def run_scene(scene: Scene, folder: Path) -> Outcome:
    """Associate one scene through the command line."""
    path = folder / "detections.json"
    path.write_text(json.dumps(detections_document(scene.detections)), encoding="utf-8")
    start = process_time()
    done = CliRunner().invoke(main, ["associate", str(path), "--json"])
    seconds = process_time() - start
    assert done.exit_code == 0, done.output
    events = json.loads(done.stdout)["events"]
    return outcome(events, scene, seconds)


def outcome(events: list[dict[str, Any]], scene: Scene, seconds: float) -> Outcome:
    """Compare events of a JSON document with the truth."""
    own = [e for e in events if _defining(e) & scene.truth]
    good = [e for e in own if len(_defining(e) & scene.truth) * 2 > len(_defining(e))]
    n_false = len(events) - len(own)
    if not good:
        nothing = dict.fromkeys("PHI", 0)
        return Outcome(len(own), n_false, False, nothing, 0, np.nan, False, np.nan, seconds)
    best = max(good, key=lambda e: len(_defining(e) & scene.truth))
    names = _defining(best)
    counts = {t: sum(n.startswith(f"{t}-") for n in names) for t in "PHI"}
    n_p, n_h = (sum(name.startswith(t) for name in scene.truth) for t in ("P-", "H-"))
    complete = (
        len(own) == 1
        and counts["P"] >= 2 * n_p // 3
        and counts["H"] >= min(2, n_h)
        and counts["I"] >= 1
    )
    origin = best["origin"]
    away = geodesics(origin["latitude"], origin["longitude"], *scene.place[:2])
    ellipse = origin["ellipse"]
    turn = np.radians(float(away.azimuth_deg) - ellipse["strike_deg"])
    off_km = float(away.length_km)
    held = np.hypot(
        off_km * np.cos(turn) / ellipse["semi_major_km"],
        off_km * np.sin(turn) / ellipse["semi_minor_km"],
    )
    strange = len(names - scene.truth)
    return Outcome(
        len(own),
        n_false,
        complete,
        counts,
        strange,
        off_km,
        bool(held <= 1.0),
        float(ellipse["semi_major_km"]),
        seconds,
    )


def _defining(event: dict[str, Any]) -> set[str]:
    return {a["detection_id"] for a in event["arrivals"] if a["defining"]}


def noise_alone(net: Network, n_runs: int, rng: np.random.Generator) -> dict[str, object]:
    """Associate noise alone, a hundred detections at a time, and count the events."""
    n_events = 0
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(n_runs):
            noise = tuple(_noise(net, k, rng) for k in range(N_NOISE))
            scene = Scene(Hypocentre(0.0, 0.0, 0.0), frozenset(), noise)
            n_events += run_scene(scene, Path(folder)).n_false
    return {"scenes": n_runs, "events": n_events}


def measure(n_runs: int = 40, *, seed: int = 20171115) -> dict[str, object]:
    """Associate simulated scenes of each case, and noise alone."""
    net = network()
    found: dict[str, object] = {
        "noise_alone": noise_alone(net, n_runs, np.random.default_rng(seed))
    }
    for name, case in CASES.items():
        rng = np.random.default_rng(seed)
        outcomes = []
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(n_runs):
                scene = draw_scene(net, rng, case)
                outcomes.append(run_scene(scene, Path(folder)))
        found[name] = summary(outcomes)
    return found


def summary(outcomes: list[Outcome]) -> dict[str, object]:
    """Return shares and medians."""
    placed = [o for o in outcomes if np.isfinite(o.off_km)]
    return {
        "scenes": len(outcomes),
        "one_event_with_all_technologies": sum(o.complete for o in outcomes),
        "found": len(placed),
        "split": sum(o.n_true > 1 for o in outcomes),
        "false_events": sum(o.n_false for o in outcomes),
        "noise_that_defines": sum(o.strange for o in outcomes),
        "median_off_km": float(np.median([o.off_km for o in placed])) if placed else None,
        "held_by_90_percent_ellipse": sum(o.inside for o in placed),
        "median_semi_major_km": float(np.median([o.semi_major_km for o in placed]))
        if placed
        else None,
        "median_seconds": float(np.median([o.seconds for o in outcomes])),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
