"""A5/2 of sines under known responses: amplitude and period against what went in.

The ground moves as a sine of 0.9 to 4 Hz; the counts are made with the instrument's response by
its formula, not by vigie's, for a short-period seismometer (1 Hz) and a broadband one (120 s), both
sampled at 20 to 100 Hz, with an offset. The target is 0.5 % in amplitude.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np

from vigie.records import ChannelId, Response, ResponseStage, Waveform, parse_iso
from vigie.records.time import add_seconds
from vigie.seismic.amplitude import measure_a52
from vigie.signal.response import Calibration

if TYPE_CHECKING:
    from vigie.records import Amplitude

SEED = 52
N_CASES = 1500
RATES_HZ = (20.0, 25.0, 40.0, 50.0, 100.0)
BAND_HZ = (0.9, 4.0)
"""Within the band of A5/2, 0.8 to 4.5 Hz, and below the highest frequency of the lowest rate."""
INSTRUMENTS = {"short_period": (1.0, 0.7, 5e8), "broadband": (120.0, 0.707, 1.5e9)}
"""Free period, s; damping; counts per m/s in the flat part."""
ONSET_S, LENGTH_S = 80.0, 110.0
TARGET = 0.005


def counts_per_nm(instrument: str, freq_hz: float) -> complex:
    """Return the response of a damped pendulum with a velocity coil, counts per nm of ground."""
    period_s, damping, size = INSTRUMENTS[instrument]
    s, own = 2j * math.pi * freq_hz, 2.0 * math.pi / period_s
    velocity = size * s**2 / (s**2 + 2.0 * damping * own * s + own**2)
    return complex(velocity * s * 1e-9)


def response(instrument: str) -> Response:
    """Return the same as poles and zeros; far above the free period the gain is flat."""
    period_s, damping, size = INSTRUMENTS[instrument]
    own = 2.0 * math.pi / period_s
    poles = tuple(own * complex(-damping, b * math.sqrt(1.0 - damping**2)) for b in (1.0, -1.0))
    flat_hz = 20.0
    gain = abs(counts_per_nm(instrument, flat_hz)) / (2.0 * math.pi * flat_hz * 1e-9)
    stage = ResponseStage(kind="paz", gain=gain, gain_freq_hz=flat_hz, poles=poles, zeros=(0j, 0j))
    assert math.isclose(gain, size, rel_tol=0.01)
    return Response(input_unit="m/s", stages=(stage,))


def measure(n_cases: int = N_CASES) -> dict[str, object]:
    """Measure every case; return the errors and how many are beyond the target."""
    rng = np.random.default_rng(SEED)
    result: dict[str, object] = {"cases_each": n_cases, "target_percent": 100.0 * TARGET}
    for instrument in INSTRUMENTS:
        errors = [_errors(instrument, rng) for _ in range(n_cases)]
        found = np.array([e for e in errors if e is not None])
        amplitude, period = np.abs(found).T
        result[instrument] = {
            "measured": len(found),
            "largest_amplitude_percent": round(100.0 * float(amplitude.max()), 4),
            "p99_amplitude_percent": round(100.0 * float(np.quantile(amplitude, 0.99)), 4),
            "largest_period_percent": round(100.0 * float(period.max()), 4),
            "beyond_target": int(np.sum(amplitude > TARGET)),
        }
    return result


def _errors(instrument: str, rng: np.random.Generator) -> tuple[float, float] | None:
    """Return the relative errors of amplitude and period of one random sine."""
    freq_hz = float(rng.uniform(*BAND_HZ))
    rate_hz = float(rng.choice(RATES_HZ))
    amplitude_nm = float(10.0 ** rng.uniform(-1.0, 4.0))
    found = _measured(instrument, (freq_hz, rate_hz, amplitude_nm), float(rng.uniform(0.0, 6.28)))
    if found is None or found.period_s is None or found.unit != "nm":
        return None
    return found.value / amplitude_nm - 1.0, found.period_s * freq_hz - 1.0


def _measured(instrument: str, sine: tuple[float, float, float], phase: float) -> Amplitude | None:
    freq_hz, rate_hz, amplitude_nm = sine
    t = np.arange(round(LENGTH_S * rate_hz)) / rate_hz
    h = counts_per_nm(instrument, freq_hz)
    counts = amplitude_nm * abs(h) * np.sin(2.0 * np.pi * freq_hz * t + phase + np.angle(h))
    start_ns = parse_iso("2020-01-01T00:00:00Z")
    trace = Waveform(ChannelId("", "TEST", "", "BHZ"), start_ns, rate_hz, counts + 500.0)
    known = Calibration(response(instrument))
    return measure_a52(trace, add_seconds(start_ns, ONSET_S), known)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
