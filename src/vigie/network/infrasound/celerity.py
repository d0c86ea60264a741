"""What location and grouping know of the atmosphere: mixtures of reciprocal celerity and azimuth.

Any model that tells, for paths, how likely each phase is, how fast, and how far the wind turns the
azimuth, can take the place of those of ``vigie.earth.atmosphere``. A region is larger than one
profile holds for, so location asks a source of models by latitude and time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.records import AtmosphereProfile

FloatArray = NDArray[np.float64]

LATITUDE_STEP_DEG = 10.0
"""Climatology is taken at its own nodes of latitude ..."""
TIME_STEP_NS = 10 * 86400 * 10**9
"""... and every ten days, so that neighbouring events share a model."""
SEED = 20100101
"""Of the ensemble of winds: the same event is always located alike."""


class Mixture(Protocol):
    """Mixtures for n paths; columns of shape (n, k) for k phases, or (n,)."""

    @property
    def weights(self) -> FloatArray:
        """Probabilities of the phases, rows of sum 1."""
        ...

    @property
    def means_s_per_km(self) -> FloatArray:
        """Reciprocal celerity."""
        ...

    @property
    def sigmas_s_per_km(self) -> FloatArray:
        """Standard deviations."""
        ...

    @property
    def azimuth_deviation_deg(self) -> FloatArray:
        """Measured minus true back azimuth, shape (n,)."""
        ...

    @property
    def azimuth_deviation_sigma_deg(self) -> FloatArray:
        """Its standard deviation, shape (n,)."""
        ...


class CelerityModel(Protocol):
    """The atmosphere over one place (``vigie.earth.atmosphere.celerity.CelerityModel``)."""

    def mixture(self, azimuth_deg: FloatArray, range_km: FloatArray, /) -> Mixture:
        """Return the mixtures of paths, azimuths from source to receiver."""
        ...


class Atmosphere(Protocol):
    """Models by place and time."""

    @property
    def name(self) -> str:
        """As origins state it."""
        ...

    def profile(self, latitude: float, time_ns: int) -> AtmosphereProfile:
        """Return sound speed and winds against height."""
        ...

    def quick(self, latitude: float, time_ns: int) -> CelerityModel:
        """Return a model that costs nothing to make, for searches."""
        ...

    def model(self, latitude: float, time_ns: int) -> CelerityModel:
        """Return the best model."""
        ...


class QuickMixture:
    """Usual celerities of the three phases, weighted by duct and range; no rays."""

    def __init__(self, weights: FloatArray, deviation_sigma_deg: FloatArray) -> None:
        from vigie.earth.atmosphere.celerity_prior import MEANS_S_PER_KM, SIGMAS_S_PER_KM

        self.weights = weights
        self.means_s_per_km = np.broadcast_to(MEANS_S_PER_KM, weights.shape)
        self.sigmas_s_per_km = np.broadcast_to(SIGMAS_S_PER_KM, weights.shape)
        self.azimuth_deviation_deg = np.zeros(len(weights))
        self.azimuth_deviation_sigma_deg = deviation_sigma_deg


class QuickModel:
    """`QuickMixture` for the ducts of a profile, by azimuth.

    Parameters
    ----------
    profile : AtmosphereProfile
    """

    _STEP_DEG = 5.0
    DEVIATION_SIGMA_DEG = 4.0
    """Some 25 m/s of crosswind over the whole path (asin(w / c))."""

    def __init__(self, profile: AtmosphereProfile) -> None:
        from vigie.earth.atmosphere.ducting import velocity_ratio, velocity_ratio_sigma

        azimuth = np.arange(0.0, 360.0 + self._STEP_DEG, self._STEP_DEG)
        self._azimuth = azimuth
        self._ratio = velocity_ratio(profile, azimuth)
        self._sigma = velocity_ratio_sigma(profile, azimuth)

    def mixture(self, azimuth_deg: FloatArray, range_km: FloatArray, /) -> QuickMixture:
        """Return the mixtures of paths, azimuths from source to receiver."""
        from vigie.earth.atmosphere.celerity_prior import prior_weights

        azimuth = np.asarray(azimuth_deg, dtype=np.float64) % 360.0
        ratio = np.interp(azimuth, self._azimuth, self._ratio)
        sigma = np.interp(azimuth, self._azimuth, self._sigma)
        weights = prior_weights(range_km, ratio, sigma)
        return QuickMixture(weights, np.full(len(weights), self.DEVIATION_SIGMA_DEG))


class Climatology:
    """The mean atmosphere of month and latitude, with its spread."""

    name = "climatology"

    def profile(self, latitude: float, time_ns: int) -> AtmosphereProfile:
        """Return the mean of the season."""
        from vigie.earth.atmosphere import climatology

        return climatology(latitude=latitude, time_ns=time_ns)

    def quick(self, latitude: float, time_ns: int) -> CelerityModel:
        """Return usual celerities weighted by the ducts of the season."""
        return _quick(*_node(latitude, time_ns))

    def model(self, latitude: float, time_ns: int) -> CelerityModel:
        """Return mixtures from rays through possible winds of the season; 1 s for a new place."""
        return _traced(*_node(latitude, time_ns))


class OneProfile:
    """A profile of the user, taken for everywhere.

    Parameters
    ----------
    profile : AtmosphereProfile
    """

    name = "profile"

    def __init__(self, profile: AtmosphereProfile) -> None:
        from vigie.earth.atmosphere.celerity import CelerityModel as Traced

        self.given = profile
        self._quick = QuickModel(profile)
        self._traced = Traced(profile, np.random.default_rng(SEED))

    def profile(self, latitude: float, time_ns: int) -> AtmosphereProfile:
        """Return the profile that was given."""
        del latitude, time_ns
        return self.given

    def quick(self, latitude: float, time_ns: int) -> CelerityModel:
        """Return usual celerities weighted by the ducts of the profile."""
        del latitude, time_ns
        return self._quick

    def model(self, latitude: float, time_ns: int) -> CelerityModel:
        """Return mixtures from rays through winds around the profile."""
        del latitude, time_ns
        return self._traced


def _node(latitude: float, time_ns: int) -> tuple[float, int]:
    node = round(latitude / LATITUDE_STEP_DEG) * LATITUDE_STEP_DEG
    return min(max(node, -90.0), 90.0), round(time_ns / TIME_STEP_NS) * TIME_STEP_NS


@lru_cache(maxsize=64)
def _quick(latitude: float, time_ns: int) -> QuickModel:
    from vigie.earth.atmosphere import climatology

    return QuickModel(climatology(latitude=latitude, time_ns=time_ns))


@lru_cache(maxsize=64)
def _traced(latitude: float, time_ns: int) -> CelerityModel:
    from vigie.earth.atmosphere.celerity import CelerityModel as Traced

    return Traced.of_climatology(latitude, time_ns, np.random.default_rng(SEED))
