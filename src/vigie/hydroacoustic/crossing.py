"""Waves that cross a triplet faster than sound in water: no H and no T.

Distant sound of the sea crosses at 1.45 to 1.52 km/s. P and S waves of the rock below cross at 3.5
km/s and more, and a pulse of the electronics is at all hydrophones at once. Their spectrum and
shape may be those of T or H, so the class must know the speed. Where the hydrophones record one
wave whose slowness is surely below that of 2.5 km/s, the chances of H and T are cut to a hundredth
and the phase is N, with the reason. (A clock error of 0.1 s on a triplet of 2 km moves the speed by
less.) A source among the hydrophones itself looks alike; it is told of, and is N too.

Source: the sheet of hydroacoustics, section 6 (a P wave is a seismic detection); the limits are
ours. Accuracy: ``docs/methods/hydroacoustic.md``. Cost: none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vigie.hydroacoustic.classify import Classified
    from vigie.hydroacoustic.direction import Direction

FAST_KM_S = 2.5
AT_ONCE_KM_S = 50.0
"""Speeds that cannot be told from this or more are of no wave in the Earth."""
SURE = 3.0
LEFT = 0.01
"""Share of the chances of H and T that is left."""


def is_too_fast(wave: Direction | None) -> bool:
    """Tell whether one wave crosses surely faster than sound in water."""
    if wave is None or not wave.coheres:
        return False
    slowness, sigma = _slowness(wave)
    return slowness + SURE * sigma < 1.0 / FAST_KM_S


def as_crossed(classified: Classified, wave: Direction | None) -> Classified:
    """Return the chances of the classes, knowing the speed of the wave."""
    if not is_too_fast(wave):
        return classified
    h, t = LEFT * classified.h, LEFT * classified.t
    return replace(classified, h=h, t=t, n=1.0 - h - t)


def told_of_crossing(wave: Direction | None) -> tuple[str, ...]:
    """Return in words why a wave is no sound of the sea, or has no azimuth; empty where it has."""
    if wave is None or wave.plausible or not wave.coheres:
        return ()
    slowness, sigma = _slowness(wave)
    if not is_too_fast(wave):
        speed = f"{1.0 / slowness:.2f} +- {wave.speed_sigma_km_s:.2f} km/s"
        return (f"no azimuth: crosses at {speed}, not as sound in water; is a clock wrong?",)
    if slowness - SURE * sigma < 1.0 / AT_ONCE_KM_S:
        what = "reaches all hydrophones at once: a pulse of the electronics"
    else:
        speed = f"{1.0 / slowness:.1f} km/s, faster than sound in water"
        what = f"crosses the hydrophones at {speed}: a seismic wave"
    return (f"{what}, or a source among the hydrophones; no H or T",)


def _slowness(wave: Direction) -> tuple[float, float]:
    """Return slowness and its standard error, s/km."""
    return float(np.hypot(*wave.slowness_s_per_km)), wave.speed_sigma_km_s / wave.speed_km_s**2
