"""Slowness and azimuth of one signal at an array, with standard errors that can be believed.

**Likelihood.** The band is divided into sub-bands g, each with its own unknown noise level.
Integrated over noise level and signal spectrum, the log likelihood of a plane wave of
slowness s is L(s) = -sum_g lambda_g K_g (N-1) log(1 - C_g(s)), with C_g the relative f-k power
of N elements and K_g the number of independent bins. Sub-bands without signal hardly count,
and a spectral peak does not make the array narrow-band: side lobes are as low as the
bandwidth allows.

**Errors between elements.** Clocks, heights and the ground below each element shift arrivals by
some 10 to 30 ms. The variance of these shifts is estimated from the residual delays against the
plane wave (N - 3 degrees of freedom) and a prior (``timing_sigma_s``, ``timing_dof``). They also
limit the degrees of freedom of the residual: with rho the share of it that they explain,
lambda = 1/((1 - rho)^2 + 2 K rho^2) (Satterthwaite).

**Covariance** of one lobe = (2 sum_f w^2 SNR N SNR/(1 + N SNR) Y'Y)^-1 [noise]
+ sigma_t^2 (Y'Y)^-1 [timing] + sigma_m^2 I [model], with Y the centred offsets.
The points of each lobe are weighted by 1/|s|: all sizes of slowness are equally likely before.
**Several lobes.** Every local maximum of L within ``lobe_depth`` of the largest is a possible
answer, with Laplace's weight exp(L) sqrt(det cov); a side lobe is as narrow as the largest but for
its height. With the chance that noise alone is as coherent (p-value) nothing is known. The standard
errors are the rms departure of this mixture from the reported maximum: side lobes within the
noise, and coherence that noise may have, widen them.

Sources: Bartlett power and F: Smart & Flinn (1971); sum over bands of K N log(1 + F/(N-1)):
Poste et al. (2023), GJI 232, 1099-1112; noise term: Knapp & Carter (1976), IEEE Trans. ASSP 24,
320-327, for N sensors; timing term: Szuberla & Olson (2004), JASA 115, 253-258.
Accuracy as measured: ``docs/methods/fk.md``. Cost: 5 to 60 ms per signal, with aperture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.geodesy import KM_PER_DEG, wrap_azimuth_deg
from vigie.signal.elements import check_geometry
from vigie.signal.fk_params import SlownessGrid
from vigie.signal.slowness_errors import (
    as_narrow,
    information,
    noise_probability,
    residual_delays,
    timing_sigma,
)
from vigie.signal.slowness_moments import Mixture, moments_about
from vigie.signal.subbands import (
    SubBand,
    coherence_at,
    coherence_map,
    full_power,
    likelihood,
    sub_bands,
    timing_shares,
)

if TYPE_CHECKING:
    from vigie.signal.array_spectra import Spectra

_MAX_HALF = 100
"""Nodes of the search grid on either side of zero, at most."""

_NOTHING = 1e8 * np.eye(2)
"""Covariance, (s/km)^2, of which nothing but the prior is left."""
_KNOWN = 0.98
"""What has this share of the standard error that it has before the measurement tells nothing."""

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlownessParams:
    """How slowness is estimated and how large its unmodelled errors are."""

    max_s_per_km: float = 0.36
    """Largest component searched; 40 s/deg, as the f-k grid of SNL-GMS PI27."""
    timing_sigma_s: float = 0.020
    """Prior standard error of the arrival time of one element about a plane wave.

    Middle of 10 to 30 ms: 50 m of height or of slower ground at 2.5 km/s give 20 ms."""
    timing_dof: float = 4.0
    """Weight of that prior, in residuals."""
    model_sigma_s_per_deg: float = 2.5
    """Departure of the wave from its great circle and table, without a correction: the default
    model error of arrays in the station corrections of the IDC."""
    min_bins_per_subband: float = 4.0
    max_subbands: int = 6
    lobe_depth: float = 12.0
    """Maxima of L that lie further below the largest are neglected (weight < 1e-5)."""

    def __post_init__(self) -> None:
        if min(self.timing_sigma_s, self.timing_dof, self.model_sigma_s_per_deg) < 0.0:
            raise ParameterError(
                name="timing_sigma_s, timing_dof, model_sigma_s_per_deg",
                value=f"{self.timing_sigma_s}, {self.timing_dof}, {self.model_sigma_s_per_deg}",
                expected="values from 0",
            )

    @property
    def limit_s_per_km(self) -> float:
        """Largest size that an answer can have: the corner of the square that is searched."""
        return math.sqrt(2.0) * self.max_s_per_km

    def tells_size(self, slowness_s_per_deg: float, sigma: float) -> bool:
        """Tell whether a standard error is below that of sizes that are even up to the limit."""
        limit = self.limit_s_per_km * KM_PER_DEG
        even2 = limit**2 / 3.0 - limit * slowness_s_per_deg + slowness_s_per_deg**2
        return sigma < _KNOWN * math.sqrt(even2)

    @staticmethod
    def tells_azimuth(sigma_deg: float) -> bool:
        """Tell whether a standard error is below that of even directions, 104 deg."""
        return sigma_deg < _KNOWN * 180.0 / math.sqrt(3.0)


@dataclass(frozen=True, slots=True, eq=False)
class SlownessEstimate:
    """Horizontal slowness of one signal."""

    slowness_s_per_km: FloatArray
    """East and north, shape (2,); points where the wave goes."""
    covariance: FloatArray
    """Second moments of all possible answers about the reported one, (s/km)^2, shape (2, 2)."""
    azimuth_deg: float
    azimuth_deg_sigma: float
    """Rms turn, at most 180; 104 means that nothing is known."""
    slowness_s_per_deg: float
    slowness_s_per_deg_sigma: float
    coherence: float
    """Relative power C at the maximum, 0 to 1."""
    f_statistic: float
    p_value: float
    """That noise gives such an F anywhere in the range searched."""
    timing_sigma_s: float
    """Estimated standard error of one element's time."""
    residuals_s: FloatArray
    """Delay of each element against the plane wave, shape (n,)."""
    lobes: int
    """Number of maxima that compete."""


