"""S within seconds of P on three components: how often it is found, how well read; and false S.

An event is a P and an S, each of a sharp pulse and a coda that decays over 3 s, on noise of its own
on each component. P moves the vertical, and the horizontals by 0.35 of it in one direction; its
coda turns to all three alike, as scattered waves do. S moves the horizontals in a direction of its
own, and the vertical by 0.4 of that. Ratio: peak of S on the horizontals over peak of P on
the vertical. P has a peak of 8 to 300 times the noise.

False S: the same without S; smooth P at 1-4 Hz as of distant events; and noise alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tests.support_signals import START_NS, onset_signal
from tests.support_signals import noise as ground_noise

from vigie.records import ChannelId, Waveform
from vigie.records.time import seconds_between
from vigie.seismic import process_station

if TYPE_CHECKING:
    from vigie.records import Detection

FloatArray = NDArray[np.float64]

P_S = 60.0
LENGTH_S = 100.0
GAPS_S = (0.8, 1.2, 2.0, 3.0, 5.0, 8.0)
RATIOS = (0.7, 1.0, 2.0, 5.0)
RATES_HZ = (40.0, 100.0)


def _wave(
    rng: np.random.Generator, rate_hz: float, onset_s: float, freq_hz: float
) -> tuple[FloatArray, FloatArray]:
    """Return a pulse of peak 1 and a coda of peak 0.3, one per component, both from an onset on."""
    n = round(LENGTH_S * rate_hz)
    t = np.maximum(np.arange(n) / rate_hz - onset_s, 0.0)
    shape = (0.5 / freq_hz, freq_hz, 3)
    pulse = onset_signal(rng, n, rate_hz, onset_s * rate_hz, shape) * np.exp(-t / 0.2)
    coda = [
        onset_signal(rng, n, rate_hz, onset_s * rate_hz, shape) * np.exp(-t / 6.0) for _ in range(3)
    ]
    return pulse / np.abs(pulse).max(), np.array([0.3 * c / np.abs(c).max() for c in coda])


def event(
    rng: np.random.Generator, rate_hz: float, gap_s: float | None, ratio: float
) -> list[Waveform]:
    """Return Z, N and E of an event with S so long after P, or without S."""
    n = round(LENGTH_S * rate_hz)
    noise = np.array([ground_noise(rng, n, rate_hz) for _ in range(3)])
    size = np.exp(rng.uniform(np.log(8.0), np.log(300.0))) * noise.std()
    freq_hz = float(rng.uniform(3.0, min(12.0, 0.25 * rate_hz)))
    pulse, coda = _wave(rng, rate_hz, P_S, freq_hz)
    angle = rng.uniform(0.0, 2.0 * np.pi)
    ray = np.array([1.0, 0.35 * np.cos(angle), 0.35 * np.sin(angle)])
    moved = np.outer(ray, pulse) + coda
    if gap_s is not None:
        pulse, coda = _wave(rng, rate_hz, P_S + gap_s, 0.7 * freq_hz)
        angle = rng.uniform(0.0, 2.0 * np.pi)
        across = np.array([0.4, np.cos(angle), np.sin(angle)])
        moved += ratio * (np.outer(across, pulse) + coda)
    return _recorded(noise + size * moved, rate_hz)


def distant(rng: np.random.Generator, rate_hz: float) -> list[Waveform]:
    """Return Z, N and E of a P of 1-4 Hz that lasts, with what is scattered of it.

    Under the station a part of 0.1 to 0.5 is converted to S, and comes 0.3 to 4 s later; a second
    P, half to three times as strong, comes after 1 to 8 s.
    """
    n = round(LENGTH_S * rate_hz)
    noise = np.array([ground_noise(rng, n, rate_hz) for _ in range(3)])
    shape = (float(rng.choice([0.1, 0.3, 1.0])), float(rng.uniform(1.0, 4.0)), 3)
    waves = [onset_signal(rng, n, rate_hz, P_S * rate_hz, shape) for _ in range(4)]
    waves = [w / np.abs(w).max() for w in waves]
    size = np.exp(rng.uniform(np.log(4.0), np.log(300.0))) * noise.std()
    growth = 0.4 * (1.0 - np.exp(-np.maximum(np.arange(n) / rate_hz - P_S, 0.0) / 3.0))
    angle, tilt = rng.uniform(0.0, 2.0 * np.pi), rng.uniform(0.15, 0.45)
    ray = np.array([1.0, tilt * np.cos(angle), tilt * np.sin(angle)])
    moved = np.outer(ray, waves[0]) + growth * np.array(waves[1:])
    converted = rng.uniform(0.1, 0.5) * np.array([-0.2, np.cos(angle), np.sin(angle)])
    moved += np.outer(converted, _later(waves[0], rng.uniform(0.3, 4.0), rate_hz))
    second, after_s = rng.uniform(0.5, 3.0), rng.uniform(1.0, 8.0)
    moved += second * np.array([_later(m, after_s, rate_hz) for m in moved])
    return _recorded(noise + size * moved, rate_hz)


def _later(samples: FloatArray, by_s: float, rate_hz: float) -> FloatArray:
    shift = round(by_s * rate_hz)
    return np.concatenate([np.zeros(shift), samples[: len(samples) - shift]])


def _recorded(samples: FloatArray, rate_hz: float) -> list[Waveform]:
    return [
        Waveform(ChannelId("XX", "SYN", "", f"HH{code}"), START_NS, rate_hz, row)
        for code, row in zip("ZNE", samples, strict=True)
    ]


def is_s_behind_p(detection: Detection) -> bool:
    """Tell whether a detection came from the search for S behind P."""
    return "horizontals" in detection.method


def _found(traces: list[Waveform], gap_s: float) -> tuple[bool, bool, float, float] | None:
    """Return whether P and S are found, named S, with error and standard error of S."""
    found = process_station(traces).detections
    after = [(seconds_between(d.time_ns, START_NS) - P_S, d) for d in found]
    p = any(abs(t) <= 0.3 for t, _ in after)
    s = min(after, key=lambda x: abs(x[0] - gap_s), default=None)
    if s is None or abs(s[0] - gap_s) > 0.5:
        return None
    return p, s[1].phase in ("Sn", "Lg"), s[0] - gap_s, s[1].time_sigma_s or np.nan


def measure(trials: int = 40, seed: int = 19) -> dict[str, object]:
    """Return how often S is found by gap and ratio, its errors, and false S."""
    rng = np.random.default_rng(seed)
    rows = []
    for gap_s in GAPS_S:
        for ratio in RATIOS:
            rates = [RATES_HZ[i % 2] for i in range(trials)]
            found = [_found(event(rng, r, gap_s, ratio), gap_s) for r in rates]
            good = [f for f in found if f is not None]
            row: dict[str, object] = {"gap_s": gap_s, "ratio": ratio}
            row["found"] = round(len(good) / trials, 3)
            if good:
                errors = np.array([f[2:] for f in good])
                pulls = errors[:, 0] / errors[:, 1]
                row |= {
                    "named_s": round(float(np.mean([f[1] for f in good])), 3),
                    "median_error_s": round(float(np.median(errors[:, 0])), 3),
                    "median_sigma_s": round(float(np.median(errors[:, 1])), 3),
                    "within_1_sigma": round(float(np.mean(np.abs(pulls) < 1.0)), 3),
                    "within_2_sigma": round(float(np.mean(np.abs(pulls) < 2.0)), 3),
                }
            rows.append(row)
    return {"trials": trials, "rows": rows, "false_s": false_s(rng, 5 * trials)}


def false_s(rng: np.random.Generator, trials: int) -> dict[str, object]:
    """Return S per near P alone, per distant P alone, and per hour of noise."""

    def count(made: list[list[Waveform]]) -> int:
        return sum(is_s_behind_p(d) for m in made for d in process_station(m).detections)

    rates = [RATES_HZ[i % 2] for i in range(trials)]
    near = count([event(rng, r, None, 0.0) for r in rates])
    far = count([distant(rng, r) for r in rates])
    n, hours = round(3600.0 * 40.0), max(trials // 40, 1)
    quiet = count(
        [
            _recorded(np.array([ground_noise(rng, n, 40.0) for _ in range(3)]), 40.0)
            for _ in range(hours)
        ]
    )
    return {
        "near_p_alone": round(near / trials, 4),
        "distant_p_alone": round(far / trials, 4),
        "trials": trials,
        "noise_per_hour": round(quiet / hours, 4),
        "noise_hours": hours,
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
