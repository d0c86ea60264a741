"""How fast infrasound comes and from where: mixtures of celerity by azimuth and range.

What it computes: for a path azimuth and range the weights, means and standard deviations of the
phases Iw, Is, It in reciprocal celerity (s/km), and mean and standard deviation of the azimuth
deviation (measured minus true back azimuth). Rays are traced through an ensemble of possible
winds; every hop of every bundle lands somewhere and leaves its energy in the bins of range, the
thermospheric ones weakened by absorption. A phase's weight follows its part of the amplitude,
averaged over the ensemble. A share of the prior by V (`celerity_prior`) stays, for what rays
cannot do: diffraction into the shadow and partial reflection; it is all there is where no ray
lands. Source:
the form of the mixture is that of Marcillo et al. 2014 (GJI 196, 375) and Blom et al. 2015 (GJI
203, 1682), made for the profile of the day as Drob et al. 2003; hops as `rays`. Assumptions: one
profile along the path; a phase is detected in proportion to its amplitude. Accuracy: eigenrays
through winds that the model does not know lie in its 90 % interval in 92.5 % (celerity) and 90.6 %
(azimuth) of 362 cases; with only latitude and date against real profiles 92.1 and 93.8 % of 227.
Cost: 1.4 s for 24 azimuths and 16 members, then 0.3 ms for 1,000 paths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.earth.atmosphere.celerity_prior import (
    DEFAULT_PRIOR,
    MEANS_S_PER_KM,
    SIGMAS_S_PER_KM,
    PriorParams,
    prior_weights,
)
from vigie.earth.atmosphere.climatology import climatology
from vigie.earth.atmosphere.ducting import velocity_ratio, velocity_ratio_sigma
from vigie.earth.atmosphere.eigenrays import PHASES
from vigie.earth.atmosphere.landings import DEFAULT_LANDING, LandingParams, Landings, landings
from vigie.errors import ParameterError
from vigie.records import AtmosphereSource

if TYPE_CHECKING:
    from vigie.records import AtmosphereProfile

FloatArray = NDArray[np.float64]

_LEAST_SIGMA_S_PER_KM = 0.04
"""Standard deviation that no phase falls below: 1.2 % of the travel time, for ranges on a round
Earth, terrain, and where in its train an arrival is picked. Chosen."""
_LEAST_DEVIATION_SIGMA_DEG = 1.0
"""The same for the azimuth, chosen: winds along the path differ from the profile's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CelerityParams:
    """How the table of mixtures is made."""

    azimuth_step_deg: float = 15.0
    """Between directions; mixtures are interpolated."""
    landing: LandingParams = DEFAULT_LANDING
    """Rays, ensemble and bins."""
    prior: PriorParams = DEFAULT_PRIOR
    """Weights where rays do not tell."""
    prior_share: float = 0.3
    """Part of the prior in every mixture, chosen."""


DEFAULT_CELERITY = CelerityParams()


@dataclass(frozen=True, slots=True, eq=False)
class CelerityMixture:
    """Mixtures for n paths; phases in the order Iw, Is, It."""

    weights: FloatArray
    """Shape (n, 3), rows of sum 1."""
    means_s_per_km: FloatArray
    """Reciprocal celerity, shape (n, 3)."""
    sigmas_s_per_km: FloatArray
    phase_deviations_deg: FloatArray
    """Measured minus true back azimuth of each phase, shape (n, 3)."""
    phase_deviation_sigmas_deg: FloatArray
    source: AtmosphereSource
    """What the winds were taken from."""
    phases: tuple[str, ...] = PHASES

    @property
    def mean_s_per_km(self) -> FloatArray:
        """Mean reciprocal celerity over the phases, shape (n,)."""
        return np.asarray(np.sum(self.weights * self.means_s_per_km, axis=1))

    @property
    def azimuth_deviation_deg(self) -> FloatArray:
        """Mean of measured minus true back azimuth over the phases, shape (n,)."""
        return np.asarray(np.sum(self.weights * self.phase_deviations_deg, axis=1))

    @property
    def azimuth_deviation_sigma_deg(self) -> FloatArray:
        """Standard deviation of the same over the phases, shape (n,)."""
        moments = self.phase_deviation_sigmas_deg**2 + self.phase_deviations_deg**2
        second = np.sum(self.weights * moments, axis=1)
        return np.asarray(np.sqrt(second - self.azimuth_deviation_deg**2))

    @property
    def sigma_s_per_km(self) -> FloatArray:
        """Standard deviation over the phases, shape (n,)."""
        second = np.sum(self.weights * (self.sigmas_s_per_km**2 + self.means_s_per_km**2), axis=1)
        return np.asarray(np.sqrt(second - self.mean_s_per_km**2))


