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
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.simulate.hydroacoustic import spectra
from vigie.simulate.hydroacoustic.ranges import SceneRanges, even, log_even

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

RATE_HZ = 250.0
SNR_BANDS_HZ = (
    (1.0, 2.0), (2.0, 4.0), (4.0, 8.0), (8.0, 16.0), (16.0, 32.0), (32.0, 64.0), (64.0, 100.0)
)  # fmt: skip
H10N_KM = ((0.0, 0.0), (-0.797, 1.977), (-2.363, 0.524))
"""East and north of the hydrophones of the northern triplet at Ascension."""
UPA_PA = 1e-6
SOUND_KM_S = 1.482
EXPLOSIONS = 3
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


@dataclass(frozen=True, slots=True)
class _Sound:
    """A signal at the reference point, and where it stands in time."""

    samples: FloatArray
    time_s: float
    end_s: float
    explosion: spectra.Explosion | None = None
    range_km: float | None = None


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
    for sound in _sounds(rng, params, subtype, ranges):
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
    sound: _Sound,
    wave: tuple[float, float],
    by_band: tuple[float, ...],
) -> Truth:
    blast = sound.explosion
    return Truth(
        kind=kind,
        subtype=subtype,
        time_s=sound.time_s,
        end_s=sound.end_s,
        azimuth_deg=wave[0],
        sound_km_s=wave[1],
        snr_db=max(by_band),
        snr_by_band_db=by_band,
        range_km=sound.range_km,
        charge_kg=blast.charge_kg if blast else None,
        depth_m=blast.depth_m if blast else None,
        bubble_period_s=blast.period_s if blast else None,
        ghost_delay_s=blast.ghost_s if blast else None,
        ghost=blast.ghost if blast else None,
    )


def ocean_noise(
    rng: np.random.Generator, places: FloatArray, count: int, ranges: SceneRanges
) -> FloatArray:
    """Return ocean noise at hydrophones, Pa, shape (n, count)."""
    level = UPA_PA**2 * 10.0 ** (even(rng, ranges.noise_db) / 10.0)
    slope = even(rng, ranges.noise_slope_db) / (10.0 * np.log10(2.0))

    def psd(freq_hz: FloatArray) -> FloatArray:
        return np.asarray(level * (np.maximum(freq_hz, 5.0) / 10.0) ** -slope)

    noise = spectra.colored_noise(rng, (len(places), count), RATE_HZ, psd)
    share = log_even(rng, ranges.ship_share)

    def shipping(freq_hz: FloatArray) -> FloatArray:
        hump = np.exp(-((np.log(np.maximum(freq_hz, 1.0) / 25.0)) ** 2))
        return np.asarray(share * psd(freq_hz) * hump)

    far = spectra.colored_noise(rng, (1, count), RATE_HZ, shipping)[0]
    return noise + crossed(far, places, even(rng, (0.0, 360.0)), SOUND_KM_S, None)


def crossed(
    samples: FloatArray,
    places: FloatArray,
    azimuth_deg: float,
    sound_km_s: float,
    range_km: float | None,
) -> FloatArray:
    """Return a signal at each hydrophone: a plane wave, or a circle about its source.

    Parameters
    ----------
    samples : ndarray, shape (m,)
        At the origin of ``places``.
    places : ndarray, shape (n, 2)
        East and north, km.
    azimuth_deg : float
        To the source.
    sound_km_s : float
    range_km : float or None
        Distance of the source; None for a plane wave.
    """
    angle = np.radians(azimuth_deg)
    toward = np.array([np.sin(angle), np.cos(angle)])
    if range_km is None:
        delay_s = -(places @ toward) / sound_km_s
    else:
        source = range_km * toward
        delay_s = (np.linalg.norm(source - places, axis=1) - range_km) / sound_km_s
    freq_hz = spectra.frequencies(len(samples), RATE_HZ)
    spectrum = np.fft.rfft(samples) * np.exp(-2j * np.pi * freq_hz * delay_s[:, None])
    return np.asarray(np.fft.irfft(spectrum, len(samples), axis=1))


def to_snr(
    wave: FloatArray, noise: FloatArray, time_s: float, end_s: float, snr_db: float
) -> tuple[FloatArray, tuple[float, ...]]:
    """Return the wave scaled to the wanted ratio, and the ratio in each band, dB."""
    first = max(round((time_s - 5.0) * RATE_HZ), 0)
    last = min(round((end_s + 15.0) * RATE_HZ), wave.shape[1])
    now = [_band_power(wave[0, first:last], band) for band in SNR_BANDS_HZ]
    usual = [_mean_power(noise[0], band) for band in SNR_BANDS_HZ]
    ratios = np.array(
        [10.0 * np.log10(max(a, 1e-300) / b) for a, b in zip(now, usual, strict=True)]
    )
    raised = snr_db - float(ratios.max())
    return wave * 10.0 ** (raised / 20.0), tuple((ratios + raised).tolist())


def _band_power(samples: FloatArray, band_hz: tuple[float, float]) -> float:
    """Return the power of the best second in a band."""
    freq_hz = spectra.frequencies(len(samples), RATE_HZ)
    inside = (freq_hz >= band_hz[0]) & (freq_hz < band_hz[1])
    part = np.fft.irfft(np.fft.rfft(samples) * inside, len(samples))
    sums = np.concatenate([[0.0], np.cumsum(part**2)])
    width = min(round(RATE_HZ), len(samples))
    return float(np.max(sums[width:] - sums[:-width])) / width


