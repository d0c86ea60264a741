"""Whether jumps of the elements of an array are one plane wave, by their places and times.

What it computes: for slownesses of sound that jumps of two elements make with the first one's,
which of the others jump when such a wave comes to them. It is a wave where half of the others do
(three, where there are as many), and three quarters of those that jump at all: clocks that tick
once a minute with errors of their own meet the first by chance, the second less often. And it must
be better than one instant for all: what all have at once is the digitizer's. Whether it may be
chance is asked of ``chance_waves``.

Three elements cannot contradict a wave: any three times within the crossing are one. So with four,
three must agree beside the first, and one of these whose clock is wrong keeps it from being one.

Source: ours. Accuracy as measured: ``docs/methods/quality.md``. Cost as measured on a busy core:
1 ms for nine elements with a jump each, 2 ms with twenty each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]

SLOWEST_KM_S, FASTEST_KM_S = 0.28, 0.8
"""Of sound across the ground; PMCC looks for no faster waves either. Without the upper bound clocks
that differ by a few tenths of a second would be fast waves."""
OFF_SAMPLES, OFF_S, OFF_SHARE = 1.5, 0.02, 0.02
"""How far a jump may lie from its place in a plane wave: samples, s, and share of the way's time
(fronts are not quite plane)."""
SHARE_OF_JUMPING = 0.75
SAME_SAMPLES, FAR_SAMPLES = 1.25, 3.0
"""From one instant: nearer is at once (clocks may be a sample off), further counts no more."""
BETTER = 6.0
"""Squares of samples by which a wave, with two numbers of its own, has to be."""
PAIRS_OF_ONE, TRIED = 3, 20
"""Pairs, of the largest areas, in which an element may be, and jumps of each that may make the
wave: one element that is wrong must not be in all of them."""
_LEAST_SINE = 1e-2


class Jumps(NamedTuple):
    """When another element jumps as the first one does."""

    place_km: FloatArray
    """East and north from the first element, shape (2,)."""
    times_s: FloatArray
    """From the first one's jump, the highest first; may be none."""
    step_s: float
    """Between samples, of the slower of both."""


def is_wave(others: Sequence[Jumps]) -> bool:
    """Tell whether the jumps of elements belong to one wave with the first one's."""
    return bool(len(waves_of(others)))


def needed_of(others: Sequence[Jumps]) -> int:
    """Return how many of the elements a wave has to come to."""
    jumping = sum(len(one.times_s) > 0 for one in others)
    needed = max((len(others) + 1) // 2, min(3, len(others)), 2)
    return max(needed, int(np.ceil(SHARE_OF_JUMPING * jumping)))


def allowed_s(others: Sequence[Jumps]) -> FloatArray:
    """Return how far a jump of each element may lie from its place in a wave."""
    way_s = np.array([np.linalg.norm(one.place_km) for one in others]) / SLOWEST_KM_S
    step_s = np.array([one.step_s for one in others])
    return np.asarray(OFF_SAMPLES * step_s + OFF_S + OFF_SHARE * way_s)


def waves_of(others: Sequence[Jumps]) -> FloatArray:
    """Return the slownesses, s/km, shape (n, 2), of the waves that the jumps of elements may be.

    Parameters
    ----------
    others : sequence of Jumps
        Elements at other places that recorded the crossing.
    """
    jumping = [one for one in others if len(one.times_s)]
    needed = needed_of(others)
    waves = _waves(jumping) if len(jumping) >= needed else np.empty((0, 2))
    if not len(waves):
        return waves
    off = np.stack([_off_s(one, waves @ one.place_km) for one in jumping])
    allowed = allowed_s(jumping)[:, None]
    fits = (off <= allowed).sum(axis=0) >= needed
    at_once = _at_once(jumping, np.array([one.step_s for one in jumping]))
    as_wave = np.sum(np.minimum(off / (0.5 * allowed), FAR_SAMPLES) ** 2, axis=0)
    return np.asarray(waves[fits & (as_wave + BETTER < at_once)])


def _at_once(jumping: Sequence[Jumps], step_s: FloatArray) -> float:
    """Return the squares of samples by which all jumps miss the best instant for all."""
    instants = float(step_s.min()) * np.arange(-FAR_SAMPLES, FAR_SAMPLES + 0.1, 0.5)
    off = np.stack([_off_s(one, instants) for one in jumping]) / step_s[:, None]
    own = np.abs(instants)[None, :] / step_s.min()
    missed = np.concatenate([off, own])
    missed = np.where(missed <= SAME_SAMPLES, 0.0, np.minimum(missed, FAR_SAMPLES) ** 2)
    return float(missed.sum(axis=0).min())


def _waves(jumping: Sequence[Jumps]) -> FloatArray:
    """Return slownesses, s/km, shape (n, 2), that jumps of pairs make with the first one's."""
    places = np.array([one.place_km for one in jumping])
    first, second = np.triu_indices(len(jumping), 1)
    area = np.abs(places[first, 0] * places[second, 1] - places[first, 1] * places[second, 0])
    ways = np.linalg.norm(places, axis=1)
    area = np.where(area > _LEAST_SINE * ways[first] * ways[second], area, 0.0)
    used = np.zeros(len(jumping), dtype=int)
    found: list[FloatArray] = [np.empty((0, 2))]
    for k in np.argsort(-area, kind="stable"):
        pair = [int(first[k]), int(second[k])]
        if area[k] == 0.0 or used[pair].max() >= PAIRS_OF_ONE:
            continue
        used[pair] += 1
        early, late = (jumping[i].times_s[:TRIED] for i in pair)
        times = np.stack(np.meshgrid(early, late), axis=-1).reshape(-1, 2)
        found.append(np.asarray(np.linalg.solve(places[pair], times.T).T, dtype=np.float64))
    waves = np.concatenate(found)
    size = np.linalg.norm(waves, axis=1)
    return np.asarray(waves[(size >= 1.0 / FASTEST_KM_S) & (size <= 1.0 / SLOWEST_KM_S)])


def _off_s(one: Jumps, due_s: FloatArray) -> FloatArray:
    """Return how far the nearest jump of an element lies from times, shape (n,)."""
    times = np.sort(one.times_s)
    after = np.searchsorted(times, due_s)
    right = np.abs(times[np.minimum(after, len(times) - 1)] - due_s)
    left = np.abs(times[np.maximum(after - 1, 0)] - due_s)
    return np.asarray(np.minimum(left, right))