def estimate_slowness(
    spectra: Spectra, offsets_km: FloatArray, params: SlownessParams
) -> SlownessEstimate:
    """Estimate the slowness of a plane wave in one window.

    Parameters
    ----------
    spectra : Spectra
        Of one window, every element present.
    offsets_km : ndarray, shape (n, 2)
    params : SlownessParams

    Returns
    -------
    SlownessEstimate

    Raises
    ------
    ArrayGeometryError
        Fewer than three elements, or all in line.
    """
    offsets = check_geometry(offsets_km)
    bands = sub_bands(spectra, params)
    grid = _grid_for(offsets, float(spectra.freq_hz[-1]), params)
    maps = np.stack([coherence_map(b, offsets, grid) for b in bands])
    weight = np.array([b.bins * (len(offsets) - 1) for b in bands])
    first = _argmax2(likelihood(maps, weight))
    rho = timing_shares(bands, maps[:, first[0], first[1]], params.timing_sigma_s)
    bins = np.array([b.bins for b in bands])
    weight = weight / ((1.0 - rho) ** 2 + 2.0 * bins * rho**2)
    starts = _lobe_nodes(likelihood(maps, weight), params.lobe_depth)
    axis = grid.axis_s_per_km
    places, levels = _climb(bands, offsets, weight, axis[starts], grid.step_s_per_km)
    return _summarise(
        bands,
        offsets,
        params,
        places[levels > levels.max() - params.lobe_depth],
        levels[levels > levels.max() - params.lobe_depth],
    )


def resolved_freq_hz(aperture_km: float, params: SlownessParams) -> float:
    """Return the frequency up to which the search grid samples the main lobe of an array.

    Waves of 70 wavelengths per aperture are not coherent across it anyway.
    """
    return 0.25 * _MAX_HALF / (params.max_s_per_km * max(aperture_km, 1e-9))


def _grid_for(offsets_km: FloatArray, freq_hz: float, params: SlownessParams) -> SlownessGrid:
    """Grid that samples the main lobe, whose width is about 1/(f D), at least four times."""
    aperture_km = float(np.max(np.linalg.norm(offsets_km[:, None] - offsets_km[None], axis=2)))
    step = 0.25 / max(freq_hz * aperture_km, 1e-9)
    half = int(np.clip(np.ceil(params.max_s_per_km / step), 20, _MAX_HALF))
    return SlownessGrid(max_s_per_km=params.max_s_per_km, nodes=2 * half + 1)


