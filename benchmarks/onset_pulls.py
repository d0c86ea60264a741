"""Onset picker on simulated onsets: error over stated standard error, by SNR and rise.

Half of the signals begin with a corner (a rise with one pole, sharper than any that went through
the Earth and a seismometer), half smoothly (three poles): no picker can suit both.
"""

from __future__ import annotations

import json

import numpy as np
from tests.support_signals import noise as ground_noise
from tests.support_signals import onset_signal, waveform

from vigie.records.time import seconds_between
from vigie.signal.detectors import StaLtaParams, leading_sta_lta, triggers
from vigie.signal.filters import BandPass, filter_causal
from vigie.signal.onset import refine_onset

BANDS = (
    (20.0, BandPass(0.5, 1.5)),
    (40.0, BandPass(1.0, 3.0)),
    (40.0, BandPass(1.0, 5.0)),
    (100.0, BandPass(2.0, 5.0)),
    (40.0, BandPass(4.0, 8.0)),
)
"""Sampling rate (Hz) and band."""
RISES = ((0.03, 1), (0.3, 1), (1.0, 1), (0.1, 3), (0.3, 3), (1.0, 3))
"""Rise time (s) and poles."""
SNRS = (3.5, 6.0, 12.0, 30.0, 100.0)


def simulate(
    rng: np.random.Generator, rate_hz: float, band: BandPass, rise: tuple[float, int], snr: float
) -> tuple[float, float] | None:
    """Pick one simulated onset; return error and standard error, or None where not detected.

    SNR is the largest rms of a second of signal over the rms of the noise, in the band.
    """
    n = round(90.0 * rate_hz)
    onset = 60.0 * rate_hz + rng.uniform(0.0, 1.0)
    noise = ground_noise(rng, n, rate_hz)
    signal = onset_signal(rng, n, rate_hz, onset, (rise[0], band.centre_hz, rise[1]))
    filtered = filter_causal(signal, rate_hz, band)
    second = np.convolve(filtered**2, np.full(round(rate_hz), 1.0 / rate_hz))[:n]
    peak = np.sqrt(second[int(onset) : int(onset + 5.0 * rate_hz)].max())
    in_band = filter_causal(noise, rate_hz, band)[round(20 * rate_hz) : round(55 * rate_hz)].std()
    trace = waveform(filter_causal(noise + signal * (snr * in_band / peak), rate_hz, band), rate_hz)
    ratio = leading_sta_lta(np.asarray(trace.samples), rate_hz, StaLtaParams()).ratio
    for on, _ in triggers(ratio, 3.0, 1.5):
        if 58.0 < on / rate_hz < 68.0:
            picked = refine_onset(trace, trace.time_ns(int(on)), band)
            if picked is None:
                return None
            return seconds_between(picked.time_ns, trace.time_ns(onset)), picked.sigma_s
    return None


def _median_pull(
    picks: dict[tuple[float, int], list[tuple[float, float] | None]], poles: int
) -> float:
    found = [p for (_, n), group in picks.items() if n == poles for p in group if p is not None]
    return round(float(np.median([error / sigma for error, sigma in found])), 2)


def measure(trials: int = 100, seed: int = 7) -> dict[str, object]:
    """Return detection rate, median error, median sigma and pulls of every case."""
    rng = np.random.default_rng(seed)
    rows = []
    for rate_hz, band in BANDS:
        for snr in SNRS:
            picks = {
                rise: [simulate(rng, rate_hz, band, rise, snr) for _ in range(trials)]
                for rise in RISES
            }
            found = np.array([p for group in picks.values() for p in group if p is not None])
            pulls = found[:, 0] / found[:, 1]
            medians = {poles: _median_pull(picks, poles) for poles in (1, 3)}
            rows.append(
                {
                    "band": str(band),
                    "rate_hz": rate_hz,
                    "snr": snr,
                    "detected": round(len(found) / (trials * len(RISES)), 3),
                    "median_error_s": round(float(np.median(found[:, 0])), 3),
                    "median_sigma_s": round(float(np.median(found[:, 1])), 3),
                    "pull_median": round(float(np.median(pulls)), 2),
                    "pull_median_corner": medians[1],
                    "pull_median_smooth": medians[3],
                    "pull_width": round(float(pulls.std()), 2),
                    "within_1_sigma": round(float(np.mean(np.abs(pulls) < 1.0)), 3),
                    "within_2_sigma": round(float(np.mean(np.abs(pulls) < 2.0)), 3),
                }
            )
    widths = [float(r["pull_width"]) for r in rows]  # type: ignore[arg-type]  # a float
    return {"trials": trials, "rows": rows, "narrowest": min(widths), "widest": max(widths)}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
