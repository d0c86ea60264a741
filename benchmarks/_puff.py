"""Gaussian puffs in a simple wind: a baseline that tries the machinery of scoring, no model.

What it computes: a release cut into equal puffs, each carried by a given wind along the sphere and
spread evenly to a fixed mixing depth H. A puff of mass Q and age t gives at distance r

    c = Q / (2 pi sigma^2 H) exp(-r^2 / (2 sigma^2)),  sigma = sigma_0 + a t,

averaged over the window of each sample.

Source: growth a = 0.5 m/s is the rule of long-range puff models (Heffter 1965; used so by HYSPLIT,
Draxler and Hess 1998, Aust. Met. Mag. 47, 295; both cited from memory). Assumes: no shear, no
deposition, no decay, one mixing depth from the first moment, Gaussian in distance along the sphere.
It says nothing of how well transport can be computed.

Accuracy as measured: mass within 0.1 %, centre within 10 m after a day in a uniform wind against
exact positions; windows cut into steps of ``step_s``. Cost: 0.5 s for 3105 samples of 159 places,
71 puffs and 4 days on one busy core.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.errors import ParameterError
from vigie.transport.sphere import RADIUS_M, Wind, advect, positions_of

FloatArray = NDArray[np.float64]

_FAR_SIGMAS = 8.0
"""Beyond this a puff gives nothing: exp(-32) is 1e-14."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PuffRelease:
    """A steady release at one place. Times are seconds after any common moment."""

    latitude: float
    longitude: float
    start_s: float
    stop_s: float
    mass: float
    """In all; concentrations are in its unit per cubic metre."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PuffParams:
    """How puffs grow and how time is cut.

    Raises
    ------
    ParameterError
        A value is not above 0.
    """

    growth_m_s: float = 0.5
    initial_sigma_m: float = 500.0
    mixing_depth_m: float = 1000.0
    step_s: float = 600.0
    """Longest interval between puffs, and between the moments that a window averages."""

    def __post_init__(self) -> None:
        for name in ("growth_m_s", "initial_sigma_m", "mixing_depth_m", "step_s"):
            value = getattr(self, name)
            if not 0.0 < value < np.inf:
                raise ParameterError(name=name, value=value, expected="must be above 0")


def uniform_wind(east_m_s: float, north_m_s: float) -> Wind:
    """Return a wind that has the same compass direction and speed everywhere but at the poles.

    Examples
    --------
    >>> uniform_wind(10.0, 0.0)(np.array([[1.0, 0.0, 0.0]]), 0.0).tolist()
    [[0.0, 10.0, 0.0]]
    """

    def wind(positions: FloatArray, _time_s: float) -> FloatArray:
        x, y, z = positions.T
        level = np.hypot(x, y)
        safe = np.where(level > 0.0, level, 1.0)
        east = np.stack([-y / safe, x / safe, np.zeros_like(z)], axis=-1)
        north = np.cross(positions, east)
        return np.asarray(east_m_s * east + north_m_s * north)

    return wind


def puff_concentrations(
    release: PuffRelease,
    wind: Wind,
    receptors: tuple[ArrayLike, ArrayLike],
    windows_s: tuple[ArrayLike, ArrayLike],
    params: PuffParams | None = None,
) -> FloatArray:
    """Return the mean concentration in the window of each sample.

    Parameters
    ----------
    release : PuffRelease
    wind : callable
        Positions and time to Cartesian winds, as ``vigie.transport.sphere`` takes them.
    receptors : pair of array_like, shape (n,)
        Latitude and longitude of each sample, degrees.
    windows_s : pair of array_like, shape (n,)
        Start and stop of each sample, in the time of the release.
    params : PuffParams, optional

    Returns
    -------
    ndarray, shape (n,)
        Unit of the release's mass per cubic metre.

    Raises
    ------
    ParameterError
        A release or a window that does not last.
    """
    params = params or PuffParams()
    places = np.stack([np.asarray(column, dtype=np.float64) for column in receptors], axis=-1)
    begin, end = (np.asarray(column, dtype=np.float64) for column in windows_s)
    if not release.stop_s > release.start_s or not np.all(end > begin):
        raise ParameterError(name="windows_s", value="of no length", expected="stop after start")
    unique, place_of = np.unique(places, axis=0, return_inverse=True)
    n_puffs = int(np.ceil((release.stop_s - release.start_s) / params.step_s - 1e-9))
    step_s = (release.stop_s - release.start_s) / n_puffs
    n_steps = max(int(np.ceil((end.max(initial=0.0) - release.start_s) / step_s)), 0)
    at_moments = _at_moments(
        release, wind, positions_of(unique[:, 0], unique[:, 1]), (n_puffs, n_steps), params
    )
    edges = release.start_s + step_s * np.arange(n_steps + 1)
    # What part of each step lies in each window; before the release there is nothing.
    shared = np.minimum(end[:, None], edges[1:]) - np.maximum(begin[:, None], edges[:-1])
    weights = np.clip(shared, 0.0, None) / (end - begin)[:, None]
    return np.asarray(np.sum(weights * at_moments.T[place_of.ravel()], axis=1))


def _at_moments(
    release: PuffRelease,
    wind: Wind,
    receptors: FloatArray,
    counts: tuple[int, int],
    params: PuffParams,
) -> FloatArray:
    """Return concentrations at the middles of the steps, shape (steps, receptors).

    Puffs start at the middles of the steps of the release, so their ages are whole steps.
    """
    n_puffs, n_steps = counts
    step_s = (release.stop_s - release.start_s) / n_puffs
    source = positions_of([release.latitude], [release.longitude])
    puffs = np.repeat(source, n_puffs, axis=0)
    found = np.zeros((n_steps, len(receptors)))
    for step in range(n_steps):
        out = min(step + 1, n_puffs)
        ages_s = step_s * (step - np.arange(out))
        sigma_m = np.asarray(params.initial_sigma_m + params.growth_m_s * ages_s, np.float64)
        found[step] = _of_puffs(puffs[:out], sigma_m, receptors).sum(axis=0)
        time_s = release.start_s + (step + 0.5) * step_s
        puffs[:out] = advect(puffs[:out], wind, time_s, step_s)
    return found * (release.mass / n_puffs / params.mixing_depth_m)


def _of_puffs(puffs: FloatArray, sigma_m: FloatArray, receptors: FloatArray) -> FloatArray:
    """Return the horizontal density (1/m2) of each puff at each receptor."""
    # The chord keeps its digits at short distances, where the cosine loses them.
    chord = np.linalg.norm(puffs[:, None, :] - receptors[None, :, :], axis=-1)
    distance = 2.0 * RADIUS_M * np.arcsin(np.clip(0.5 * chord, 0.0, 1.0)) / sigma_m[:, None]
    density = np.exp(-0.5 * np.minimum(distance, _FAR_SIGMAS) ** 2)
    density[distance >= _FAR_SIGMAS] = 0.0
    return np.asarray(density / (2.0 * np.pi * sigma_m[:, None] ** 2))
