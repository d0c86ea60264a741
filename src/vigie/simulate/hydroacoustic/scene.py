"""A simulated record of a hydrophone triplet, with the truth of everything in it.

A scene holds signals of one kind: H (some explosions), T (one T phase) or N (airgun shots, whale
calls, a ship, ice tremor, or nothing), in ocean noise: incoherent, falling from 5 Hz on, with
distant shipping that is coherent from one direction. Waves cross the hydrophones' true places as
planes or as circles; those places sway by metres from the nominal ones that the processing knows.

Signals are scaled to a wanted signal-to-noise ratio: power of the signal alone, averaged over the
best second, over mean noise power, in the octave band where this is highest. Truth lists it for
each band. All from one generator: a seed gives the same scene.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.simulate.hydroacoustic import spectra
from vigie.simulate.hydroacoustic.ranges import SceneRanges, even
from vigie.simulate.hydroacoustic.sounds import Sound, sounds
from vigie.simulate.hydroacoustic.spectra import RATE_HZ
from vigie.simulate.hydroacoustic.waves import crossed, ocean_noise, to_snr

FloatArray = NDArray[np.float64]

H10N_KM = ((0.0, 0.0), (-0.797, 1.977), (-2.363, 0.524))
"""East and north of the hydrophones of the northern triplet at Ascension."""
EXPLOSIONS = 3
__all__ = ["RATE_HZ", "Scene", "SceneParams", "Truth", "crossed", "simulate_scene"]
NOISE_SUBTYPES = ("airgun", "whale", "ship", "ice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What one simulated signal is."""

    kind: str
    """``H``, ``T`` or ``N``."""
    subtype: str
    time_s: float
    """Arrival at the reference point, from the scene's start; of a T phase, its beginning."""
    end_s: float
    centroid_s: float
    """Mean time of its energy."""
    azimuth_deg: float
    sound_km_s: float
    snr_db: float
    """In the best band."""
    snr_by_band_db: tuple[float, ...]
    range_km: float | None = None
    charge_kg: float | None = None
    depth_m: float | None = None
    bubble_period_s: float | None = None
    ghost_delay_s: float | None = None
    """None through normal modes, where every ray has its own."""
    ghost: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A simulated record; pressure in Pa, shape (n, m)."""

    samples: FloatArray
    rate_hz: float
    offsets_km: FloatArray
    """Nominal places, as the station book has them."""
    truths: tuple[Truth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneParams:
    """What is put into a scene."""

    kind: str
    snr_db: float
    duration_s: float = 600.0
    subtype: str = ""
    """Of N: ``airgun``, ``whale``, ``ship``, ``ice`` or ``silence``; drawn where empty."""
    offsets_km: tuple[tuple[float, float], ...] = H10N_KM
    azimuth_deg: float | None = None
    range_km: float | None = None
    """Drawn where None."""
    signals: int = EXPLOSIONS
    """Explosions in an H scene."""
    explosion: spectra.Explosion | None = None
    """Drawn where None."""


def simulate_scene(rng: np.random.Generator, params: SceneParams, ranges: SceneRanges) -> Scene:
    """Simulate one record.

    Parameters
    ----------
    rng : Generator
    params : SceneParams
    ranges : SceneRanges
        What is drawn from.
    """
    nominal = np.array(params.offsets_km)
    count = round(params.duration_s * RATE_HZ)
    sway_km = 1e-3 * even(rng, ranges.sway_m)
    angle = rng.uniform(0.0, 2.0 * np.pi, len(nominal))
    # Sway is a pendulum of the whole mooring: about one size, any direction.
    places = nominal + sway_km * np.stack([np.sin(angle), np.cos(angle)], axis=1) * rng.uniform(
        0.3, 1.0, (len(nominal), 1)
    )
    noise = ocean_noise(rng, places, count, ranges)
    azimuth = params.azimuth_deg if params.azimuth_deg is not None else even(rng, (0.0, 360.0))
    subtype = _subtype(rng, params)
    samples = noise.copy()
    truths: list[Truth] = []
    speed = even(rng, (1.478, 1.488))
    for sound in sounds(rng, params, subtype, ranges):
        wave = crossed(sound.samples, places, azimuth, speed, sound.range_km)
        scaled, by_band = to_snr(wave, noise, sound.time_s, sound.end_s, params.snr_db)
        samples += scaled
        truths.append(_truth(params.kind, subtype, sound, (azimuth, speed), by_band))
    return Scene(samples, RATE_HZ, nominal, tuple(truths))


def _subtype(rng: np.random.Generator, params: SceneParams) -> str:
    if params.kind != "N":
        return {"H": "explosion", "T": "earthquake"}[params.kind]
    return params.subtype or str(rng.choice(NOISE_SUBTYPES))


def _truth(
    kind: str,
    subtype: str,
    sound: Sound,
    wave: tuple[float, float],
    by_band: tuple[float, ...],
) -> Truth:
    blast = sound.explosion
    return Truth(
        kind=kind,
        subtype=subtype,
        time_s=sound.time_s,
        end_s=sound.end_s,
        centroid_s=sound.centroid_s,
        azimuth_deg=wave[0],
        sound_km_s=wave[1],
        snr_db=max(by_band),
        snr_by_band_db=by_band,
        range_km=sound.range_km,
        charge_kg=blast.charge_kg if blast else None,
        depth_m=blast.depth_m if blast else None,
        bubble_period_s=blast.period_s if blast else None,
        ghost_delay_s=blast.ghost_s if blast and blast.ghost else None,
        ghost=blast.ghost if blast else None,
    )
