"""The bubble of an event from the bubble periods that its stations found.

A bubble has one period, however the sound travelled (Willis 1941; Cole 1948), so the periods of
several stations are readings of one number, and stations that disagree did not hear one bubble, or
took an echo of the path for it. The largest set of stations that agree with one of them is taken,
within 4 standard errors: of periods through normal modes the stated error is too small by a third.
Where no two of several agree, or as many agree on another period, there is no bubble of the
event.

Assumptions: errors of stations have a common part, the lag of the shock
(``explosion.period_of_delay``); so the error of the mean is not less than the smallest of them.
Accuracy: four simulated triplets of 100 kg at 200 m (0.11366 s) give 0.11360 +- 0.00045 s.
Cost: 2 ms, most of it the charges.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.hydroacoustic.explosion import SOUND_KM_S
from vigie.hydroacoustic.locus import charges_at_depths
from vigie.records import ChargeAtDepth

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vigie.records import Detection

FloatArray = NDArray[np.float64]

AGREE_SIGMAS = 4.0


@dataclass(frozen=True, slots=True)
class EventBubble:
    """One bubble period from all stations that found it, and the charges that make it."""

    period_s: float
    sigma_s: float
    stations: tuple[str, ...]
    """Whose periods agree."""
    others: tuple[tuple[str, float], ...]
    """Stations whose period is another, and the period in s."""
    charges: tuple[ChargeAtDepth, ...]
    """Kg of TNT by depth, from the least depth down."""
    flat_m: float | None
    """Least depth if the ghosts are of the surface: c t_g / 2 of the longest; None without one."""


def periods_of(detections: Iterable[Detection]) -> dict[str, Detection]:
    """Return of each station the strongest detection that has a bubble period with its error."""
    found: dict[str, Detection] = {}
    for d in detections:
        if d.bubble_period_s and d.bubble_period_s_sigma:
            known = found.get(d.station)
            if known is None or (d.snr or 0.0) > (known.snr or 0.0):
                found[d.station] = d
    return found


def event_bubble(detections: Iterable[Detection]) -> EventBubble | None:
    """Return the bubble on which stations agree; None where none is found or none agree.

    Parameters
    ----------
    detections : iterable of Detection
        Arrivals of one event through the sea.
    """
    read = list(periods_of(detections).values())
    members = _agreeing(read)
    if not members:
        return None
    period_s, sigma_s = _mean(members)
    ghosts = [d.ghost_delay_s for d in members if d.ghost_delay_s]
    stations = tuple(d.station for d in members)
    return EventBubble(
        period_s,
        sigma_s,
        stations,
        tuple((d.station, d.bubble_period_s or 0.0) for d in read if d.station not in stations),
        charges_at_depths(period_s, sigma_s),
        500.0 * SOUND_KM_S * max(ghosts) if ghosts else None,
    )


def _agreeing(read: Sequence[Detection]) -> list[Detection]:
    """Return the largest set that agrees with one of them; empty where there is no such one."""
    if len(read) < 2:
        return list(read)
    period, sigma = _columns(read)
    apart = np.abs(period[:, None] - period[None, :])
    near = apart <= AGREE_SIGMAS * np.hypot(sigma[:, None], sigma[None, :])
    sizes = near.sum(axis=1)
    largest = near[sizes == sizes.max()]
    shared = (largest[:, None, :] & largest[None, :, :]).any(axis=2)
    if sizes.max() < 2 or not shared.all():
        return []
    best = min(range(len(read)), key=lambda k: (-sizes[k], sigma[k], period[k]))
    return [d for d, is_near in zip(read, near[best], strict=True) if is_near]


def _mean(members: Sequence[Detection]) -> tuple[float, float]:
    """Return the weighted mean and its error, which a common part keeps from shrinking."""
    period, sigma = _columns(members)
    weight = sigma**-2
    mean = float(weight @ period / weight.sum())
    spread = 1.0
    if len(members) > 1:
        spread = math.sqrt(float(weight @ (period - mean) ** 2) / (len(members) - 1))
    return mean, float(sigma.min()) * max(spread, 1.0)


def _columns(read: Sequence[Detection]) -> tuple[FloatArray, FloatArray]:
    period = np.array([d.bubble_period_s for d in read], dtype=np.float64)
    return period, np.array([d.bubble_period_s_sigma for d in read], dtype=np.float64)
