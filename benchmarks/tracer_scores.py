"""Scores of a puff in one fixed wind on ETEX-1: a test of reader, windows and statistics.

IT IS NO MEASURE OF SKILL: no weather goes in. The release is that of ETEX-1 (340 kg of PMCH,
1994-10-23 16:00 to 24 03:50 UTC, 48.058 N 2.008 W). The wind is the same everywhere and at all
times: from west-southwest (247.5 deg, the compass point between west and southwest), after the
description of the experiment ("a westerly air flow transported the tracer plume north-eastwards
across Europe", Nodop, Connolly and Girardi 1997, ETEX Symposium, Vienna); its 10 m/s and the mixing
depth of 1000 m are round numbers. All were set before the first score was computed; none was
changed after it.

Values below 10 pg/m3, the step of the measured values, count as not detected. Intervals (90 %) come
from 1000 resamples of stations, and of single samples beside it. As controls: the measured values
themselves, twice these, zeros, and each station's values in another order of time.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks._data import shared
from benchmarks._puff import PuffParams, PuffRelease, puff_concentrations, uniform_wind

from vigie.formats import Source, read_source
from vigie.records import NS_PER_S, parse_iso
from vigie.scoring import BelowLimit, ConcentrationParams, score_concentrations
from vigie.scoring.concentration_statistics import NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.records import TracerSample
    from vigie.scoring import ConcentrationScores

    FloatArray = NDArray[np.float64]

RELEASED_NS = parse_iso("1994-10-23T16:00:00Z")
RELEASE = PuffRelease(
    latitude=48.058,
    longitude=-2.008,
    start_s=0.0,
    stop_s=(parse_iso("1994-10-24T03:50:00Z") - RELEASED_NS) / NS_PER_S,
    mass=340.0e15,
)
"""340 kg in pg."""
WIND_M_S = 10.0
WIND_FROM_DEG = 247.5
LIMIT_PG_M3 = 10.0


def etex() -> tuple[TracerSample, ...]:
    """Return the samples of the first experiment."""
    path = shared("transport/tracer") / "etex1" / "meas-t1.txt"
    return read_source(Source(path.name, path.read_bytes()), strict=True).tracer_samples


def modelled(samples: tuple[TracerSample, ...]) -> FloatArray:
    """Return what puffs in the fixed wind give in the window of each sample, pg/m3."""
    toward = np.radians(WIND_FROM_DEG + 180.0)
    wind = uniform_wind(WIND_M_S * float(np.sin(toward)), WIND_M_S * float(np.cos(toward)))
    starts, stops = (
        np.array([(getattr(one, end) - RELEASED_NS) / NS_PER_S for one in samples])
        for end in ("start_ns", "stop_ns")
    )
    receptors = ([one.latitude for one in samples], [one.longitude for one in samples])
    return puff_concentrations(RELEASE, wind, receptors, (starts, stops), PuffParams())


def in_another_order(values: FloatArray, stations: NDArray[np.str_]) -> FloatArray:
    """Return each station's values shuffled in time."""
    rng = np.random.default_rng(1)
    shuffled = values.copy()
    for station in np.unique(stations):
        at = np.flatnonzero(stations == station)
        shuffled[at] = values[rng.permutation(at)]
    return shuffled


def told(scores: ConcentrationScores) -> dict[str, Any]:
    """Return scores with four decimals: value, low, high."""
    row: dict[str, Any] = {"pairs": scores.n_pairs, "scored": scores.n_scored}
    row["both detected"] = scores.n_both
    for name in NAMES:
        one = getattr(scores, name)
        row[name] = [None if x is None else round(x, 4) for x in (one.value, one.low, one.high)]
    return row


def measure() -> dict[str, object]:
    """Score the puff and the controls; seconds."""
    samples = etex()
    measured = np.array([one.value for one in samples])
    stations = np.array([one.station for one in samples])
    begin = time.process_time()
    puff = modelled(samples)
    middle = time.process_time()
    limit = {"detection_limit": LIMIT_PG_M3}
    by_samples = score_concentrations(measured, puff, **limit)
    end = time.process_time()
    half = ConcentrationParams(below=BelowLimit.HALF)
    controls = {
        "the measured values": measured,
        "twice the measured values": 2.0 * measured,
        "zeros": np.zeros_like(measured),
        "each station shuffled in time": in_another_order(measured, stations),
    }
    return {
        "what": "no measure of skill: one fixed wind, no weather; a test of reader and statistics",
        "wind": {"from_deg": WIND_FROM_DEG, "speed_m_s": WIND_M_S, "tuned": False},
        "columns": "value, low and high end of the 90 % interval; percentages as named",
        "largest_measured_pg_m3": float(measured.max()),
        "largest_modelled_pg_m3": round(float(puff.max()), 1),
        "puff, stations resampled": told(
            score_concentrations(measured, puff, groups=stations, **limit)
        ),
        "puff, samples resampled": told(by_samples),
        "puff, half the limit below it": told(
            score_concentrations(measured, puff, half, groups=stations, **limit)
        ),
        "puff, no limit": told(score_concentrations(measured, puff, groups=stations)),
        "controls": {
            name: told(score_concentrations(measured, values, groups=stations, **limit))
            for name, values in controls.items()
        },
        "seconds": {"puff": round(middle - begin, 2), "scores": round(end - middle, 2)},
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
