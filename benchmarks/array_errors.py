"""Do the standard errors of array azimuth and slowness hold? Pulls on simulated signals.

``python -m benchmarks.array_errors`` prints JSON. Arrays of 4, 6 and 9 elements (centre and
rings, jittered), apertures 0.5 to 20 km; a P wave train of 8.2 s/deg from a random azimuth, band
0.8 to 4.8 Hz, at amplitude signal-to-noise ratios of 1 to 30 in the window. Three laws:
``noise`` (noise only; the estimator is told that timing is exact), ``timing`` (20 ms of
element error, as the prior says), ``drawn`` (each array draws its own timing error about 20 ms
and its own bend of the wave of 2.5 s/deg, the shipped parameters).
A pull is an error over its stated sigma; its rms should be 1.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import KM_PER_DEG, angle_difference_deg
from vigie.signal.array_spectra import window_spectra
from vigie.signal.fk_params import FkParams
from vigie.signal.slowness import SlownessParams, estimate_slowness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

RATE_HZ = 20.0
SLOWNESS_S_PER_DEG = 8.2
LAWS = {
    "noise": SlownessParams(timing_sigma_s=0.0, model_sigma_s_per_deg=0.0),
    "timing": SlownessParams(model_sigma_s_per_deg=0.0),
    "drawn": SlownessParams(),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One setting of the simulation."""

    law: str
    elements: int
    aperture_km: float
    snr: float


def geometry(rng: np.random.Generator, elements: int, aperture_km: float) -> FloatArray:
    """Return a centre and one or two jittered rings, shape (n, 2)."""
    outer = elements - 1 if elements < 8 else (elements - 1) * 5 // 8
    inner = elements - 1 - outer
    angle = np.concatenate([np.arange(outer) / outer, np.arange(inner) / max(inner, 1) + 0.1])
    radius = np.concatenate([np.full(outer, 0.5), np.full(inner, 0.22)]) * aperture_km
    angle = 2.0 * np.pi * (angle + rng.uniform() + 0.04 * rng.normal(size=len(angle)))
    radius *= 1.0 + 0.08 * rng.normal(size=len(radius))
    ring = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    offsets = np.concatenate([np.zeros((1, 2)), ring])
    return np.asarray(offsets - offsets.mean(axis=0))


def simulate(rng: np.random.Generator, case: Case) -> tuple[float, float, float, float]:
    """Return azimuth error and sigma (deg), slowness error and sigma (s/deg) of one signal."""
    offsets = geometry(rng, case.elements, case.aperture_km)
    azimuth = rng.uniform(0.0, 360.0)
    size = SLOWNESS_S_PER_DEG / KM_PER_DEG
    bent = -size * np.array([np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))])
    timing = 0.0 if case.law == "noise" else 0.020
    if case.law == "drawn":
        timing *= float(np.sqrt(4.0 / rng.chisquare(4.0)))
        bent = bent + rng.normal(size=2) * 2.5 / KM_PER_DEG
    late = timing * rng.normal(size=case.elements)
    count = round(60 * RATE_HZ)
    freq = np.fft.rfftfreq(count, 1.0 / RATE_HZ)
    time = np.arange(count) / RATE_HZ
    source = rng.normal(size=count) * np.where(time > 25.0, np.exp(-(time - 25.0) / 3.0), 0.0)
    wave = np.fft.rfft(source) * ((freq > 0.8) & (freq < 4.8)) / (1.0 + (freq / 2.0) ** 2)
    delays = offsets @ bent + late
    signal = np.fft.irfft(wave * np.exp(-2j * np.pi * freq * delays[:, None]), count, axis=1)
    noise = np.fft.irfft(
        np.fft.rfft(rng.normal(size=signal.shape), axis=1) * ((freq > 0.5) & (freq < 6.0)), count
    )
    inside = (time > 24.0) & (time < 30.0)
    gain = case.snr * noise.std() / signal[:, inside].std()
    reach = 0.13 * float(np.linalg.norm(offsets, axis=1).max())
    fk = FkParams(
        band_hz=(1.0, 4.0),
        window_s=6.0 + 2.0 * reach,
        taper_fraction=0.2,
        pad_factor=2.0 if case.aperture_km > 3.0 else 1.0,
    )
    start = np.array([round((24.0 - reach) * RATE_HZ)])
    spectra = window_spectra(gain * signal + noise, RATE_HZ, fk, start)
    found = estimate_slowness(spectra, offsets, LAWS[case.law])
    return (
        float(angle_difference_deg(found.azimuth_deg, azimuth)),
        found.azimuth_deg_sigma,
        found.slowness_s_per_deg - SLOWNESS_S_PER_DEG,
        found.slowness_s_per_deg_sigma,
    )


def pulls(cases: list[Case], trials: int, seed: int = 7) -> FloatArray:
    """Return azimuth and slowness pulls, and sigmas, shape (cases, trials, 4)."""
    rng = np.random.default_rng(seed)
    rows = np.array([[simulate(rng, case) for _ in range(trials)] for case in cases])
    return np.stack(
        [rows[..., 0] / rows[..., 1], rows[..., 2] / rows[..., 3], rows[..., 1], rows[..., 3]],
        axis=-1,
    )


def rms(values: FloatArray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def measure(trials: int = 40) -> dict[str, object]:
    """Run all laws, sizes and ratios."""
    out: dict[str, object] = {"trials_per_case": trials}
    for law in LAWS:
        cases = [
            Case(law, n, aperture, snr)
            for n in (4, 6, 9)
            for aperture in (0.5, 2.0, 6.0, 20.0)
            for snr in (1.0, 3.0, 10.0, 30.0)
        ]
        found = pulls(cases, trials)
        table: dict[str, list[float]] = {}
        for key in ("aperture_km", "snr"):
            for value in sorted({float(getattr(c, key)) for c in cases}):
                rows = found[[getattr(c, key) == value for c in cases]]
                table[f"{key} {value:g}"] = [
                    round(rms(rows[..., 0]), 2),
                    round(rms(rows[..., 1]), 2),
                    round(float(np.median(rows[..., 2])), 2),
                    round(float(np.median(rows[..., 3])), 3),
                ]
        outside = float(np.mean(np.abs(found[..., :2]) > 3.0))
        out[law] = {
            "pull_azimuth": round(rms(found[..., 0]), 3),
            "pull_slowness": round(rms(found[..., 1]), 3),
            "share_beyond_3_sigma": round(outside, 4),
            "pull_az, pull_slow, median sigma_az_deg, median sigma_slow": table,
        }
    return out


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