def _argmax2(values: FloatArray) -> tuple[int, int]:
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    return int(row), int(column)


def _lobe_nodes(likelihood: FloatArray, depth: float) -> NDArray[np.intp]:
    """Nodes that are local maxima not far below the largest, shape (k, 2); at most 40."""
    padded = np.pad(likelihood, 1, constant_values=-np.inf)
    rows, columns = likelihood.shape
    peak = likelihood > likelihood.max() - depth - 3.0
    for i in range(3):
        for j in range(3):
            peak &= likelihood >= padded[i : i + rows, j : j + columns]
    nodes = np.argwhere(peak)
    order = np.argsort(-likelihood[nodes[:, 0], nodes[:, 1]], kind="stable")
    return nodes[order[:40]]


def _climb(
    bands: list[SubBand],
    offsets_km: FloatArray,
    weight: FloatArray,
    start: FloatArray,
    step: float,
) -> tuple[FloatArray, FloatArray]:
    """Climb from nodes to the maxima of L: parabolas on ever smaller 3 x 3 stencils."""
    stencil = np.array([(i, j) for i in (-1.0, 0.0, 1.0) for j in (-1.0, 0.0, 1.0)])
    x, y = stencil.T
    inverse = np.linalg.pinv(np.stack([np.ones(9), x, y, x * x, x * y, y * y], axis=1))
    here = start.copy()

    def level(points: FloatArray) -> FloatArray:
        flat = points.reshape(-1, 2)
        coherence = np.stack([coherence_at(b, offsets_km, flat) for b in bands])
        return likelihood(coherence, weight).reshape(points.shape[:-1])

    for size in (step, step / 2, step / 6, step / 20, step / 60):
        around = here[:, None] + size * stencil
        values = level(around)
        _, bx, by, cxx, cxy, cyy = inverse @ values.T
        determinant = 4.0 * cxx * cyy - cxy**2
        peaked = (determinant > 1e-12) & (cxx < 0.0)
        safe = np.where(peaked, determinant, 1.0)
        move = np.stack([cxy * by - 2 * cyy * bx, cxy * bx - 2 * cxx * by], axis=1) / safe[:, None]
        best = around[np.arange(len(here)), values.argmax(axis=1)]
        vertex = here + size * np.clip(move, -1.0, 1.0)
        ahead = peaked & (level(vertex) >= values.max(axis=1))
        here = np.where(ahead[:, None], vertex, best)
    return here, level(here)


def _summarise(
    bands: list[SubBand],
    offsets: FloatArray,
    params: SlownessParams,
    places: FloatArray,
    levels: FloatArray,
) -> SlownessEstimate:
    best = places[levels.argmax()]
    inverse = np.linalg.inv(offsets.T @ offsets)
    info = information(bands, offsets, best, params.timing_sigma_s)
    residuals = residual_delays(bands, offsets, best)
    timing = timing_sigma(residuals, 1.0 / info, params) if params.timing_sigma_s else 0.0
    model = (params.model_sigma_s_per_deg / KM_PER_DEG) ** 2 * np.eye(2)
    owns = np.array([information(bands, offsets, p, params.timing_sigma_s) for p in places])
    owns = as_narrow(owns, levels)
    weights = np.exp(levels - levels.max()) / owns
    p_value = noise_probability(bands, offsets, best, params)
    mixture = Mixture(
        np.concatenate([places, best[None]]),
        [*((1.0 / own + timing**2) * inverse + model for own in owns), _NOTHING],
        np.append((1.0 - p_value) * weights / weights.sum(), p_value),
    )
    moments = moments_about(best, mixture, params.limit_s_per_km)
    coherences = [float(coherence_at(b, offsets, best[None])[0]) for b in bands]
    coherence = float(np.average(coherences, weights=[full_power(b) for b in bands]))
    f_value = (len(offsets) - 1) * coherence / max(1.0 - coherence, 1e-12)
    return SlownessEstimate(
        best,
        moments.covariance,
        float(wrap_azimuth_deg(np.degrees(np.arctan2(-best[0], -best[1])))),
        moments.azimuth_deg_sigma,
        float(np.hypot(*best) * KM_PER_DEG),
        moments.slowness_sigma * KM_PER_DEG,
        coherence,
        float(f_value),
        p_value,
        timing,
        residuals,
        len(places),
    )
