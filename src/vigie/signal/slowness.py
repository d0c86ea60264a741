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
answer, with Laplace's weight exp(L) sqrt(det cov). The standard errors are the rms departure
of this mixture from the reported maximum: side lobes within the noise widen them.

Sources: Bartlett power and F: Smart & Flinn (1971); sum over bands of K N log(1 + F/(N-1)):
Poste et al. (2023), GJI 232, 1099-1112; noise term: Knapp & Carter (1976), IEEE Trans. ASSP 24,
320-327, for N sensors; timing term: Szuberla & Olson (2004), JASA 115, 253-258.
Accuracy as measured: ``docs/methods/fk.md``. Cost: 5 to 60 ms per signal, with aperture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.geodesy import KM_PER_DEG, wrap_azimuth_deg
from vigie.signal.fisher import fisher, maximum_p_value
from vigie.signal.fk import Spectra, check_geometry
from vigie.signal.fk_params import SlownessGrid
from vigie.signal.slowness_moments import Mixture, moments_about

_MAX_HALF = 100
"""Nodes of the search grid on either side of zero, at most."""

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


@dataclass(frozen=True, slots=True, eq=False)
class _SubBand:
    """Coefficients of one sub-band of elements that have unit energy each."""

    values: ComplexArray
    """Shape (n, bins)."""
    omega: FloatArray
    bins: float
    """Independent bins K."""


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
    bands = _sub_bands(spectra, params)
    grid = _grid_for(offsets, float(spectra.freq_hz[-1]), params)
    maps = np.stack([_coherence_map(b, offsets, grid) for b in bands])
    weight = np.array([b.bins * (len(offsets) - 1) for b in bands])
    first = _argmax2(_likelihood(maps, weight))
    rho = _timing_shares(bands, maps[:, first[0], first[1]], params.timing_sigma_s)
    bins = np.array([b.bins for b in bands])
    weight = weight / ((1.0 - rho) ** 2 + 2.0 * bins * rho**2)
    starts = _lobe_nodes(_likelihood(maps, weight), params.lobe_depth)
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


def _sub_bands(spectra: Spectra, params: SlownessParams) -> list[_SubBand]:
    values = spectra.values[0]
    level = np.sqrt(np.mean(np.abs(values) ** 2, axis=1, keepdims=True))
    unit = values / np.maximum(level, 1e-300)
    total = spectra.independent_bins
    number = int(np.clip(total / params.min_bins_per_subband, 1, params.max_subbands))
    number = min(number, len(spectra.freq_hz))
    parts = np.array_split(np.arange(len(spectra.freq_hz)), number)
    share = total / len(spectra.freq_hz)
    return [_SubBand(unit[:, p], 2.0 * np.pi * spectra.freq_hz[p], share * len(p)) for p in parts]


def _grid_for(offsets_km: FloatArray, freq_hz: float, params: SlownessParams) -> SlownessGrid:
    """Grid that samples the main lobe, whose width is about 1/(f D), at least four times."""
    aperture_km = float(np.max(np.linalg.norm(offsets_km[:, None] - offsets_km[None], axis=2)))
    step = 0.25 / max(freq_hz * aperture_km, 1e-9)
    half = int(np.clip(np.ceil(params.max_s_per_km / step), 20, _MAX_HALF))
    return SlownessGrid(max_s_per_km=params.max_s_per_km, nodes=2 * half + 1)


def _coherence_map(band: _SubBand, offsets_km: FloatArray, grid: SlownessGrid) -> FloatArray:
    from vigie.signal.fk_kernels import power_one

    freq_hz = band.omega / (2.0 * np.pi)
    power = power_one(band.values, freq_hz, offsets_km, grid.axis_s_per_km)
    return np.asarray(np.minimum(power / _full(band), 1.0 - 1e-9))


def _full(band: _SubBand) -> float:
    return max(float(len(band.values) * np.sum(np.abs(band.values) ** 2)), 1e-300)


def _coherence_at(band: _SubBand, offsets_km: FloatArray, slowness: FloatArray) -> FloatArray:
    """C of a sub-band at slownesses of shape (k, 2)."""
    delays = slowness @ offsets_km.T
    steered = np.exp(1j * delays[:, :, None] * band.omega)
    beams = np.einsum("jf,kjf->kf", band.values, steered)
    return np.asarray(np.minimum(np.sum(np.abs(beams) ** 2, axis=1) / _full(band), 1.0 - 1e-9))


def _likelihood(coherence: FloatArray, weight: FloatArray) -> FloatArray:
    """L from the coherences of all sub-bands (first axis)."""
    return np.asarray(-np.tensordot(weight, np.log1p(-coherence), axes=1))


def _argmax2(values: FloatArray) -> tuple[int, int]:
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    return int(row), int(column)


def _levels(band: _SubBand, coherence: float) -> tuple[float, float]:
    """Signal power per element and bin, and residual power, of a sub-band."""
    number = len(band.values)
    mean = float(np.mean(np.abs(band.values) ** 2))
    residual = (1.0 - coherence) * mean * number / (number - 1)
    return max(coherence * mean - residual / number, 0.0), max(residual, 1e-12 * mean + 1e-300)


def _timing_shares(bands: list[_SubBand], coherence: FloatArray, timing_s: float) -> FloatArray:
    """Share rho of the residual of each sub-band that timing errors explain."""
    shares = []
    for band, c in zip(bands, coherence, strict=True):
        signal, residual = _levels(band, float(c))
        omega2 = float(np.mean(band.omega**2))
        shares.append(min(signal * omega2 * timing_s**2 / residual, 1.0))
    return np.array(shares)


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
    bands: list[_SubBand],
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
        coherence = np.stack([_coherence_at(b, offsets_km, flat) for b in bands])
        return _likelihood(coherence, weight).reshape(points.shape[:-1])

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


