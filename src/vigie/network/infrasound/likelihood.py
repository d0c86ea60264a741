"""How well places explain infrasound detections, over all origin times.

What it computes: for places x and origin times t0 the product over detections i of

    (1 - e) {(1 - c_i) f(t_i | x, t0) + c_i C / (C + l_i)^2} g_i(a_i | x) + e / (2 pi W),
    f = sum_k w_k N(t_i - t0; R_i m_k, (R_i s_k)^2 + sigma_i^2),
    g_i = von Mises(a_i; a(x) + d, kappa),

R_i the range, m_k and s_k means and standard deviations of the reciprocal celerity of phase k for
the azimuth and range of the path, d the mean deviation of the azimuth by crosswinds, kappa = 1 /
(sigma_a^2 + sigma_d^2 + sigma_p^2), c_i the chance that a detection not the first of its array is
coda, half of it within C, l_i later than that first (``trains``; of n that are one phase each f
counts to the power 1/n, and of n later ones of an array each), for which the error in g is larger,
e and W of a detection not of the event. Beyond 3,000 km it is the sum of such products over classes
of events (with or without a Lamb wave), each with its w_k. Source: Modrak et al. 2010 (GJI 181,
399) and Blom et al. 2015 (GJI 203, 1682) for the product; mixture and deviation of the path are
those of ``vigie.earth.atmosphere``, beyond 3,000 km those of ``long_paths``. What the winds of one
day do to all paths alike, a common error b of the reciprocal celerity, is integrated over (Gauss-
Hermite).
Assumptions: given b the errors of detections are independent. The integral over t0 is a trapezoid
on nodes that follow the two nearest arrays, whose times are the sharpest. Accuracy: as many nodes
again change the mass of a cell by less than 1 %. Cost: 0.6 us per cell, node and detection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.network.infrasound import long_paths
from vigie.network.infrasound.hearing import log_heard
from vigie.network.infrasound.sphere_grid import EARTH_RADIUS_KM
from vigie.network.infrasound.trains import after_first_s, coda_share, copies, later_of_array

if TYPE_CHECKING:
    from vigie.network.infrasound.celerity import CelerityModel
    from vigie.network.infrasound.evidence import Evidence
    from vigie.network.infrasound.params import SoundLocateParams
    from vigie.network.infrasound.readings import SoundReadings

FloatArray = NDArray[np.float64]

REACH_SIGMAS = 3.5
"""Nodes of the origin time reach so far beyond the phases of an array."""
COMMON_NODES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """From n places to the m arrays of a set of readings."""

    range_km: FloatArray
    """Shape (n, m)."""
    to_source_rad: FloatArray
    """Back azimuth at the array."""
    weights: FloatArray
    """Of the phases, shape (n, m, k)."""
    means_s_per_km: FloatArray
    sigmas_s_per_km: FloatArray
    deviation_rad: FloatArray
    """Shape (n, m)."""
    deviation_sigma_rad: FloatArray
    far_share: FloatArray
    """How far the law of long paths rules, shape (n, m)."""

    def weights_of(self, k: int) -> FloatArray:
        """Return weights for array k by class of event, shape (classes, n, phases)."""
        if self.n_classes == 1:
            return self.weights[None, :, k]
        more = (long_paths.CLASSES - long_paths.WEIGHTS)[:, None, :] * self.far_share[:, k, None]
        return np.asarray(self.weights[:, k] + more)

    @property
    def n_classes(self) -> int:
        """Of events: on near paths, or with phases of another kind, all are of one."""
        known = self.weights.shape[2] == len(long_paths.WEIGHTS)
        return len(long_paths.LOG_CLASS) if known and self.far_share.any() else 1


def paths_to(places: FloatArray, arrays: FloatArray, model: CelerityModel) -> Paths:
    """Return the paths from places to arrays, both unit vectors of shapes (n, 3) and (m, 3)."""
    shape = (len(places), len(arrays))
    cosine = places @ arrays.T
    to_source = azimuths(arrays, places).T
    to_array = azimuths(places, arrays)
    sine = np.sqrt(np.maximum(0.0, 1.0 - np.minimum(cosine**2, 1.0)))
    range_km = np.arctan2(sine, cosine) * EARTH_RADIUS_KM
    mixture = model.mixture(np.degrees(to_array).ravel(), range_km.ravel())
    paths = Paths(
        range_km,
        to_source,
        mixture.weights.reshape(*shape, -1),
        mixture.means_s_per_km.reshape(*shape, -1),
        mixture.sigmas_s_per_km.reshape(*shape, -1),
        np.radians(mixture.azimuth_deviation_deg).reshape(shape),
        np.radians(mixture.azimuth_deviation_sigma_deg).reshape(shape),
        np.zeros(shape),
    )
    return _around_globe(paths) if (range_km > long_paths.FROM_KM).any() else paths


def _around_globe(paths: Paths) -> Paths:
    """Return the paths with the law of long ones; other phases than Iw, Is, It stay as told."""
    share = long_paths.far_share(paths.range_km)
    turned = long_paths.deviation_sigma_rad(
        paths.deviation_sigma_rad, paths.range_km / EARTH_RADIUS_KM, share
    )
    paths = replace(
        paths,
        deviation_rad=(1.0 - share) * paths.deviation_rad,
        deviation_sigma_rad=turned,
        far_share=share,
    )
    if paths.weights.shape[2] != len(long_paths.WEIGHTS):
        return paths
    return replace(
        paths,
        weights=long_paths.blended(paths.weights, long_paths.WEIGHTS, share),
        means_s_per_km=long_paths.blended(paths.means_s_per_km, long_paths.MEANS_S_PER_KM, share),
        sigmas_s_per_km=long_paths.blended(
            paths.sigmas_s_per_km, long_paths.SIGMAS_S_PER_KM, share
        ),
    )


def azimuths(origin: FloatArray, target: FloatArray) -> FloatArray:
    """Return azimuths, rad, from each origin to each target, both (n, 3): (origins, targets)."""
    # Not normalised: east and north have the same length, and at the poles any will do.
    east = np.stack([-origin[:, 1], origin[:, 0], np.zeros(len(origin))], axis=-1)
    at_pole = np.linalg.norm(east, axis=1) < 1e-12
    east[at_pole] = (0.0, 1.0, 0.0)
    return np.arctan2(east @ target.T, np.cross(origin, east) @ target.T)


class SoundLikelihood:
    """The likelihood of one set of detections.

    Parameters
    ----------
    readings : SoundReadings
    model : CelerityModel
    params : SoundLocateParams
    evidence : sequence of Evidence
        What else is known of place and time: seismic arrivals, a seismic origin.
    """

    def __init__(
        self,
        readings: SoundReadings,
        model: CelerityModel,
        params: SoundLocateParams,
        evidence: tuple[Evidence, ...] = (),
    ) -> None:
        self.readings = readings
        self.model = model
        self.params = params
        self.evidence = evidence
        self._after_s = after_first_s(readings)
        self._coda_share = coda_share(readings, params)
        # The wind turns all phases of an array alike: together they tell of it once.
        self._repeats = np.bincount(readings.array, minlength=1)[readings.array]
        telling = np.array([self._telling(i) for i in range(len(readings))])
        self._phases = np.bincount(readings.array, telling, 1)[readings.array]
        self._copies = copies(readings, params.same_phase_s)
        self._later = later_of_array(readings, params.same_phase_s)
        nodes, weights = np.polynomial.hermite_e.hermegauss(
            COMMON_NODES if params.celerity_common_s_per_km > 0.0 else 1
        )
        self._common = nodes * params.celerity_common_s_per_km
        self._common_log_weight = np.log(weights / weights.sum())

    def mass(
        self, places: FloatArray, blunt_km: float, n_nodes: int, *, exact: bool = False
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return log likelihoods integrated over origin time, with what each time has of them.

        Parameters
        ----------
        places : ndarray, shape (n, 3)
            Unit vectors.
        blunt_km : float
            Standard deviation by which each place may be elsewhere: of the size of its cell.
        n_nodes : int
            Origin times per array that leads.
        exact : bool
            Whether the common error of celerity is integrated over; else it is added to the error
            of each path, which is three times as fast and good enough to refine a grid.

        Returns
        -------
        log_mass, time_s, share : ndarray, shapes (n,), (n, t), (n, t)
            ``share`` is the weight of each origin time within its place, rows of sum 1.
        """
        paths = paths_to(places, self.readings.unit, self.model)
        time_s = self._nodes(places, paths, blunt_km, n_nodes)
        log_density = self._log_density(paths, time_s, blunt_km, exact=exact)
        for known in self.evidence:
            log_density += known.log_density(places, time_s, blunt_km)
        width = np.zeros_like(time_s)
        steps = np.diff(time_s, axis=1)
        width[:, :-1] += 0.5 * steps
        width[:, 1:] += 0.5 * steps
        top = log_density.max(axis=1, keepdims=True)
        share = np.exp(log_density - top) * width
        total = share.sum(axis=1)
        with np.errstate(divide="ignore"):
            log_mass = np.log(total) + top[:, 0] + self._log_prior(paths)
        share /= np.maximum(total, 1e-300)[:, None]
        return log_mass, time_s, share

    def membership(self, place: FloatArray, time_s: float) -> FloatArray:
        """Return, for one place and origin time, the probability that each detection belongs."""
        paths = paths_to(place[None], self.readings.unit, self.model)
        times = np.array([[time_s]])
        own = np.array(
            [self._terms(paths, times, i, 0.0, None)[:, 0, 0] for i in range(len(self.readings))]
        )
        total = np.logaddexp(own, self._log_outlier()).sum(axis=0) + _log_class(own.shape[1])
        of_class = np.exp(total - np.logaddexp.reduce(total))
        belongs = 1.0 / (1.0 + np.exp(np.clip(self._log_outlier() - own, -700.0, 700.0)))
        return np.asarray(belongs @ of_class)

    def _log_prior(self, paths: Paths) -> FloatArray:
        heard = np.unique(self.readings.array)
        if not len(heard):
            return np.zeros(len(paths.range_km))
        ranges = paths.range_km[:, heard]
        log_prior = log_heard(ranges.sum(axis=1), self.params.sizes)
        log_prior[(ranges > self.params.max_range_km).any(axis=1)] = -np.inf
        return np.asarray(log_prior)

    def _log_outlier(self) -> float:
        params = self.params
        return float(np.log(params.outlier_probability / (2.0 * np.pi * params.outlier_window_s)))

    def _nodes(self, places: FloatArray, paths: Paths, blunt_km: float, n_nodes: int) -> FloatArray:
        """Return origin times, rising along the rows."""
        readings = self.readings
        columns = [known.times(places, blunt_km, n_nodes) for known in self.evidence]
        near = np.argsort(paths.range_km[:, np.unique(readings.array)], axis=1)[:, :2]
        heard = np.unique(readings.array)
        first = {int(k): np.flatnonzero(readings.array == k) for k in heard}
        low = np.array([readings.time_s[first[int(k)]].min() for k in heard])
        high = np.array([readings.time_s[first[int(k)]].max() for k in heard])
        sigma = np.array([readings.time_sigma_s[first[int(k)]].max() for k in heard])
        # Several phases of one array need nodes as dense as one: more of them.
        spread = paths.sigmas_s_per_km + self.params.celerity_common_s_per_km
        fast = np.min(paths.means_s_per_km - REACH_SIGMAS * spread, axis=2)
        slow = np.max(paths.means_s_per_km + REACH_SIGMAS * spread, axis=2)
        rows = np.arange(len(places))
        for column in near.T:
            array = heard[column]
            distance = paths.range_km[rows, array]
            slack = REACH_SIGMAS * np.hypot(sigma[column], blunt_km * slow[rows, array])
            start = low[column] - distance * slow[rows, array] - slack
            # Of trains of hours the first tells the time; nodes over all would be too far apart.
            longer = (high - low)[column] * (1.0 - paths.far_share[rows, array])
            end = low[column] + longer - distance * fast[rows, array] + slack
            columns.append(start[:, None] + np.linspace(0.0, 1.0, n_nodes) * (end - start)[:, None])
        return np.asarray(np.sort(np.concatenate(columns, axis=1), axis=1))

    def _log_density(
        self, paths: Paths, time_s: FloatArray, blunt_km: float, *, exact: bool
    ) -> FloatArray:
        log_outlier = self._log_outlier()
        n_classes = paths.n_classes
        parts = []
        cases = zip(self._common, self._common_log_weight, strict=True) if exact else [(None, 0.0)]
        for common, log_weight in cases:
            total = np.full((n_classes, *time_s.shape), log_weight)
            total += _log_class(n_classes)[:, None, None]
            for i in range(len(self.readings)):
                total += np.logaddexp(self._terms(paths, time_s, i, blunt_km, common), log_outlier)
            parts += list(total)
        return parts[0] if len(parts) == 1 else np.asarray(np.logaddexp.reduce(parts, axis=0))

    def _terms(
        self, paths: Paths, time_s: FloatArray, i: int, blunt_km: float, common: float | None
    ) -> FloatArray:
        """Return log((1 - e) f g) of one detection, shape (classes or 1, n, t).

        ``common`` is the common error of reciprocal celerity; where None, its spread is added.
        """
        spread = self.params.celerity_common_s_per_km if common is None else 0.0
        readings = self.readings
        k = readings.array[i]
        distance = paths.range_km[:, k]
        weights = paths.weights_of(int(k))
        density = np.zeros((len(weights), *time_s.shape))
        later = readings.time_s[i] - time_s
        for phase in range(paths.weights.shape[2]):
            mean = distance * (paths.means_s_per_km[:, k, phase] + (common or 0.0))
            slack = np.hypot(readings.time_sigma_s[i], blunt_km * paths.means_s_per_km[:, k, phase])
            own = np.hypot(paths.sigmas_s_per_km[:, k, phase], spread)
            sigma = np.hypot(distance * own, slack)
            scale = weights[:, :, phase] / (sigma * np.sqrt(2.0 * np.pi))
            density += scale[:, :, None] * np.exp(
                -0.5 * ((later - mean[:, None]) / sigma[:, None]) ** 2
            )
        # What is heard far away is large, and its trains are long at all arrays.
        share = paths.far_share.max(axis=1)
        along, aside = self._coda_law(i, share)
        repeats = (1.0 - share) * self._phases[i] + share * self._repeats[i]
        direction = self._log_direction(paths, i, blunt_km, repeats)
        with np.errstate(divide="ignore"):
            timed = np.log(density * along[0][:, None] + along[1][:, None]) / self._copies[i]
            found = timed + direction[:, None]
            if aside[0].any():
                more_deg = self.params.coda_deviation_deg
                direction = self._log_direction(paths, i, blunt_km, repeats, more_deg)
                timed = np.log(density * aside[0][:, None] + aside[1][:, None]) / self._later[i]
                found = np.logaddexp(found, timed + direction[:, None])
        return np.asarray(found + np.log1p(-self.params.outlier_probability))

    def _telling(self, i: int) -> float:
        """Return how much a detection tells of the direction, by the law of near paths."""
        return float(self._coda_law(i, np.zeros(1))[0][0][0])

    def _coda_law(
        self, i: int, share: FloatArray
    ) -> tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]:
        """Return the chance that a detection is of its path, and the density of its time if not.

        Twice: of those that tell the direction as the first does (the first itself, parts of the
        train of a long path), and of the later ones of near paths. Of these nobody knows whether
        they are coda, whose azimuth may be that of the path too: that must not speak for a phase.
        By the laws of near and of long paths, in the shares of the latter; both change evenly with
        the place, shape (n,).
        """
        params, after_s = self.params, self._after_s[i]
        late = after_s > params.same_phase_s
        far = long_paths.CODA_SHARE * float(late and after_s < long_paths.CODA_S)
        own = (1.0 - share) * float(not late) + share * (1.0 - far)
        near = (1.0 - share) * float(late)
        coda = self._coda_share
        # Half comes within coda_s; it fades slowly, so that no late part must be a phase.
        fading = params.coda_s / (params.coda_s + after_s) ** 2
        return (
            (own, share * far / long_paths.CODA_S),
            (near * (1.0 - coda), near * coda * fading),
        )

    def _log_direction(
        self, paths: Paths, i: int, blunt_km: float, repeats: FloatArray, more_deg: float = 0.0
    ) -> FloatArray:
        """Return log von Mises of the azimuth of one detection, shape (n,).

        ``repeats`` are those of its array that tell of the same deviation, ``more_deg`` a further
        error of this one.
        """
        from scipy.special import i0e

        readings = self.readings
        k = readings.array[i]
        if np.isnan(readings.azimuth_rad[i]):
            return np.full(len(paths.range_km), -np.log(2.0 * np.pi))
        turned = np.arctan2(blunt_km, paths.range_km[:, k])
        along = np.radians(self.params.path_deviation_deg)
        deviation = (paths.deviation_sigma_rad[:, k] ** 2 + along**2) * repeats
        variance = readings.azimuth_sigma_rad[i] ** 2 + deviation + turned**2
        variance = variance + np.radians(more_deg) ** 2
        kappa = 1.0 / variance
        off = readings.azimuth_rad[i] - paths.to_source_rad[:, k] - paths.deviation_rad[:, k]
        return np.asarray(kappa * (np.cos(off) - 1.0) - np.log(2.0 * np.pi * i0e(kappa)))


def _log_class(n: int) -> FloatArray:
    """Return the log shares of the classes of events, or of the only one."""
    return long_paths.LOG_CLASS if n > 1 else np.zeros(1)
