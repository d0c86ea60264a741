"""Two onsets seconds apart, the second stronger: how often each is found; and false splits.

The first is a burst of 0.4 s, or a signal that goes on and decays over 6 s; it has SNR 4, 8 or
20. The second follows after 2.5 to 8 s and is 2 to 10 times as strong. SNR and strength are
largest rms of a second, in 1-5 Hz. Single signals of SNR 5 to 300 with rise times of 0.03 to 3 s
tell how often one onset is taken for two.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from tests.support_signals import START_NS, onset_signal, waveform
from tests.support_signals import noise as ground_noise

from vigie.records.time import seconds_between
from vigie.seismic import process_station
from vigie.signal.filters import BandPass, filter_causal

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE_HZ = 40.0
BAND = BandPass(1.0, 5.0)
FIRST_S = 60.0
SEPARATIONS_S = (2.5, 4.0, 6.0, 8.0)
RATIOS = (2.0, 3.0, 5.0, 10.0)
RISES_S = (0.03, 0.3, 1.0, 3.0)


def _second_rms(samples: NDArray[np.float64]) -> float:
    """Largest rms of a second, in the band."""
    power = filter_causal(samples, RATE_HZ, BAND) ** 2
    n = round(RATE_HZ)
    return float(np.sqrt(np.convolve(power, np.full(n, 1.0 / n))[: len(power)].max()))


def _scaled(
    rng: np.random.Generator, onset_s: float, rise_s: float, rms: float
) -> NDArray[np.float64]:
    n = round(120.0 * RATE_HZ)
    shape = (rise_s, float(rng.uniform(1.5, 4.0)))
    signal = onset_signal(rng, n, RATE_HZ, onset_s * RATE_HZ, shape)
    return signal * (rms / _second_rms(signal))


def _noise(rng: np.random.Generator) -> tuple[NDArray[np.float64], float]:
    samples = ground_noise(rng, round(120.0 * RATE_HZ), RATE_HZ)
    return samples, float(filter_causal(samples, RATE_HZ, BAND)[400:].std())


def _burst(rng: np.random.Generator, rms: float) -> NDArray[np.float64]:
    """Return 0.4 s of white noise, as of an electrical fault."""
    samples = np.zeros(round(120.0 * RATE_HZ))
    first = round(FIRST_S * RATE_HZ)
    samples[first : first + round(0.4 * RATE_HZ)] = rng.standard_normal(round(0.4 * RATE_HZ))
    return samples * (rms / _second_rms(samples))


def _times_s(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    found = process_station([waveform(samples, RATE_HZ)]).detections
    return np.array([seconds_between(d.time_ns, START_NS) for d in found])


def pair(
    rng: np.random.Generator, kind: str, separation_s: float, ratio: float
) -> tuple[bool, ...]:
    """Tell whether the first and the second onset are found within 0.5 s."""
    samples, rms = _noise(rng)
    first_rms = float(rng.choice([4.0, 8.0, 20.0])) * rms
    first = _burst(rng, first_rms) if kind == "burst" else _scaled(rng, FIRST_S, 0.1, first_rms)
    second_s = FIRST_S + separation_s
    times_s = _times_s(samples + first + _scaled(rng, second_s, 0.1, ratio * first_rms))
    return tuple(bool((np.abs(times_s - at) <= 0.5).any()) for at in (FIRST_S, second_s))


def extra(rng: np.random.Generator, rise_s: float) -> int:
    """Count detections of one signal beyond the first, within 30 s."""
    samples, rms = _noise(rng)
    snr = float(np.exp(rng.uniform(np.log(5.0), np.log(300.0))))
    times_s = _times_s(samples + _scaled(rng, FIRST_S, rise_s, snr * rms))
    return max(int(((times_s > FIRST_S - 2.0) & (times_s < FIRST_S + 30.0)).sum()) - 1, 0)


def measure(trials: int = 30, seed: int = 11) -> dict[str, object]:
    """Return shares of first and second onsets found, and extra detections per single signal."""
    rng = np.random.default_rng(seed)
    rows = []
    for kind in ("burst", "going on"):
        for separation_s in SEPARATIONS_S:
            for ratio in RATIOS:
                found = np.array([pair(rng, kind, separation_s, ratio) for _ in range(trials)])
                first, second = (round(float(x), 2) for x in found.mean(axis=0))
                rows.append(
                    {
                        "first_is": kind,
                        "separation_s": separation_s,
                        "ratio": ratio,
                        "first_found": first,
                        "second_found": second,
                    }
                )
    singles = {
        str(rise): round(float(np.mean([extra(rng, rise) for _ in range(5 * trials)])), 3)
        for rise in RISES_S
    }
    return {"trials": trials, "rows": rows, "extra_detections_by_rise_s": singles}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
