"""Families that are lobes of a wave PMCC does not look for: too slow or too fast to be sound.

Eddies that the wind carries across an array, and waves of the ground, are coherent too. At lags
whole periods beside theirs PMCC finds families of the speed of sound, from any direction: noise
(N). A wave of another speed may also precede a blast by seconds, and its windows overlap those of
the blast. So a family is a lobe only where all of this holds:

1. such a wave is what the nearest window shows for most of those of its pixels that overlap any;
2. no window then shows a plane wave of the family's own slowness;
3. its slowness does not stay over its bands: that of a lobe lies whole periods beside the wave's,
   so their difference grows with the period.

At three elements a wrong clock makes such waves of sound: there it is only told.

Source: ours. Accuracy: ``docs/methods/pmcc.md``. Cost: none beside that of the windows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.infrasound.categories import NOISE, SIGNAL
from vigie.records.time import seconds_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vigie.signal.array_faults import WindowVerdict
    from vigie.signal.pmcc import Family, Pixels

LOBE = "lobe of a wave slower or faster than sound"
OTHER_SPEED = 1.25
"""A factor by which the speeds differ at least."""
SAME_SHARE = 0.2
"""Slownesses so near, as a share of a family's, are of one wave (11 degrees, a fifth in speed)."""
STAYS = -0.15
"""Power of frequency with which the difference of slownesses goes: of blasts 0.00 to 0.02, of lobes
-0.95 to -0.26 (simulated) ..."""
BREADTH = 1.9
"""... where the middles of a family's bands span an octave."""
THREE = 3


class Crossing(NamedTuple):
    """A window, timed from the start of the record."""

    start_s: float
    end_s: float
    band_hz: tuple[float, float]
    velocity_km_s: float | None
    """Of the plane wave, None where it is that of sound or there is none."""
    is_plane: bool
    """More elements than three were on it."""
    slowness_s_per_km: tuple[float, float] | None = None
    """Of the plane wave, of any speed."""


def crossings(said: Sequence[tuple[int, WindowVerdict]], start_ns: int) -> list[Crossing]:
    """Return coherent windows with the waves that cross the array in them.

    Parameters
    ----------
    said : sequence of (int, WindowVerdict)
        Times of windows, and what they say.
    start_ns : int
        From which families count.
    """
    found = []
    for at_ns, window in said:
        first_s = seconds_between(at_ns, start_ns)
        last_s = first_s + window.length_s
        # Eddies were seen by many, but not judged.
        is_plane = len(window.seen) != THREE
        wave = (window.velocity_km_s, is_plane, window.slowness_s_per_km)
        found.append(Crossing(first_s, last_s, window.band_hz, *wave))
    return found


def without_lobes(
    judged: Sequence[tuple[Family, str, str]], windows: Sequence[Crossing], pixels: Pixels
) -> list[tuple[Family, str, str]]:
    """Return families of which those are noise (N) that are lobes of another wave.

    Parameters
    ----------
    judged : sequence of (Family, str, str)
        With phase and reason.
    windows : sequence of Crossing
    pixels : Pixels
        Of all families.
    """
    out = []
    for family, phase, reason in judged:
        near = [w for w in windows if w.is_plane and _meet(family, w)]
        is_lobe = phase == SIGNAL and _is_lobe(family, pixels.select(family.rows), near)
        out.append((family, NOISE, LOBE) if is_lobe else (family, phase, reason))
    return out


def is_strange(family: Family, windows: Sequence[Crossing]) -> bool:
    """Tell whether three elements saw no wave of the speed of sound, at a family's time."""
    near = [w for w in windows if not w.is_plane and _meet(family, w)]
    return bool(near) and 2 * sum(w.velocity_km_s is not None for w in near) >= len(near)


def _is_lobe(family: Family, own: Pixels, near: Sequence[Crossing]) -> bool:
    strange = [w for w in near if _is_other(family, w)]
    if not strange or any(_is_same(family, w) for w in near):
        return False
    seen = [w for w in (_nearest(own, k, near) for k in range(len(own))) if w is not None]
    others = [w for w in seen if _is_other(family, w)]
    if 2 * len(others) <= len(seen):
        return False
    waves = [w.slowness_s_per_km for w in others if w.slowness_s_per_km is not None]
    return not waves or not _stays(own, np.median(waves, axis=0))


def _meet(family: Family, window: Crossing) -> bool:
    return (
        window.start_s < family.end_s
        and family.start_s < window.end_s
        and window.band_hz[0] < family.high_hz
        and family.low_hz < window.band_hz[1]
    )


def _nearest(own: Pixels, k: int, windows: Sequence[Crossing]) -> Crossing | None:
    """Return the window that is nearest in time to a pixel that it overlaps, in its band."""
    time_s, half_s = float(own.time_s[k]), 0.5 * float(own.window_s[k])
    seen = [
        (abs(0.5 * (w.start_s + w.end_s) - time_s), i)
        for i, w in enumerate(windows)
        if w.start_s < time_s + half_s
        and time_s - half_s < w.end_s
        and w.band_hz[0] <= own.freq_hz[k] <= w.band_hz[1]
    ]
    return windows[min(seen)[1]] if seen else None


def _is_other(family: Family, window: Crossing) -> bool:
    if window.velocity_km_s is None:
        return False
    ratio = family.velocity_km_s / window.velocity_km_s
    return not 1.0 / OTHER_SPEED <= ratio <= OTHER_SPEED


def _is_same(family: Family, window: Crossing) -> bool:
    if window.slowness_s_per_km is None:
        return False
    turn = np.radians(family.azimuth_deg)
    own = -np.array([np.sin(turn), np.cos(turn)]) / family.velocity_km_s
    apart = float(np.hypot(*(own - window.slowness_s_per_km)))
    return apart <= SAME_SHARE / family.velocity_km_s


def _stays(own: Pixels, wave: NDArray[np.float64]) -> bool:
    """Tell whether a family keeps its slowness over an octave or more."""
    if float(own.freq_hz.max() / own.freq_hz.min()) < BREADTH:
        return False
    apart = np.hypot(own.east_s_per_km - wave[0], own.north_s_per_km - wave[1])
    power = np.polyfit(np.log(own.freq_hz), np.log(np.maximum(apart, 1e-6)), 1)[0]
    return bool(power > STAYS)
