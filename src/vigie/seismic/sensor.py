"""The three components of a sensor that are processed together.

Three channels of one station, location, band and instrument code, one of them vertical, are a
sensor. Where more were recorded (a fourth axis, or N and E beside 1 and 2), three at right angles
are chosen: by azimuth and dip where the inventory states them, of several such sets the one with
the most usual letters; else by the letters Z, N, E or Z, 1, 2 or 3, 1, 2 alone. The rest is left
out and said. Only channels that recorded at the time are looked at then, since a station may
change from N, E to 1, 2 on any day.
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.seismic.conditioning import HORIZONTAL, VERTICAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vigie.records import ChannelId
    from vigie.seismic.conditioning import ConditionedChannel
    from vigie.seismic.recording import Recording

MAX_COSINE = math.sin(math.radians(5.0))
"""Axes within 5 deg of a right angle are orthogonal: sensors are rarely set up better than that."""
UPRIGHT_DEG = 80.0
"""A dip beyond this is vertical whatever the azimuth (as for ``polarization_measure``)."""
LETTERS = ("ZNE", "Z12", "312")
"""Sets of components, the most usual first; 1, 2, 3 as SEED has them: 3 is vertical."""


class Sensor(NamedTuple):
    """Components that are processed together."""

    components: tuple[ConditionedChannel, ...] = ()
    """In the order of the recording; fewer than three cannot be polarised."""
    left_out: tuple[str, ...] = ()
    """Codes of channels of the same sensor that were recorded too."""

    @property
    def note(self) -> str:
        """What was left out, in words; empty if nothing."""
        if not self.left_out:
            return ""
        names = ", ".join(c.channel.channel for c in self.components)
        taken = f"{names} are taken" if names else "no three of them are known at right angles"
        return f"of the components of one sensor {', '.join(self.left_out)} left out, {taken}"


def sensor_of(recording: Recording, channel: ChannelId, at_ns: int) -> Sensor:
    """Return the components that share site, location and the first two letters of the code.

    Parameters
    ----------
    recording : Recording
        All channels of the station.
    channel : ChannelId
        Any component of the sensor.
    at_ns : int
        When they are needed.

    Returns
    -------
    Sensor
        No component where not exactly one vertical is among three or fewer, or of more no three
        are known to be at right angles.
    """
    same = [
        c
        for c in recording.channels
        if c.channel.station == channel.station
        and c.channel.location == channel.location
        and c.channel.channel[:2] == channel.channel[:2]
    ]
    if len(same) > 3:
        present = [c for c in same if c.run_at(at_ns) is not None]
        same = present if len(present) >= 3 else same
    if len(same) <= 3:
        upright = sum(c.direction == VERTICAL for c in same)
        return Sensor(tuple(same) if upright == 1 else ())
    chosen = _orthogonal(same) or _lettered(same)
    left_out = tuple(c.channel.channel for c in same if c not in chosen)
    return Sensor(tuple(c for c in same if c in chosen), left_out)


def _orthogonal(channels: Sequence[ConditionedChannel]) -> tuple[ConditionedChannel, ...]:
    """Return three channels whose stated axes are at right angles; empty without any."""
    stated = [(c, axis) for c in channels if (axis := _axis(c)) is not None]
    sets = [
        tuple(c for c, _ in three)
        for three in combinations(stated, 3)
        if sum(c.direction == VERTICAL for c, _ in three) == 1
        and all(abs(float(a @ b)) <= MAX_COSINE for (_, a), (_, b) in combinations(three, 2))
    ]
    return min(sets, key=_rank, default=())


def _axis(channel: ConditionedChannel) -> NDArray[np.float64] | None:
    """Return the stated sensitive axis (east, north, up); None where it is not stated."""
    known = channel.metadata
    if known is None or known.dip_deg is None:
        return None
    dip = math.radians(known.dip_deg)
    if known.azimuth_deg is None:
        upright = abs(known.dip_deg) > UPRIGHT_DEG
        return np.array([0.0, 0.0, -math.copysign(1.0, dip)]) if upright else None
    azimuth = math.radians(known.azimuth_deg)
    level = math.cos(dip)
    return np.array([level * math.sin(azimuth), level * math.cos(azimuth), -math.sin(dip)])


def _rank(channels: tuple[ConditionedChannel, ...]) -> tuple[int, tuple[str, ...]]:
    """Return how usual the letters are, and the codes to decide between equals."""
    letters = {c.channel.component for c in channels}
    usual = next((i for i, names in enumerate(LETTERS) if letters == set(names)), len(LETTERS))
    return usual, tuple(sorted(c.channel.channel for c in channels))


def _lettered(channels: Sequence[ConditionedChannel]) -> tuple[ConditionedChannel, ...]:
    """Return the first usual set of letters that is complete; empty without any."""
    for names in LETTERS:
        directions = (VERTICAL, HORIZONTAL, HORIZONTAL)
        found = [
            next(
                (c for c in channels if (c.channel.component, c.direction) == (name, direction)),
                None,
            )
            for name, direction in zip(names, directions, strict=True)
        ]
        complete = tuple(c for c in found if c is not None)
        if len(complete) == 3:
            return complete
    return ()
