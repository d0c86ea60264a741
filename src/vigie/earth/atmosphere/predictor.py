"""Infrasound at stations: what the network room asks of the atmosphere.

What it computes: for the phases I (any), Iw, Is and It time, slowness and azimuth with the errors
of the model, from the celerity mixtures of `celerity`: time is range times mean reciprocal
celerity, its error range times the standard deviation; for I over the three phases, for the others
of that phase alone. The crosswind stands in ``azimuth_correction_deg``. An array measures the
trace velocity, not the celerity: ``slowness_correction_s_per_deg`` is the difference. Source: see
`celerity`; trace velocities are the middle of those of rays that turn in each layer (0.33-0.35,
0.34-0.37, 0.36-0.45 km/s), chosen. Assumptions: one atmosphere along the path, that of the source,
or between two latitudes of the climatology. Accuracy: that of the mixtures. Three phases in one
normal distribution make I wide; location by ``vigie.network.infrasound`` keeps them apart. Cost: 1
s for a new band of latitude, then 0.5 ms for 100 sites.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.earth.atmosphere.celerity import CelerityMixture, CelerityModel, CelerityParams
from vigie.earth.atmosphere.climatology import climatology
from vigie.earth.atmosphere.eigenrays import PHASES as TURNED
from vigie.earth.atmosphere.landings import LandingParams
from vigie.earth.base import Hypocentre, Predictions, Sites
from vigie.errors import ParameterError, UnknownPhaseError
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.records import AtmosphereProfile

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]

PHASES = ("I", *TURNED)
DEEPEST_KM = 150.0
"""Sources below this shake no ground that sends infrasound; the limit of the travel-time tables."""
_TRACE_KM_S = np.array([0.340, 0.352, 0.395])
_TRACE_SIGMA = np.array([0.03, 0.04, 0.10])
"""Relative standard error of the same."""
_LATITUDE_STEP_DEG = 10.0
_QUICK = CelerityParams(landing=LandingParams(n_members=10, n_rays=90))


@dataclass(frozen=True, slots=True, kw_only=True)
class AtmosphereOptions:
    """Of which atmosphere, and errors beside those of the mixtures."""

    month: float = 6.5
    """Month of the climatology, 1.0 to 13.0, where no profile is given."""
    profile: AtmosphereProfile | None = None
    """Taken for everywhere, instead of the climatology."""
    least_sigma_s: float = 10.0
    """Standard error of time near the source: where in its train an arrival is read; chosen."""
    seed: int = 20100101
    """Of the ensemble of winds."""


class AtmospherePredictor:
    """Predicts infrasound; meets ``vigie.earth.base.Predictor``.

    Parameters
    ----------
    options : AtmosphereOptions, optional

    Examples
    --------
    >>> predictor = AtmospherePredictor(AtmosphereOptions(month=1.5))
    >>> site = Sites(np.array([50.0]), np.array([10.0]), np.array([0.0]))
    >>> found = predictor.predict(["I"], Hypocentre(50.0, 0.0, 0.0), site)
    >>> bool(2000.0 < found.time_s[0] < 3000.0)
    True
    """

    def __init__(self, options: AtmosphereOptions | None = None) -> None:
        self._options = options or AtmosphereOptions()
        self._models: dict[float, CelerityModel] = {}

    @property
    def name(self) -> str:
        """Name of the model, as origins state it: which atmosphere was used."""
        options = self._options
        if options.profile is not None:
            return f"atmosphere ({options.profile.source})"
        return f"atmosphere (climatology, month {options.month:g})"

    @property
    def phases(self) -> tuple[str, ...]:
        """Names of the phases."""
        return PHASES

    def predict(self, phases: Sequence[str], source: Hypocentre, sites: Sites) -> Predictions:
        """Predict ``phases[i]`` at site i.

        Raises
        ------
        UnknownPhaseError
            A phase is not in ``phases``.
        ParameterError
            There are not as many phases as sites.
        """
        n = len(sites.latitude)
        if len(phases) != n:
            raise ParameterError(name="phases", value=len(phases), expected=f"one per site, {n}")
        for phase in phases:
            if phase not in PHASES:
                raise UnknownPhaseError(phase=phase, model=self.name, known=" ".join(PHASES))
        delta, esaz, seaz = distance_azimuths(
            source.latitude, source.longitude, sites.latitude, sites.longitude
        )
        mixture = _of_phases(self._mixture(source.latitude, esaz, delta * KM_PER_DEG), phases)
        columns = self._columns(mixture, delta, (esaz, seaz))
        if source.depth_km > DEEPEST_KM:
            columns = {name: np.full(n, np.nan) for name in columns}
        return Predictions(**columns)

    def _columns(
        self, mixture: CelerityMixture, delta: FloatArray, azimuths: tuple[FloatArray, FloatArray]
    ) -> dict[str, FloatArray]:
        slowness = mixture.mean_s_per_km * KM_PER_DEG
        trace = mixture.weights @ (1.0 / _TRACE_KM_S) * KM_PER_DEG
        spread = mixture.weights @ (((1.0 + _TRACE_SIGMA**2) / _TRACE_KM_S**2) * KM_PER_DEG**2)
        nothing = np.zeros(len(delta))
        return {
            "time_s": slowness * delta,
            "slowness_s_per_deg": slowness,
            "dt_ddepth_s_per_km": nothing,
            "d2t_ddelta2": nothing,
            "delta_deg": delta,
            "esaz_deg": azimuths[0],
            "seaz_deg": azimuths[1],
            "time_sigma_s": np.hypot(
                self._options.least_sigma_s, mixture.sigma_s_per_km * KM_PER_DEG * delta
            ),
            "azimuth_sigma_deg": mixture.azimuth_deviation_sigma_deg,
            "slowness_sigma_s_per_deg": np.sqrt(spread - trace**2),
            "slowness_correction_s_per_deg": trace - slowness,
            "azimuth_correction_deg": mixture.azimuth_deviation_deg,
        }

    def _mixture(
        self, latitude: float, azimuth_deg: FloatArray, range_km: FloatArray
    ) -> CelerityMixture:
        if self._options.profile is not None:
            return self._model(0.0).mixture(azimuth_deg, range_km)
        low = min(float(latitude // _LATITUDE_STEP_DEG) * _LATITUDE_STEP_DEG, 80.0)
        share = (latitude - low) / _LATITUDE_STEP_DEG
        near = self._model(low).mixture(azimuth_deg, range_km)
        if share == 0.0:
            return near
        # Between two bands, so that nothing jumps while a location walks over their border.
        far = self._model(low + _LATITUDE_STEP_DEG).mixture(azimuth_deg, range_km)
        return _between(near, far, share)

    def _model(self, latitude: float) -> CelerityModel:
        if latitude not in self._models:
            options = self._options
            profile = options.profile or climatology(latitude=latitude, month=options.month)
            rng = np.random.default_rng(options.seed)
            self._models[latitude] = CelerityModel(profile, rng, _QUICK)
        return self._models[latitude]


def _between(near: CelerityMixture, far: CelerityMixture, share: float) -> CelerityMixture:
    def mean(one: FloatArray, other: FloatArray) -> FloatArray:
        return np.asarray((1.0 - share) * one + share * other)

    return CelerityMixture(
        mean(near.weights, far.weights),
        mean(near.means_s_per_km, far.means_s_per_km),
        mean(near.sigmas_s_per_km, far.sigmas_s_per_km),
        mean(near.phase_deviations_deg, far.phase_deviations_deg),
        mean(near.phase_deviation_sigmas_deg, far.phase_deviation_sigmas_deg),
        near.source,
    )


def _of_phases(mixture: CelerityMixture, phases: Sequence[str]) -> CelerityMixture:
    """Return the mixture with all weight on the phase that each row asks for; all for I."""
    weights = mixture.weights.copy()
    for row, phase in enumerate(phases):
        if phase != "I":
            weights[row] = [float(phase == one) for one in TURNED]
    return CelerityMixture(
        weights,
        mixture.means_s_per_km,
        mixture.sigmas_s_per_km,
        mixture.phase_deviations_deg,
        mixture.phase_deviation_sigmas_deg,
        mixture.source,
    )
