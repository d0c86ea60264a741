"""One hypothesis of an event: a place and time, and the detections that speak for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """One reading of the Earth model: how much it errs, and which branch is usually picked."""

    scale: float
    """Factor on the model's errors."""
    crustal: bool
    """Whether Pg and Sg, rather than the first arrivals, are what is usually picked."""
    tabs: tuple[FloatArray, ...]


@dataclass(slots=True, eq=False)
class Hypothesis:
    """A place and time with the detections that speak for it."""

    unit: FloatArray
    depth_km: float
    time_s: float
    score: float
    """Log likelihood ratio against noise."""
    log_odds: float
    """The score with priors and the number of trials counted."""
    size: float
    normal: FloatArray
    stations: IntArray
    index: IntArray
    """Picks taken for P and S at each station, shape (n, 2); negative where none."""
    branch: IntArray
    """Row of the branch tables that each pick follows."""
    residual_s: FloatArray
    sigma_s: FloatArray
    member: FloatArray
    """Probability that each pick is what it is taken for."""
    p: FloatArray
    variant: Variant
    loudness: tuple[float, float] = (0.0, 0.0)
    """Log likelihood ratios of the amplitudes (``loudness``)."""
    secondary: dict[int, tuple[str, float]] = field(default_factory=dict)
    """Further picks explained: index to phase and residual."""
    rivals: list[tuple[FloatArray, float, float]] = field(default_factory=list)
    """Other places that explain the onsets: direction, origin time and log odds of each."""

    def defining(self) -> list[tuple[int, int, int]]:
        """Return (row, kind, pick) of the likely picks."""
        rows, kinds = np.nonzero((self.index >= 0) & (self.member > 0.5))
        return [(int(r), int(k), int(self.index[r, k])) for r, k in zip(rows, kinds, strict=True)]

    def copied(self) -> Hypothesis:
        """Return a hypothesis with the same detections, to go back to."""
        return replace(
            self,
            index=self.index.copy(),
            branch=self.branch.copy(),
            residual_s=self.residual_s.copy(),
            sigma_s=self.sigma_s.copy(),
            member=self.member.copy(),
            secondary=dict(self.secondary),
        )

    def restore(self, before: Hypothesis) -> None:
        """Go back to the detections of before."""
        self.index, self.branch, self.member = before.index, before.branch, before.member
        self.residual_s, self.sigma_s = before.residual_s, before.sigma_s
        self.secondary = before.secondary


def deltas_deg(unit: FloatArray, stations: FloatArray) -> FloatArray:
    """Return the angles between a direction and those of stations."""
    chord = np.linalg.norm(stations - unit, axis=1)
    return np.asarray(np.degrees(2.0 * np.arcsin(np.clip(chord / 2.0, 0.0, 1.0))))
