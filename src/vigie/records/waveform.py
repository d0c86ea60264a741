"""Waveforms: evenly sampled segments of one channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.records.time import NS_PER_S

Samples = NDArray[np.floating[Any]] | NDArray[np.integer[Any]]
"""What a waveform may hold: int32, float32 or float64 in memory order."""


class ChannelId(NamedTuple):
    """Network, station, location and channel code; unknown parts are empty."""

    network: str
    station: str
    location: str
    channel: str

    def __str__(self) -> str:
        return ".".join(self)

    @classmethod
    def parse(cls, text: str) -> ChannelId:
        """Read ``NET.STA.LOC.CHA``.

        Raises
        ------
        ValueError
            The text does not have four parts.
        """
        network, station, location, channel = text.split(".")
        return cls(network, station, location, channel)

    @property
    def component(self) -> str:
        """Last letter of the channel code: ``Z``, ``N``, ``E``, ``1``, ``2``, ...; or empty."""
        return self.channel[-1:].upper()


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """Evenly sampled samples of one channel, without a gap.

    Two waveforms are compared with ``same_as``; ``==`` is identity, since arrays
    have no single truth value.
    """

    channel: ChannelId
    start_ns: int
    """Time of the first sample, ns since 1970 UTC."""
    rate_hz: float
    samples: Samples
    unit: str = "count"
    """``count``, or ``nm``, ``nm/s``, ``Pa`` after the response was removed."""
    calib: float | None = None
    """nm (or Pa) per count at ``calper_s``; None where unknown."""
    calper_s: float | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.rate_hz) and self.rate_hz > 0.0):
            raise ValueError(f"rate_hz must be above 0, got {self.rate_hz}")
        if self.samples.ndim != 1:
            raise ValueError(f"samples must be one row, got shape {self.samples.shape}")

    @property
    def calib_is_placeholder(self) -> bool:
        """Whether the header has 1 nm per count at 1 s, which most often stands for unknown.

        CSS3.0 has 1 as the null of ``calib`` (Anderson et al. 1990), and many writers of GSE and
        IMS messages, ObsPy among them, put 1 at 1 s where they know no calibration.
        """
        return (self.calib, self.calper_s) == (1.0, 1.0)

    @property
    def end_ns(self) -> int:
        """Time of the last sample; the start where there is none."""
        return self.time_ns(max(len(self.samples) - 1, 0))

    @property
    def duration_s(self) -> float:
        """Number of samples over rate, s."""
        return len(self.samples) / self.rate_hz

    def time_ns(self, index: float) -> int:
        """Return the time of a sample, counted from 0; fractions are allowed."""
        return self.start_ns + round(index * NS_PER_S / self.rate_hz)

    def index_of(self, time_ns: int) -> float:
        """Return the sample index, with its fraction, at a time."""
        return (time_ns - self.start_ns) * self.rate_hz / NS_PER_S

    def slice(self, start_ns: int, end_ns: int) -> Waveform:
        """Return the samples at ``start_ns <= time < end_ns``; the memory is shared."""
        first, stop = self._first_at(start_ns), self._first_at(end_ns)
        return self.with_samples(self.samples[first:stop], start_ns=self.time_ns(first))

    def _first_at(self, time_ns: int) -> int:
        """Return the index of the first sample at a time or after it, by ``time_ns``."""
        index = min(max(int(np.ceil(self.index_of(time_ns))), 0), len(self.samples))
        # Sample times are rounded to 1 ns, indices are not: step over the difference.
        while index > 0 and self.time_ns(index - 1) >= time_ns:
            index -= 1
        while index < len(self.samples) and self.time_ns(index) < time_ns:
            index += 1
        return index

    def with_samples(
        self, samples: Samples, *, start_ns: int | None = None, unit: str | None = None
    ) -> Waveform:
        """Return the same channel with other samples."""
        return Waveform(
            self.channel,
            self.start_ns if start_ns is None else start_ns,
            self.rate_hz,
            samples,
            self.unit if unit is None else unit,
            self.calib,
            self.calper_s,
        )

    def same_as(self, other: Waveform) -> bool:
        """Tell whether all fields and samples are equal."""
        mine = (self.channel, self.start_ns, self.rate_hz, self.unit, self.calib, self.calper_s)
        others = (
            other.channel,
            other.start_ns,
            other.rate_hz,
            other.unit,
            other.calib,
            other.calper_s,
        )
        return mine == others and np.array_equal(self.samples, other.samples)
