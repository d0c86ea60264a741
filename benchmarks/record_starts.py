"""False detections at the starts of plain and tapered noise; how often tapers are recognised.

Noise shaped like the ground's, 40 Hz, 5 to 20 minutes; tapers of 0.5 to 5 % at each end.
Counted are records with a detection in the first ``EARLY_S``. Masked or not: with the search
for ramps, and with one that finds none.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from tests.support_signals import noise, waveform

from vigie.records.time import seconds_between
from vigie.seismic.chain import process_station
from vigie.seismic.recipe import default_recipe
from vigie.signal.quality import QualityParams
from vigie.signal.ramps import RampParams, ramp_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE_HZ = 40.0
N_RECORDS = 200
EARLY_S = 30.0
BLIND = QualityParams(ramp=RampParams(min_gain=math.inf))


def faded(samples: NDArray[np.float64], n: int, power: float) -> NDArray[np.float64]:
    """Return samples without mean that rise with a power of a sine over n samples at each end."""
    weights = np.sin(0.5 * np.pi * np.arange(n) / n) ** power
    result = samples - samples.mean()
    result[:n] *= weights
    result[-n:] *= weights[::-1]
    return np.asarray(result)


def early_detections(
    *, power: float | None, masked: bool, shares: tuple[float, float], n_records: int = N_RECORDS
) -> dict[str, float]:
    """Return the share of records with a false detection at the start, and of tapers found."""
    recipe = default_recipe(RATE_HZ)
    recipe = recipe if masked else replace(recipe, quality=BLIND)
    early = found = 0
    for seed in range(n_records):
        rng = np.random.default_rng(seed)
        n = round(rng.uniform(300.0, 1200.0) * RATE_HZ)
        length = round(rng.uniform(*shares) * n)
        samples = noise(rng, n, RATE_HZ)
        if power is not None:
            samples = faded(samples, length, power)
        found += ramp_length(samples, RATE_HZ, recipe.quality.ramp) > 0
        # The beginning is enough: nothing later is counted.
        start = waveform(samples[: max(round(200.0 * RATE_HZ), 3 * length)], RATE_HZ)
        detections = process_station([start], recipe=recipe).detections
        since_s = [seconds_between(d.time_ns, start.start_ns) for d in detections]
        early += any(t < EARLY_S for t in since_s)
    return {"records_with_early_detection": early / n_records, "tapers_found": found / n_records}


def measure(n_records: int = N_RECORDS) -> dict[str, object]:
    """Return all figures."""
    some = {"n_records": n_records}
    cases = {
        "plain": (None, (0.01, 0.02)),
        "hann": (2.0, (0.005, 0.05)),
        "sine": (1.0, (0.005, 0.05)),
    }
    return {
        f"{name}, {'masked' if masked else 'not masked'}": early_detections(
            power=power, masked=masked, shares=shares, **some
        )
        for name, (power, shares) in cases.items()
        for masked in (True, False)
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
