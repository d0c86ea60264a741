"""Amplitude A5/2 and its period in noise: error over stated standard error, by SNR.

The same signal is measured without and with ground-shaped noise; random signals with a smooth
rise, and wave packets of one frequency (0.9-3 Hz).
"""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray
from tests.support_signals import noise, onset_signal, waveform

from vigie.seismic.amplitude import measure_a52, measure_a52_and_period

FloatArray = NDArray[np.float64]

SNRS = (4.0, 10.0, 30.0, 100.0, 1000.0)
"""Amplitude over STAV."""
ONSET_S, LENGTH_S = 80.0, 120.0


def _signal(rng: np.random.Generator, rate_hz: float, kind: str) -> FloatArray:
    n, freq_hz = round(LENGTH_S * rate_hz), float(rng.uniform(0.9, 3.0))
    if kind == "random":
        return onset_signal(rng, n, rate_hz, ONSET_S * rate_hz, (0.2, freq_hz, 3))
    t = np.maximum(np.arange(n) / rate_hz - ONSET_S, 0.0)
    return np.asarray(np.sin(2.0 * np.pi * freq_hz * t + rng.uniform(0, 6)) * t * np.exp(-t / 1.5))


def pulls(
    rng: np.random.Generator, rate_hz: float, kind: str, snr: float
) -> tuple[float, float] | None:
    """Return the pulls of amplitude and period of one signal; None where not measured."""
    signal = 1e6 * _signal(rng, rate_hz, kind)
    quiet = noise(rng, len(signal), rate_hz)
    trace = waveform(signal, rate_hz)
    onset_ns = trace.time_ns(ONSET_S * rate_hz)
    true = measure_a52(trace, onset_ns)
    alone = measure_a52(waveform(quiet, rate_hz), onset_ns)
    if true is None or alone is None or not alone.snr or true.period_s is None:
        return None
    size = snr * alone.value / alone.snr
    found = measure_a52_and_period(
        waveform(quiet + signal * (size / true.value), rate_hz), onset_ns
    )
    if found is None:
        return None
    amplitude, period_sigma_s = found
    if amplitude.sigma is None or amplitude.period_s is None or not period_sigma_s:
        return None
    error_s = amplitude.period_s - true.period_s
    return (amplitude.value - size) / amplitude.sigma, error_s / period_sigma_s


def measure(trials: int = 100, seed: int = 3, rate_hz: float = 40.0) -> dict[str, object]:
    """Return medians of pulls and shares within one and two standard errors."""
    rng = np.random.default_rng(seed)
    rows = []
    for kind in ("random", "packet"):
        for snr in SNRS:
            made = [pulls(rng, rate_hz, kind, snr) for _ in range(trials)]
            found = np.array([p for p in made if p is not None])
            row: dict[str, object] = {"signals": kind, "snr": snr}
            for column, name in enumerate(("amplitude", "period")):
                values = found[:, column]
                row[f"{name}_pull_median"] = round(float(np.median(values)), 2)
                row[f"{name}_within_1_sigma"] = round(float(np.mean(np.abs(values) < 1.0)), 3)
                row[f"{name}_within_2_sigma"] = round(float(np.mean(np.abs(values) < 2.0)), 3)
            rows.append(row)
    return {"trials": trials, "rate_hz": rate_hz, "rows": rows}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
