"""Where the hops of many rays land: amplitude, reciprocal celerity and drift by azimuth and range.

What it computes: for each azimuth a fan of rays through each member of an ensemble of winds. A
bundle between two neighbouring rays carries energy in proportion to cos(elevation) d(elevation);
its hops land at n times its length, n = 1, 2, ..., weakened by absorption at a frequency.
Energies, and energy-weighted moments of reciprocal celerity and azimuth deviation, are summed in
bins of range, per phase by turning height, then smeared in range by what diffraction fills.
Source: ray-tube energy (see `rays`); the smearing is chosen. Assumptions: as `rays`. Accuracy and
cost: see `celerity`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.earth.atmosphere.eigenrays import PHASES, branches, fan_toward, phase_index
from vigie.earth.atmosphere.ensemble import perturbed
from vigie.earth.atmosphere.profile import resample
from vigie.earth.atmosphere.rays import Medium, Rays

if TYPE_CHECKING:
    from vigie.records import AtmosphereProfile

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingParams:
    """Rays, ensemble and bins; chosen so that halving changes mixtures less than their error."""

    n_members: int = 16
    """Members of the ensemble of winds."""
    n_rays: int = 120
    """Launch angles from 0.2 to 50 deg."""
    spacing_km: float = 0.5
    """Between the levels through which rays are traced."""
    freq_hz: float = 0.3
    """At which thermospheric arrivals are absorbed: between the microbaroms and the band of
    explosions of kilotons."""
    step_km: float = 10.0
    """Width of a bin of range."""
    longest_km: float = 3000.0
    """Last bin; beyond it everything stays as there."""
    smear_km: float = 20.0
    """Standard deviation of what diffraction fills around where rays land."""


DEFAULT_LANDING = LandingParams()


@dataclass(frozen=True, slots=True, eq=False)
class Landings:
    """By azimuth, range and phase: shape (azimuths, ranges, 3) where not said otherwise."""

    range_km: FloatArray
    """Middle of the bins, shape (ranges,)."""
    part: FloatArray
    """Of the amplitude of all phases, mean over the members: sums to the share of the members in
    which anything lands."""
    members: FloatArray
    """Share of the members with any landing of the phase."""
    mean_s_per_km: FloatArray
    """Reciprocal celerity; NaN where no ray lands."""
    sigma_s_per_km: FloatArray
    deviation_deg: FloatArray
    """Measured minus true back azimuth; NaN where no ray lands."""
    deviation_sigma_deg: FloatArray
    any_deviation_deg: FloatArray
    """The same over all ranges, shape (azimuths, 3); 0 where a phase has no ray at all."""
    any_deviation_sigma_deg: FloatArray
    any_mean_s_per_km: FloatArray
    """Reciprocal celerity over all ranges, shape (azimuths, 3); NaN where a phase has no ray."""
    any_sigma_s_per_km: FloatArray


def landings(
    profile: AtmosphereProfile,
    azimuth_deg: FloatArray,
    rng: np.random.Generator,
    params: LandingParams,
) -> Landings:
    """Trace fans toward azimuths through possible winds and sum where they land."""
    ground = max(profile.ground_km, float(profile.height_km[0]))
    heights = np.arange(ground, profile.height_km[-1], params.spacing_km)
    members = perturbed(resample(profile, heights), params.n_members, rng)
    media = [Medium.of_profile(member) for member in members]
    n_bins = int(params.longest_km / params.step_km)
    sums = np.zeros((len(azimuth_deg), len(media), 6, n_bins, len(PHASES)))
    for i, azimuth in enumerate(azimuth_deg):
        for k, medium in enumerate(media):
            sums[i, k] = _land(medium, float(azimuth), n_bins, params)
    return _summary(sums, params)


def _land(medium: Medium, azimuth_deg: float, n_bins: int, params: LandingParams) -> FloatArray:
    """Return (6, bins, phases): energy; weight, and its products with s, s^2, dev, dev^2."""
    elevation = 0.2 + 49.8 * np.linspace(0.0, 1.0, params.n_rays) ** 1.3
    fan = fan_toward(medium, azimuth_deg, elevation, n_turns=2)
    joined = branches(fan) & (fan.hop_km[:-1] > params.step_km) & (fan.hop_km[1:] > params.step_km)
    first, angle = np.flatnonzero(joined), np.radians(elevation)
    energy = np.cos(angle[first]) * (angle[first + 1] - angle[first])
    slowness = 1.0 / fan.celerity_km_s
    # The bundle is divided so that its hops fill the bins between those of its two rays.
    parts = 4
    shares = (np.arange(parts) + 0.5) / parts
    bundle = {
        name: (
            (1.0 - shares[:, None]) * column[first] + shares[:, None] * column[first + 1]
        ).ravel()
        for name, column in _columns(fan, slowness).items()
    }
    energy = np.tile(energy / parts, parts)
    # One row for each landing before the last bin ends.
    counts = (n_bins * params.step_km / bundle["hop_km"]).astype(np.int64)
    ray = np.repeat(np.arange(len(counts)), counts)
    hops = np.arange(len(ray)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    bins = np.minimum((hops * bundle["hop_km"][ray] / params.step_km).astype(np.int64), n_bins - 1)
    flat = bins * len(PHASES) + phase_index(bundle["turning_km"])[ray]
    left = np.exp(-hops * bundle["absorption"][ray] * params.freq_hz**2)
    s, dev = bundle["s"][ray], bundle["dev"][ray]
    # Energy falls with the square of what is left; single arrivals are seen by their amplitude.
    weights = (left**2, left, left * s, left * s**2, left * dev, left * dev**2)
    size = n_bins * len(PHASES)
    return np.stack(
        [
            np.bincount(flat, energy[ray] * weight, size).reshape(n_bins, len(PHASES))
            for weight in weights
        ]
    )


def _columns(fan: Rays, slowness: FloatArray) -> dict[str, FloatArray]:
    return {
        "hop_km": fan.hop_km,
        "s": slowness,
        "dev": fan.azimuth_deviation_deg,
        "absorption": fan.absorption_np_per_hz2,
        "turning_km": fan.turning_km,
    }


def _summary(sums: FloatArray, params: LandingParams) -> Landings:
    n_bins = sums.shape[3]
    centres = np.asarray((np.arange(n_bins) + 0.5) * params.step_km, dtype=np.float64)
    gap = (centres[:, None] - centres) / params.smear_km
    smear = np.exp(-0.5 * gap**2)
    smear /= smear.sum(axis=0)
    smeared = np.moveaxis(np.tensordot(smear, sums, axes=(1, 3)), 0, 3)
    # What smearing leaves far from where the phase lands is nothing that would be seen.
    energy = smeared[:, :, 0]
    floor = 1e-3 * energy.max(axis=2, keepdims=True)
    there = energy > floor
    # Every member in which the phase lands counts alike: the true wind is one of them, however
    # loud the others are.
    amplitude = np.where(there, np.sqrt(energy), 0.0)
    whole_amplitude = amplitude.sum(axis=3, keepdims=True)
    part = np.divide(
        amplitude, whole_amplitude, out=np.zeros_like(amplitude), where=whole_amplitude > 0.0
    ).mean(axis=1)
    share = np.divide(1.0, smeared[:, :, 1], out=np.zeros_like(energy), where=there)
    total = np.sum(smeared[:, :, 1:] * share[:, :, None], axis=1)
    mean, sigma = _moments(total[:, 0], total[:, 1], total[:, 2])
    deviation, deviation_sigma = _moments(total[:, 0], total[:, 3], total[:, 4])
    whole = total.sum(axis=2)
    any_deviation, any_sigma = _moments(whole[:, 0], whole[:, 3], whole[:, 4])
    return Landings(
        centres, part, there.mean(axis=1), mean, sigma, deviation, deviation_sigma,
        np.nan_to_num(any_deviation), np.nan_to_num(any_sigma, nan=3.0),
        *_moments(whole[:, 0], whole[:, 1], whole[:, 2]),
    )  # fmt: skip


def _moments(
    weight: FloatArray, first: FloatArray, second: FloatArray
) -> tuple[FloatArray, FloatArray]:
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(weight > 0.0, first / weight, np.nan)
        variance = np.where(weight > 0.0, second / weight - mean**2, np.nan)
    return mean, np.sqrt(np.maximum(variance, 0.0))
