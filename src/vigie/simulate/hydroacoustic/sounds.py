"""The sounds of a scene at the reference hydrophone, before they cross the others.

An explosion goes either through some drawn modes (``spectra.channel_spectrum``) or through the
normal modes of an ocean (``normal_modes``), which makes the surface reflections itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.simulate.hydroacoustic import spectra
from vigie.simulate.hydroacoustic.normal_modes import normal_modes, path_spectrum
from vigie.simulate.hydroacoustic.ranges import SceneRanges, even, log_even
from vigie.simulate.hydroacoustic.spectra import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.simulate.hydroacoustic.scene import SceneParams

FloatArray = NDArray[np.float64]

TRAIN_S = (60.0, 20.0)
"""Before and after the arrival along the axis, of what normal modes make."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A signal at the reference point, and where it stands in time."""

    samples: FloatArray
    time_s: float
    end_s: float
    explosion: spectra.Explosion | None = None
    range_km: float | None = None

    @property
    def centroid_s(self) -> float:
        """Mean time of the energy."""
        power = self.samples**2
        return float(np.arange(len(power)) @ power / power.sum()) / RATE_HZ


def sounds(
    rng: np.random.Generator, params: SceneParams, subtype: str, ranges: SceneRanges
) -> Sequence[Sound]:
    """Return the sounds of a scene of one kind."""
    t_s = np.arange(round(params.duration_s * RATE_HZ)) / RATE_HZ
    if params.kind == "H":
        return _explosions(rng, params, t_s, ranges)
    if params.kind == "T":
        return [_earthquake(rng, params, t_s, ranges)]
    made = {"airgun": _shots, "whale": _calls, "ship": _passage, "ice": _tremor}.get(subtype)
    return made(rng, t_s, ranges) if made else []


def _passage(rng: np.random.Generator, t_s: FloatArray, ranges: SceneRanges) -> list[Sound]:
    last = float(t_s[-1])
    return [Sound(spectra.ship(rng, t_s, ranges), 0.3 * last, 0.7 * last)]


def _tremor(rng: np.random.Generator, t_s: FloatArray, ranges: SceneRanges) -> list[Sound]:
    at = even(rng, (0.25, 0.5)) * float(t_s[-1])
    made = spectra.tremor(rng, t_s - at, ranges)
    return [Sound(made, at, at + float(np.ptp(t_s[made != 0.0])))]


def _explosions(
    rng: np.random.Generator, params: SceneParams, t_s: FloatArray, ranges: SceneRanges
) -> list[Sound]:
    slot = params.duration_s / params.signals
    found = []
    for k in range(params.signals):
        blast = params.explosion or spectra.draw_explosion(rng, ranges)
        range_km = params.range_km or log_even(rng, ranges.range_km)
        at = (k + even(rng, (0.45, 0.75))) * slot
        if rng.uniform() < ranges.ocean_share:
            # The surface is part of the ocean: its reflections are not put in once more.
            blast = replace(blast, ghost=0.0)
            made = _through_ocean(rng, (blast, range_km), at, (len(t_s), ranges))
        else:
            freq_hz = spectra.frequencies(len(t_s), RATE_HZ)
            spectrum = spectra.explosion_spectrum(freq_hz, blast)
            spectrum = spectrum * spectra.channel_spectrum(rng, freq_hz, range_km, ranges)
            spectrum *= np.exp(-2j * np.pi * freq_hz * at)
            made = np.fft.irfft(spectrum, len(t_s))
        first, last = _span(made)
        found.append(Sound(made, first, last, blast, range_km))
    return found


def _through_ocean(
    rng: np.random.Generator,
    source: tuple[spectra.Explosion, float],
    at_s: float,
    record: tuple[int, SceneRanges],
) -> FloatArray:
    """Return the sound of an explosion at a distance (km) through the modes of an ocean."""
    (blast, range_km), (count, ranges) = source, record
    length = round(sum(TRAIN_S) * RATE_HZ)
    freq_hz = spectra.frequencies(length, RATE_HZ)
    modes = normal_modes(float(rng.choice(ranges.axis_depths_m)))
    depths_m = blast.depth_m, even(rng, ranges.hydrophone_m)
    spectrum = spectra.explosion_spectrum(freq_hz, blast)
    spectrum = spectrum * path_spectrum(freq_hz, modes, depths_m, range_km)
    spectrum *= spectra.band_gain(rng, freq_hz, ranges) * np.exp(-2j * np.pi * freq_hz * TRAIN_S[0])
    train = np.fft.irfft(spectrum, length)
    out = np.zeros(count)
    first = round((at_s - TRAIN_S[0]) * RATE_HZ)
    low, high = max(first, 0), min(first + length, count)
    out[low:high] = train[low - first : high - first]
    return out


def _span(samples: FloatArray, share: float = 0.005) -> tuple[float, float]:
    """Return between which times all but 1 % of the energy lies."""
    total = np.cumsum(samples**2)
    total = total / total[-1]
    first, last = np.searchsorted(total, [share, 1.0 - share])
    return float(first / RATE_HZ), float(last / RATE_HZ)


def _earthquake(
    rng: np.random.Generator, params: SceneParams, t_s: FloatArray, ranges: SceneRanges
) -> Sound:
    spread = log_even(rng, ranges.spread_s)
    at = even(rng, (0.25, 0.4)) * params.duration_s
    made = spectra.t_phase(rng, t_s - at, spread, ranges)
    first, last = _span(made, 0.02)
    return Sound(made, first, last, range_km=log_even(rng, ranges.range_km))


def _shots(rng: np.random.Generator, t_s: FloatArray, ranges: SceneRanges) -> list[Sound]:
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
        found.append(Sound(made, first, last, range_km=range_km))
    return found


def _calls(rng: np.random.Generator, t_s: FloatArray, ranges: SceneRanges) -> list[Sound]:
    every = even(rng, ranges.call_interval_s)
    state = rng.integers(2**32)
    found = []
    for k in range(int((t_s[-1] - 20.0) / every)):
        at = 10.0 + every * (k + 0.03 * rng.normal())
        made = spectra.whale_call(np.random.default_rng(state), t_s - at, ranges)
        first, last = _span(made)
        found.append(Sound(made, first, last))
    return found