def _information(
    bands: list[_SubBand], offsets_km: FloatArray, slowness: FloatArray, timing_s: float
) -> float:
    """Information on one element's time, 1/s^2: 2 sum w^2 SNR N SNR/(1 + N SNR)."""
    number = len(offsets_km)
    total = 0.0
    for band in bands:
        coherence = float(_coherence_at(band, offsets_km, slowness[None])[0])
        signal, residual = _levels(band, coherence)
        omega2 = float(np.mean(band.omega**2))
        # What timing errors leave over is noise; at least a tenth of it, as the prior is rough.
        noise = residual * (1.0 - min(signal * omega2 * timing_s**2 / residual, 0.9))
        snr = signal / noise
        steered = band.values * np.exp(1j * (offsets_km @ slowness)[:, None] * band.omega)
        # Not cut at zero bin by bin: noise would then add up to information.
        beam = np.abs(steered.mean(axis=0)) ** 2 - residual / number
        moving = max(float(np.sum(band.omega**2 * beam)), 0.0)
        scale = 2.0 * band.bins / len(band.omega)
        total += scale * moving / noise * number * snr / (1 + number * snr)
    return max(total, 1e-12)


def residual_delays(
    bands: list[_SubBand], offsets_km: FloatArray, slowness: FloatArray
) -> FloatArray:
    """Delay of each element against the beam of the others, less the plane fitted to them, s."""
    number = len(offsets_km)
    up, down = np.zeros(number), np.zeros(number)
    for band in bands:
        steered = band.values * np.exp(1j * (offsets_km @ slowness)[:, None] * band.omega)
        others = (steered.sum(axis=0) - steered) / (number - 1)
        cross = steered * others.conj()
        coherence = float(_coherence_at(band, offsets_km, slowness[None])[0])
        _, residual = _levels(band, coherence)
        up -= np.sum(band.omega * cross.imag, axis=1) / residual
        down += np.sum(band.omega**2 * np.maximum(cross.real, 0.0), axis=1) / residual
    delays = np.where(down > 0.0, up / np.maximum(down, 1e-300), 0.0) * (number - 1) / number
    design = np.column_stack([np.ones(number), offsets_km])
    fitted = design @ np.linalg.lstsq(design, delays, rcond=None)[0]
    return np.asarray(delays - fitted)


def _timing_sigma(residuals_s: FloatArray, noise_variance: float, params: SlownessParams) -> float:
    """Combine prior and residuals: mean square with nu_0 + N - 3 degrees of freedom."""
    spare = max(len(residuals_s) - 3, 0)
    excess = max(float(residuals_s @ residuals_s) - spare * noise_variance, 0.0)
    prior = params.timing_dof * params.timing_sigma_s**2
    dof = params.timing_dof + spare
    return float(np.sqrt((prior + excess) / dof)) if dof > 0.0 else 0.0


def _summarise(
    bands: list[_SubBand],
    offsets: FloatArray,
    params: SlownessParams,
    places: FloatArray,
    levels: FloatArray,
) -> SlownessEstimate:
    best = places[levels.argmax()]
    inverse = np.linalg.inv(offsets.T @ offsets)
    info = _information(bands, offsets, best, params.timing_sigma_s)
    residuals = residual_delays(bands, offsets, best)
    timing = _timing_sigma(residuals, 1.0 / info, params) if params.timing_sigma_s else 0.0
    model = (params.model_sigma_s_per_deg / KM_PER_DEG) ** 2 * np.eye(2)
    covariances, weights = [], []
    for place, level in zip(places, levels, strict=True):
        own = _information(bands, offsets, place, params.timing_sigma_s)
        covariance = (1.0 / own + timing**2) * inverse
        weights.append(np.exp(level - levels.max()) / own)
        covariances.append(covariance + model)
    share = np.array(weights) / np.sum(weights)
    moments = moments_about(
        best, Mixture(places, covariances, share), params.max_s_per_km * np.sqrt(2.0)
    )
    coherence = float(
        np.average(
            [float(_coherence_at(b, offsets, best[None])[0]) for b in bands],
            weights=[_full(b) for b in bands],
        )
    )
    f_value = (len(offsets) - 1) * coherence / max(1.0 - coherence, 1e-12)
    p_value = _noise_probability(bands, offsets, best, params)
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


def _noise_probability(
    bands: list[_SubBand], offsets: FloatArray, slowness: FloatArray, params: SlownessParams
) -> float:
    """Probability that noise is as coherent as this anywhere in the range searched.

    The F tests of the sub-bands are independent at one slowness and are combined by Fisher's
    method, -2 sum log p ~ chi^2(2G).
    """
    from scipy.special import chdtrc

    number = np.array([len(offsets)])
    logs = 0.0
    for band in bands:
        _, p_one = fisher(_coherence_at(band, offsets, slowness[None]), number, band.bins)
        logs += float(np.log(max(float(p_one[0]), 1e-300)))
    p_all = float(chdtrc(2.0 * len(bands), -2.0 * logs))
    freq_hz = np.concatenate([b.omega for b in bands]) / (2.0 * np.pi)
    bins = sum(b.bins for b in bands)
    return float(maximum_p_value(p_all, bins, offsets, freq_hz, params.max_s_per_km))