class CelerityModel:
    """Table of mixtures around one place, by azimuth and range.

    Parameters
    ----------
    profile : AtmosphereProfile
        Of the user, or from `climatology`.
    rng : numpy.random.Generator
        For the ensemble of winds.
    params : CelerityParams
        How it is made.

    Raises
    ------
    ParameterError
        The profile does not reach 60 km, or steps do not divide the circle.
    """

    def __init__(
        self,
        profile: AtmosphereProfile,
        rng: np.random.Generator,
        params: CelerityParams = DEFAULT_CELERITY,
    ) -> None:
        n = round(360.0 / params.azimuth_step_deg)
        if n < 4 or abs(n * params.azimuth_step_deg - 360.0) > 1e-9:
            raise ParameterError(
                name="azimuth_step_deg",
                value=params.azimuth_step_deg,
                expected="a part of 360, at most 90",
            )
        azimuth = np.asarray(np.arange(n) * params.azimuth_step_deg, dtype=np.float64)
        self._source = profile.source
        self._step = params.azimuth_step_deg
        landed = landings(profile, azimuth, rng, params.landing)
        self._range_km = landed.range_km
        self._columns = _table(profile, azimuth, landed, params)

    @property
    def source(self) -> AtmosphereSource:
        """What the winds were taken from."""
        return self._source

    @classmethod
    def of_climatology(
        cls,
        latitude: float,
        time_ns: int,
        rng: np.random.Generator,
        params: CelerityParams = DEFAULT_CELERITY,
    ) -> CelerityModel:
        """Take the mean atmosphere of a latitude and time of year."""
        return cls(climatology(latitude=latitude, time_ns=time_ns), rng, params)

    def mixture(self, azimuth_deg: ArrayLike, range_km: ArrayLike) -> CelerityMixture:
        """Return the mixtures of paths.

        Parameters
        ----------
        azimuth_deg, range_km : array_like
            From source to receiver; broadcast to n. Ranges beyond the table take its ends.

        Raises
        ------
        ParameterError
            A range or azimuth is not a number, or a range is below 0.
        """
        azimuth, distance = np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in (azimuth_deg, range_km))
        )
        if not (np.all(np.isfinite(azimuth)) and np.all(distance >= 0.0)):
            raise ParameterError(
                name="azimuth_deg, range_km", value="not a number", expected="finite, range from 0"
            )
        columns = self._interpolate(azimuth.ravel(), distance.ravel())
        weights = columns[:, 0:3] / columns[:, 0:3].sum(axis=1, keepdims=True)
        return CelerityMixture(
            weights,
            columns[:, 3:6],
            columns[:, 6:9],
            columns[:, 9:12],
            columns[:, 12:15],
            self._source,
        )

    def _interpolate(self, azimuth_deg: FloatArray, range_km: FloatArray) -> FloatArray:
        table = self._columns
        along = np.interp(range_km, self._range_km, np.arange(len(self._range_km)))
        low = np.minimum(along.astype(np.int64), len(self._range_km) - 2)
        turn = (azimuth_deg / self._step) % len(table)
        left = np.minimum(turn.astype(np.int64), len(table) - 1)
        right = (left + 1) % len(table)
        share, part = (along - low)[:, None], (turn - left)[:, None]
        near = (1.0 - part) * table[left, low] + part * table[right, low]
        far = (1.0 - part) * table[left, low + 1] + part * table[right, low + 1]
        return np.asarray((1.0 - share) * near + share * far)


def _table(
    profile: AtmosphereProfile, azimuth: FloatArray, landed: Landings, params: CelerityParams
) -> FloatArray:
    """Return (azimuths, ranges, 15): weights, means, sigmas, deviations, their sigmas, by phase."""
    ratio = velocity_ratio(profile, azimuth)[:, None]
    ratio_sigma = velocity_ratio_sigma(profile, azimuth)[:, None]
    shape = (len(azimuth), len(landed.range_km))
    distance, v, v_sigma = (
        np.broadcast_to(x, shape).ravel() for x in (landed.range_km, ratio, ratio_sigma)
    )
    prior = prior_weights(distance, v, v_sigma, params.prior).reshape(*shape, 3)
    # Winds in which nothing lands leave the prior alone.
    of_rays = (1.0 - params.prior_share) * landed.part
    weights = of_rays + (1.0 - of_rays.sum(axis=-1, keepdims=True)) * prior
    usual, usual_sigma = _usual(landed)
    seen = np.isfinite(landed.mean_s_per_km)
    # A phase of few members is known less well: it leans on what is usual in proportion.
    trust = np.where(seen, landed.members, 0.0)
    ray_mean = np.where(seen, landed.mean_s_per_km, usual)
    ray_variance = np.where(seen, landed.sigma_s_per_km, usual_sigma) ** 2
    means = trust * ray_mean + (1.0 - trust) * usual
    variances = (
        trust * ray_variance
        + (1.0 - trust) * usual_sigma**2
        + trust * (1.0 - trust) * (ray_mean - usual) ** 2
    )
    sigmas = np.sqrt(variances + _LEAST_SIGMA_S_PER_KM**2)
    deviation, deviation_sigma = _deviation(landed)
    return np.concatenate([weights, means, sigmas, deviation, deviation_sigma], axis=-1)


def _usual(landed: Landings) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard deviation of reciprocal celerity where a phase does not land.

    Shape (azimuths, 1, 3). The thermosphere always returns sound, and absorption alone hides it:
    its rays of any range tell how fast it is, some 0.27 km/s, better than the 0.20 to 0.28 in use.
    Iw and Is come where their ducts leak, with usual celerities.
    """
    thermospheric = np.array([phase == "It" for phase in PHASES])
    known = thermospheric & np.isfinite(landed.any_mean_s_per_km)
    mean = np.where(known, landed.any_mean_s_per_km, MEANS_S_PER_KM)
    sigma = np.where(known, landed.any_sigma_s_per_km, SIGMAS_S_PER_KM)
    return mean[:, None], sigma[:, None]


def _deviation(landed: Landings) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard deviation of the azimuth deviation by phase."""
    # Where a phase does not land, its rays of any range tell the drift.
    lands = np.isfinite(landed.deviation_deg)
    anywhere, anywhere_sigma = landed.any_deviation_deg, landed.any_deviation_sigma_deg
    mean = np.where(lands, landed.deviation_deg, anywhere[:, None])
    sigma = np.where(lands, landed.deviation_sigma_deg, anywhere_sigma[:, None])
    return mean, np.hypot(sigma, _LEAST_DEVIATION_SIGMA_DEG)
