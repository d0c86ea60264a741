"""What the network room knows of the Earth: a predictor of what an origin causes at sites.

Any technology may bring its own predictor (a velocity model, a sound channel, an
atmosphere); association and location use nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]


class Hypocentre(NamedTuple):
    """A place where something may have happened."""

    latitude: float
    """Geographic, deg."""
    longitude: float
    depth_km: float


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """Positions of n receivers, as columns."""

    latitude: FloatArray
    """Shape (n,), geographic, deg."""
    longitude: FloatArray
    elevation_m: FloatArray
    codes: tuple[str, ...] = ()
    """Station codes, for station corrections; empty or n of them."""

    def take(self, rows: NDArray[np.int64]) -> Sites:
        """Return the sites of some rows, in their order; rows may repeat."""
        codes = tuple(self.codes[i] for i in rows) if self.codes else ()
        return Sites(self.latitude[rows], self.longitude[rows], self.elevation_m[rows], codes)


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What one origin causes at n (site, phase) pairs, as columns of shape (n,).

    Everything is NaN where the phase does not exist at that distance and depth.
    """

    time_s: FloatArray
    """Travel time with all corrections (ellipticity, elevation, station)."""
    slowness_s_per_deg: FloatArray
    """dt/d(delta); its size is what an array measures."""
    dt_ddepth_s_per_km: FloatArray
    d2t_ddelta2: FloatArray
    """Change of slowness with distance, s/deg^2."""
    delta_deg: FloatArray
    """Geocentric distance."""
    esaz_deg: FloatArray
    """Azimuth from the source to the site."""
    seaz_deg: FloatArray
    """Azimuth from the site to the source."""
    time_sigma_s: FloatArray
    """Standard error of the model, not of a reading."""
    azimuth_sigma_deg: FloatArray
    slowness_sigma_s_per_deg: FloatArray
    slowness_correction_s_per_deg: FloatArray = field(default_factory=lambda: np.zeros(1))
    """Known excess of the size of a measured slowness: corrected = measured - this; shape (n,) or
    (1,)."""
    azimuth_correction_deg: FloatArray = field(default_factory=lambda: np.zeros(1))
    """The same for the measured station-to-source azimuth."""


class Predictor(Protocol):
    """Predicts phases at sites."""

    @property
    def name(self) -> str:
        """Name of the model, as origins state it."""
        ...

    @property
    def phases(self) -> tuple[str, ...]:
        """Names of the phases that can be predicted."""
        ...

    def predict(self, phases: Sequence[str], source: Hypocentre, sites: Sites) -> Predictions:
        """Predict one phase per site: ``phases[i]`` at site ``i``.

        Raises
        ------
        UnknownPhaseError
            A phase is not in ``phases``.
        """
        ...