def _mean_power(samples: FloatArray, band_hz: tuple[float, float]) -> float:
    freq_hz = spectra.frequencies(len(samples), RATE_HZ)
    inside = (freq_hz >= band_hz[0]) & (freq_hz < band_hz[1])
    power = np.abs(np.fft.rfft(samples)) ** 2
    return float(2.0 * np.sum(power[inside])) / len(samples) ** 2


def _sounds(
    rng: np.random.Generator, params: SceneParams, subtype: str, ranges: SceneRanges
) -> Sequence[_Sound]:
    t_s = np.arange(round(params.duration_s * RATE_HZ)) / RATE_HZ
    if params.kind == "H":
        return _explosions(rng, params, t_s, ranges)
    if params.kind == "T":
        return [_earthquake(rng, params, t_s, ranges)]
    made = {"airgun": _shots, "whale": _calls, "ship": _passage, "ice": _tremor}.get(subtype)
    return made(rng, t_s, ranges) if made else []


def _passage(rng: np.random.Generator, t_s: FloatArray, ranges: SceneRanges) -> list[_Sound]:
    last = float(t_s[-1])
    return [_Sound(spectra.ship(rng, t_s, ranges), 0.3 * last, 0.7 * last)]


def _tremor(rng: np.random.Generator, t_s: FloatArray, ranges: SceneRanges) -> list[_Sound]:
    at = even(rng, (0.25, 0.5)) * float(t_s[-1])
    made = spectra.tremor(rng, t_s - at, ranges)
    return [_Sound(made, at, at + float(np.ptp(t_s[made != 0.0])))]


def _explosions(
    rng: np.random.Generator, params: SceneParams, t_s: FloatArray, ranges: SceneRanges
) -> list[_Sound]:
    freq_hz = spectra.frequencies(len(t_s), RATE_HZ)
    slot = params.duration_s / params.signals
    found = []
    for k in range(params.signals):
        blast = params.explosion or spectra.draw_explosion(rng, ranges)
        range_km = params.range_km or log_even(rng, ranges.range_km)
        at = (k + even(rng, (0.45, 0.75))) * slot
        spectrum = spectra.explosion_spectrum(freq_hz, blast)
        spectrum = spectrum * spectra.channel_spectrum(rng, freq_hz, range_km, ranges)
        spectrum *= np.exp(-2j * np.pi * freq_hz * at)
        made = np.fft.irfft(spectrum, len(t_s))
        first, last = _span(made)
        found.append(_Sound(made, first, last, blast, range_km))
    return found


def _span(samples: FloatArray, share: float = 0.005) -> tuple[float, float]:
    """Return between which times all but 1 % of the energy lies."""
    total = np.cumsum(samples**2)
    total = total / total[-1]
    first, last = np.searchsorted(total, [share, 1.0 - share])
    return float(first / RATE_HZ), float(last / RATE_HZ)


def _earthquake(
    rng: np.random.Generator, params: SceneParams, t_s: FloatArray, ranges: SceneRanges
) -> _Sound:
    spread = log_even(rng, ranges.spread_s)
    at = even(rng, (0.25, 0.4)) * params.duration_s
    made = spectra.t_phase(rng, t_s - at, spread, ranges)
    first, last = _span(made, 0.02)
    return _Sound(made, first, last, range_km=log_even(rng, ranges.range_km))


def _shots(rng: np.random.Generator, t_s: FloatArray, ranges: SceneRanges) -> list[_Sound]:
    freq_hz = spectra.frequencies(len(t_s), RATE_HZ)
    every = even(rng, ranges.shot_interval_s)
    array = spectra.Explosion(
        charge_kg=even(rng, (5.0, 50.0)),
        depth_m=even(rng, (5.0, 10.0)),
        grazing_deg=even(rng, ranges.grazing_deg),
        bubble=even(rng, ranges.shot_bubble),
        bubble_width=0.02,
        ghost=even(rng, ranges.ghost),
    )
    range_km = log_even(rng, (50.0, 1500.0))
    state = rng.integers(2**32)
    found = []
    for k in range(int((t_s[-1] - 20.0) / every)):
        at = 10.0 + every * (k + 0.01 * rng.normal())
        spectrum = spectra.explosion_spectrum(freq_hz, array)
        # Each shot goes the same way: the same modes.
        way = np.random.default_rng(state)
        spectrum = spectrum * spectra.channel_spectrum(way, freq_hz, range_km, ranges)
        made = np.fft.irfft(spectrum * np.exp(-2j * np.pi * freq_hz * at), len(t_s))
        first, last = _span(made)
        found.append(_Sound(made, first, last, range_km=range_km))
    return found


def _calls(rng: np.random.Generator, t_s: FloatArray, ranges: SceneRanges) -> list[_Sound]:
    every = even(rng, ranges.call_interval_s)
    state = rng.integers(2**32)
    found = []
    for k in range(int((t_s[-1] - 20.0) / every)):
        at = 10.0 + every * (k + 0.03 * rng.normal())
        made = spectra.whale_call(np.random.default_rng(state), t_s - at, ranges)
        first, last = _span(made)
        found.append(_Sound(made, first, last))
    return found
