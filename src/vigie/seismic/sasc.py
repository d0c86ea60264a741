"""Slowness-azimuth station corrections (SASC): learned from residuals, applied to measurements.

Below each station the ground bends waves by amounts that depend on slowness and azimuth.
A polar grid in (slowness, azimuth) of the *measured* wave holds, per bin, the mean residual
(measured minus predicted) and its scatter. Corrected = measured - correction; total variance
= measurement variance + bin model variance.

A bin is kept with n >= 10 readings and standard errors of the mean <= 1.0 s/deg and <= 15 deg, as
in the tables of the IDC. Means are taken robustly (median, MAD) since some readings belong to
other phases. Source: Koch & Kradolfer (1999), BSSA 89, 1291-1301; Bondar et al. (1999).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import angle_difference_deg, wrap_azimuth_deg

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SascGrid:
    """Edges of the polar bins."""

    slowness_edges_s_per_deg: tuple[float, ...] = (0.0, 4.0, 7.0, 10.0, 15.0, 22.0, 40.0)
    azimuth_bins: int = 24
    min_readings: int = 10
    max_slowness_error_s_per_deg: float = 1.0
    max_azimuth_error_deg: float = 15.0
    default_model_sigma_s_per_deg: float = 2.5
    """Where no bin is known (arrays; 15 for three-component stations)."""

    def bin_of(self, azimuth_deg: float, slowness_s_per_deg: float) -> tuple[int, int] | None:
        """Return the bin (ring, sector); None beyond the last edge."""
        edges = self.slowness_edges_s_per_deg
        ring = int(np.searchsorted(edges, slowness_s_per_deg, side="right")) - 1
        if not 0 <= ring < len(edges) - 1:
            return None
        sector = int(float(wrap_azimuth_deg(azimuth_deg)) / 360.0 * self.azimuth_bins)
        return ring, min(sector, self.azimuth_bins - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SascBin:
    """Correction of one bin."""

    ring: int
    sector: int
    slowness_s_per_deg: float
    """Measured minus predicted."""
    azimuth_deg: float
    slowness_sigma_s_per_deg: float
    """Scatter of a single residual: the model error that stays after correction."""
    azimuth_sigma_deg: float
    readings: int


class Corrected(NamedTuple):
    """A corrected measurement and the model error to add in quadrature."""

    azimuth_deg: float
    slowness_s_per_deg: float
    model_azimuth_sigma_deg: float
    model_slowness_sigma_s_per_deg: float
    known: bool
    """Whether a bin was found; otherwise nothing was corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationCorrection:
    """Corrections of one station."""

    station: str
    grid: SascGrid
    bins: tuple[SascBin, ...] = ()

    def apply(self, azimuth_deg: float, slowness_s_per_deg: float) -> Corrected:
        """Correct a measurement.

        Notes
        -----
        Without a bin the measurement is returned with the default model error, as an
        azimuth 2 asin(sigma/(2 p)), at most 180 deg.
        """
        place = self.grid.bin_of(azimuth_deg, slowness_s_per_deg)
        for entry in self.bins:
            if (entry.ring, entry.sector) == place:
                return Corrected(
                    float(wrap_azimuth_deg(azimuth_deg - entry.azimuth_deg)),
                    max(slowness_s_per_deg - entry.slowness_s_per_deg, 0.0),
                    entry.azimuth_sigma_deg,
                    entry.slowness_sigma_s_per_deg,
                    known=True,
                )
        sigma = self.grid.default_model_sigma_s_per_deg
        part = sigma / (2.0 * slowness_s_per_deg) if slowness_s_per_deg > 0.0 else 1.0
        turn = 2.0 * float(np.degrees(np.arcsin(part))) if part < 1.0 else 180.0
        return Corrected(azimuth_deg, slowness_s_per_deg, turn, sigma, known=False)


@dataclass(frozen=True, slots=True, eq=False)
class SlownessReadings:
    """Measured and predicted slowness vectors of one station, as columns of shape (n,)."""

    azimuth_deg: FloatArray
    slowness_s_per_deg: FloatArray
    predicted_azimuth_deg: FloatArray
    predicted_slowness_s_per_deg: FloatArray


def learn_corrections(
    station: str, readings: SlownessReadings, grid: SascGrid | None = None
) -> StationCorrection:
    """Learn the corrections of a station from readings whose events are known.

    Bins with too few or too scattered readings are not kept.
    """
    g = grid or SascGrid()
    members: dict[tuple[int, int], list[int]] = {}
    for index, (azimuth, slowness) in enumerate(
        zip(readings.azimuth_deg, readings.slowness_s_per_deg, strict=True)
    ):
        place = g.bin_of(float(azimuth), float(slowness))
        if place is not None:
            members.setdefault(place, []).append(index)
    turn = angle_difference_deg(readings.azimuth_deg, readings.predicted_azimuth_deg)
    change = readings.slowness_s_per_deg - readings.predicted_slowness_s_per_deg
    entries = (
        _learn_bin(place, change[rows], turn[rows], g) for place, rows in sorted(members.items())
    )
    return StationCorrection(
        station=station, grid=g, bins=tuple(e for e in entries if e is not None)
    )


def _learn_bin(
    place: tuple[int, int], change: FloatArray, turn: FloatArray, grid: SascGrid
) -> SascBin | None:
    number = len(change)
    if number < grid.min_readings:
        return None
    middle = float(np.median(change))
    spread = 1.4826 * float(np.median(np.abs(change - middle)))
    # Residuals of azimuths are turned about their own middle, so that 179 and -179 are near.
    about = float(np.degrees(np.angle(np.mean(np.exp(1j * np.radians(turn))))))
    around = angle_difference_deg(turn, about)
    shift = float(np.median(around))
    turn_spread = 1.4826 * float(np.median(np.abs(around - shift)))
    root = float(np.sqrt(number))
    # Standard error of a median is 1.2533 times that of a mean, for normal residuals.
    if 1.2533 * spread / root > grid.max_slowness_error_s_per_deg:
        return None
    if 1.2533 * turn_spread / root > grid.max_azimuth_error_deg:
        return None
    return SascBin(
        ring=place[0],
        sector=place[1],
        slowness_s_per_deg=middle,
        azimuth_deg=float(angle_difference_deg(about + shift, 0.0)),
        slowness_sigma_s_per_deg=spread,
        azimuth_sigma_deg=turn_spread,
        readings=number,
    )
