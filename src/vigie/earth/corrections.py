"""Hooks for what a network has learnt of its own paths, and a table that fills one of them.

* Source-specific station corrections (SSSC): seconds by station, phase and source place, with
  the model error that then holds.
* Slowness-azimuth station corrections (SASC): by station, slowness and azimuth. Corrected
  value = measured - correction; the bin's error joins the reading's as squares (Bondar,
  North, Beall 1999, BSSA 89, 989-1003).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.earth.base import FloatArray, Hypocentre


class PathCorrection(Protocol):
    """Source-specific station corrections."""

    def __call__(self, station: str, phase: str, source: Hypocentre) -> tuple[float, float] | None:
        """Return (seconds to add to the predicted time, model error that then holds, s).

        None: nothing is known of this path. An error of NaN keeps the model's own.
        """
        ...


class VectorCorrection(NamedTuple):
    """What a station's measured slowness and azimuth have too much."""

    slowness_s_per_deg: float
    azimuth_deg: float
    slowness_sigma_s_per_deg: float
    azimuth_sigma_deg: float


class VectorCorrections(Protocol):
    """Slowness-azimuth station corrections."""

    def __call__(
        self, station: str, slowness_s_per_deg: float, azimuth_deg: float
    ) -> VectorCorrection | None:
        """Return the correction for a slowness and station-to-event azimuth, or None."""
        ...


@dataclass(frozen=True, slots=True)
class VectorBin:
    """One bin of a station's polar grid: slowness low <= s < high, azimuth low to high."""

    slowness_s_per_deg: tuple[float, float]
    azimuth_deg: tuple[float, float]
    """Clockwise from the first to the second, across north where the second is smaller."""
    correction: VectorCorrection

    def holds(self, slowness_s_per_deg: float, azimuth_deg: float) -> bool:
        """Say whether a slowness and azimuth lie in the bin."""
        low, high = self.slowness_s_per_deg
        first, second = self.azimuth_deg
        width = (second - first) % 360.0 or 360.0
        return low <= slowness_s_per_deg < high and (azimuth_deg - first) % 360.0 < width


class BinnedVectorCorrections:
    """Slowness-azimuth corrections from bins per station; meets ``VectorCorrections``.

    Examples
    --------
    >>> east = VectorBin((4.0, 10.0), (45.0, 135.0), VectorCorrection(0.3, -2.0, 0.5, 5.0))
    >>> table = BinnedVectorCorrections({"ASAR": [east]})
    >>> table("ASAR", 7.0, 90.0).azimuth_deg, table("ASAR", 7.0, 270.0)
    (-2.0, None)
    """

    def __init__(self, bins: Mapping[str, Sequence[VectorBin]]) -> None:
        self._bins = {station: tuple(found) for station, found in bins.items()}

    def __call__(
        self, station: str, slowness_s_per_deg: float, azimuth_deg: float
    ) -> VectorCorrection | None:
        """Return the correction of the bin, or None where no bin is."""
        for candidate in self._bins.get(station, ()):
            if candidate.holds(slowness_s_per_deg, azimuth_deg):
                return candidate.correction
        return None


def correct_times(
    correction: PathCorrection,
    phases: Sequence[str],
    source: Hypocentre,
    codes: Sequence[str],
    sigma_s: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Return the seconds to add, 0 where nothing is known, and the errors that then hold."""
    added, sigma = np.zeros(len(phases)), sigma_s.copy()
    for i, (station, phase) in enumerate(zip(codes, phases, strict=True)):
        answer = correction(station, phase, source)
        if answer is None:
            continue
        added[i] = answer[0]
        if not np.isnan(answer[1]):
            sigma[i] = answer[1]
    return added, sigma


def correct_vectors(
    corrections: VectorCorrections,
    codes: Sequence[str],
    slowness_s_per_deg: FloatArray,
    seaz_deg: FloatArray,
) -> FloatArray:
    """Return rows (slowness, azimuth, sigma, sigma); zeros and NaN where nothing is known."""
    rows = np.array([[0.0, 0.0, np.nan, np.nan]] * len(codes)).reshape(-1, 4)
    for i, station in enumerate(codes):
        if np.isfinite(slowness_s_per_deg[i]):
            answer = corrections(station, abs(float(slowness_s_per_deg[i])), float(seaz_deg[i]))
            if answer is not None:
                rows[i] = answer
    return rows
