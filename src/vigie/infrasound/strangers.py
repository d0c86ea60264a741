"""Families that are lobes of a wave PMCC does not look for: too slow or too fast to be sound.

Eddies that the wind carries across an array, and waves of the ground, are coherent too. At lags a
period or more beside theirs PMCC finds families of the speed of sound, from any direction. Where
the windows at a family's time, in its bands, show one plane wave of a quite other speed, the family
is noise (N). At three elements a wrong clock makes such waves of sound: there it is only told.

Source: ours. Accuracy: ``docs/methods/infrasound.md``. Cost: none beside that of the windows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vigie.infrasound.categories import NOISE, SIGNAL
from vigie.records.time import seconds_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.signal.array_faults import WindowVerdict
    from vigie.signal.pmcc import Family

LOBE = "lobe of a wave slower or faster than sound"
OTHER_SPEED = 1.25
"""A factor by which the speeds differ at least."""
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


def crossings(said: Sequence[tuple[int, WindowVerdict]], start_ns: int) -> list[Crossing]:
    """Return coherent windows with the speeds of waves that are no sound.

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
        found.append(Crossing(first_s, last_s, window.band_hz, window.velocity_km_s, is_plane))
    return found


def without_lobes(
    judged: Sequence[tuple[Family, str, str]], windows: Sequence[Crossing]
) -> list[tuple[Family, str, str]]:
    """Return families of which those are noise (N) that are lobes of another wave.

    Parameters
    ----------
    judged : sequence of (Family, str, str)
        With phase and reason.
    windows : sequence of Crossing
    """
    out = []
    for family, phase, reason in judged:
        near = [w for w in windows if w.is_plane and _meet(family, w)]
        strange = [w for w in near if _is_other(family, w)]
        is_lobe = phase == SIGNAL and bool(strange) and 2 * len(strange) >= len(near)
        out.append((family, NOISE, LOBE) if is_lobe else (family, phase, reason))
    return out


def is_strange(family: Family, windows: Sequence[Crossing]) -> bool:
    """Tell whether three elements saw no wave of the speed of sound, at a family's time."""
    near = [w for w in windows if not w.is_plane and _meet(family, w)]
    return bool(near) and 2 * sum(w.velocity_km_s is not None for w in near) >= len(near)


def _meet(family: Family, window: Crossing) -> bool:
    return (
        window.start_s < family.end_s
        and family.start_s < window.end_s
        and window.band_hz[0] < family.high_hz
        and family.low_hz < window.band_hz[1]
    )


def _is_other(family: Family, window: Crossing) -> bool:
    if window.velocity_km_s is None:
        return False
    ratio = family.velocity_km_s / window.velocity_km_s
    return not 1.0 / OTHER_SPEED <= ratio <= OTHER_SPEED
