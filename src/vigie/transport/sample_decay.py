"""What a release that decays leaves in a sample, for sensitivities computed without decay.

What it computes: D_n in c = sum of M(i, n) S(i, n) D_n, with c the concentration as a station
reports it, S the amount released (undecayed), uniform in the interval, and n the interval counted
back from the end of the collection (0, 1, ...):

    D_n = [x / (1 - exp(-x))] exp(-lambda n dt) [(1 - exp(-lambda dt)) / (lambda dt)],
    x = lambda T, T the length of the collection, dt that of an interval

What is released at t decays by exp(-lambda (t_2 - t)) to the end t_2 of the collection, whenever it
reaches the sampler; the report divides by what decays of a constant concentration during the
collection, the first bracket. Leaving out both brackets costs Xe-135 a factor of 1.94 in a day.

Source: derived here; first bracket as in ``vigie.radionuclide.decay.factors``. Half-lives come
from the table of nuclides. Assumes that no parent feeds the nuclide.

Accuracy as measured: 1e-8 against brute-force integration. Cost: 10 us for 100 intervals.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.facts.nuclides import nuclide
from vigie.radionuclide.decay import collection_factor

FloatArray = NDArray[np.float64]


def sample_decay(
    name: str, *, collection_s: float, interval_s: float, n_intervals: int
) -> FloatArray:
    """Return D_n of a nuclide.

    Parameters
    ----------
    name : str
        Nuclide, in any spelling.
    collection_s : float, >= 0
        Length of the collection.
    interval_s : float, > 0
        Length of the intervals of the sensitivities.
    n_intervals : int, >= 1

    Returns
    -------
    ndarray, shape (n_intervals,)
        Interval 0 ends with the collection.

    Raises
    ------
    ParameterError
        A duration or number is out of its range.
    UnknownNuclideError
        The table does not hold the nuclide.

    Examples
    --------
    >>> sample_decay("Xe-135", collection_s=86400.0, interval_s=10800.0, n_intervals=2).round(3)
    array([1.943, 1.547])
    """
    if not 0.0 < interval_s < np.inf:
        raise ParameterError(name="interval_s", value=interval_s, expected="must be above 0")
    if n_intervals < 1:
        raise ParameterError(name="n_intervals", value=n_intervals, expected="must be at least 1")
    half_life_s = nuclide(name).half_life_s
    exponent = np.log(2.0) * interval_s / half_life_s
    within = -np.expm1(-exponent) / exponent if exponent > 0.0 else 1.0
    waiting = np.exp(-exponent * np.arange(n_intervals))
    return np.asarray(collection_factor(half_life_s, collection_s) * within * waiting)
