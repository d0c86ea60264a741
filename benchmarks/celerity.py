"""How well celerity mixtures say what rays through the true wind do.

Two measurements. *Winds within the stated errors*: the true wind of a case is the profile's plus
errors of the stated size that the model has not seen; the model has the profile. *Climatology
against real profiles*: the model has only latitude and date, the truth is a real analysis profile
(39 N, autumn 2011). An arrival is drawn among the eigenrays of the true wind in proportion to its
amplitude, and its reciprocal celerity and azimuth deviation are looked up in the mixture:
where the mixture is honest the 90 % interval holds 90 %. Also the error of the climatology itself.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from benchmarks._data import shared
from numpy.typing import NDArray

from vigie.earth.atmosphere import CelerityModel, Medium, climatology, find_eigenrays, resample
from vigie.earth.atmosphere.eigenrays import FanParams, phase_index
from vigie.earth.atmosphere.ensemble import perturbed
from vigie.formats import Source, format_named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.earth.atmosphere import CelerityMixture
    from vigie.records import AtmosphereProfile

FloatArray = NDArray[np.float64]

FREQ_HZ = 0.3
RANGES_KM = (150.0, 1500.0)


def profiles() -> list[AtmosphereProfile]:
    """Return the real profiles, sorted by name."""
    found = sorted(shared("infrasound/g2s").glob("g2stxt*.dat"))
    read = [format_named("g2s").read(Source(p.name, p.read_bytes())) for p in found]
    return [contents.profiles[0] for contents in read]


def arrival(
    truth: Medium, azimuth_deg: float, range_km: float, rng: np.random.Generator
) -> tuple[float, float, int] | None:
    """Draw reciprocal celerity, azimuth deviation and phase of an eigenray; None in a shadow."""
    found = find_eigenrays(truth, azimuth_deg, range_km, FanParams(n_rays=150, max_hops=10))
    if not len(found.hops):
        return None
    lost = found.hops * found.rays.absorption_np_per_hz2 * FREQ_HZ**2
    weight = np.exp(-(lost - lost.min()))
    chosen = rng.choice(len(weight), p=weight / weight.sum())
    return (
        float(found.travel_time_s[chosen] / range_km),
        float(found.rays.azimuth_deviation_deg[chosen]),
        int(phase_index(found.rays.turning_km[chosen : chosen + 1])[0]),
    )


def _below(mixture: CelerityMixture, means: FloatArray, sigmas: FloatArray, value: float) -> float:
    """Return the share of the mixture of the phases below a value."""
    from scipy.stats import norm

    return float(np.sum(mixture.weights[0] * norm.cdf((value - means) / sigmas)))


def coverage(
    cases: Iterable[tuple[CelerityModel, Medium]], n_each: int, rng: np.random.Generator
) -> dict[str, object]:
    """Return how often intervals hold what happens, over models and true media."""
    levels, turns, residuals, n_shadow = [], [], [], 0
    for model, truth in cases:
        for _ in range(n_each):
            azimuth, distance = rng.uniform(0.0, 360.0), rng.uniform(*RANGES_KM)
            drawn = arrival(truth, azimuth, distance, rng)
            if drawn is None:
                n_shadow += 1
                continue
            mixture = model.mixture(azimuth, distance)
            slowness = mixture.means_s_per_km[0]
            levels.append(_below(mixture, slowness, mixture.sigmas_s_per_km[0], drawn[0]))
            residuals.append(drawn[1] - mixture.azimuth_deviation_deg[0])
            sigma = mixture.phase_deviation_sigmas_deg[0]
            turns.append(_below(mixture, mixture.phase_deviations_deg[0], sigma, drawn[1]))
    level, turn = np.array(levels), np.array(turns)
    return {
        "arrivals": len(level),
        "no_ray_arrives": n_shadow,
        "celerity_in_90_percent": round(float(np.mean(np.abs(level - 0.5) < 0.45)), 3),
        "celerity_in_50_percent": round(float(np.mean(np.abs(level - 0.5) < 0.25)), 3),
        "azimuth_in_90_percent": round(float(np.mean(np.abs(turn - 0.5) < 0.45)), 3),
        "azimuth_in_50_percent": round(float(np.mean(np.abs(turn - 0.5) < 0.25)), 3),
        "azimuth_residual_rms_deg": round(float(np.sqrt(np.mean(np.square(residuals)))), 2),
    }


def within_errors(n_truths: int, n_each: int, rng: np.random.Generator) -> dict[str, object]:
    """Measure with true winds drawn around each real profile."""

    def cases() -> Iterable[tuple[CelerityModel, Medium]]:
        for profile in profiles():
            heights = np.arange(profile.ground_km, 149.0, 0.5)
            model = CelerityModel(profile, rng)
            for truth in perturbed(resample(profile, heights), n_truths, rng):
                yield model, Medium.of_profile(truth)

    return coverage(cases(), n_each, rng)


def against_real(n_each: int, rng: np.random.Generator) -> dict[str, object]:
    """Measure the climatology's mixtures against rays through real profiles."""

    def cases() -> Iterable[tuple[CelerityModel, Medium]]:
        for profile in profiles():
            if profile.latitude is not None and profile.time_ns is not None:
                model = CelerityModel.of_climatology(profile.latitude, profile.time_ns, rng)
                yield model, Medium.of_profile(profile, spacing_km=0.5)

    return coverage(cases(), n_each, rng)


def climatology_errors() -> dict[str, object]:
    """Return rms differences and scores of wind, and rms of temperature, by height."""
    rows: dict[str, object] = {}
    for low, high in ((0, 20), (20, 40), (40, 60), (60, 80), (80, 100)):
        zonal, meridional, temperature, scores = [], [], [], []
        for real in profiles():
            if real.latitude is None:
                continue
            mean = climatology(latitude=real.latitude, time_ns=real.time_ns)
            rows_in = (mean.height_km >= low) & (mean.height_km < high)
            z = mean.height_km[rows_in]
            u = np.interp(z, real.height_km, real.zonal_m_s) - mean.zonal_m_s[rows_in]
            v = np.interp(z, real.height_km, real.meridional_m_s) - mean.meridional_m_s[rows_in]
            t = np.interp(z, real.height_km, real.temperature_k) - mean.temperature_k[rows_in]
            zonal.append(u)
            meridional.append(v)
            temperature.append(t)
            if mean.zonal_sigma_m_s is not None and mean.meridional_sigma_m_s is not None:
                scores += [
                    u / mean.zonal_sigma_m_s[rows_in],
                    v / mean.meridional_sigma_m_s[rows_in],
                ]
        rows[f"{low}-{high} km"] = {
            "zonal_rms_m_s": _rms(zonal),
            "meridional_rms_m_s": _rms(meridional),
            "temperature_rms_k": _rms(temperature),
            "wind_within_one_sigma": round(float(np.mean(np.abs(np.concatenate(scores)) < 1)), 2),
        }
    return rows


def _rms(parts: list[FloatArray]) -> float:
    return round(float(np.sqrt(np.mean(np.concatenate(parts) ** 2))), 1)


def measure() -> dict[str, object]:
    """Run all; two minutes."""
    rng = np.random.default_rng(20120827)
    return {
        "winds_within_stated_errors": within_errors(12, 8, rng),
        "climatology_against_real_profiles": against_real(60, rng),
        "climatology": climatology_errors(),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
