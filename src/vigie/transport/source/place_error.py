"""Errors of place: air that the model carries to one cell may have come from its neighbours.

What it computes: each step of a sensitivity as the mean and the standard deviation over a Gaussian
cloud of displacements, whose standard deviation (by axis) grows with the time back from the middle
of the collection,

    M' = G * M,   spread^2 = G * (M^2 + spread^2) - M'^2,

so that a truth a little beside the plume of the model is not ruled out, and that where the plume
is even nothing changes. Winds of analyses leave 50 to 100 km a day, of forecasts more (Stohl 1998,
Atmos. Environ. 32, 947-966: a fifth of the distance travelled).

Displacements are taken along the meridian and along the parallel, one after the other. Those along
the meridian are balanced over the rows of the whole Earth (Sinkhorn and Knopp 1967, Pacific J.
Math. 21, 343-348), so that an even field stays even and the sum of sensitivity times area is kept
at once, as by a round cloud on the sphere. A cloud that reaches a pole is turned back there and
smeared along the parallel, up to 60 deg, instead of crossing it. What lies beyond the edge of a
regional grid is not known: there the mean is over what is, and the amount is not kept.

Accuracy as measured: the amount within 1e-11 at every latitude, clouds of 20 to 1500 km; a block of
6 by 6 deg against displacements drawn on the sphere, clouds of 120 and 400 km: within 0.006 up to
60 deg, 0.015 at 75 deg, 0.06 at 82 deg and 0.2 at 86 deg. Cells that less than a hundredth of the
cloud reaches are left out (``LEAST_SHARE``), and what they would hold is lost, by 30 km a day: 0.03
% of the amount of two real files of 111 and 114 h (0.15 % of one step at worst), of a single cell
of 1 deg at 40 deg N 5 % after 2.5 days and 57 % after ten, nearly all of one beside a pole. Cost as
measured: 4 ms for a step of a plume of 40 rows on a global grid of 1 deg, 0.1 s on one of 0.25 deg.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from vigie.errors import ParameterError
from vigie.transport.sphere import RADIUS_M

if TYPE_CHECKING:
    from vigie.records import LatLonGrid, Sensitivity

FloatArray = NDArray[np.float64]
DAY_S = 86400.0
PLACE_ERROR_KM_PER_DAY = 30.0
"""Beside the spread of an ensemble, and half of what is said of one trajectory: errors that all the
air of a sample shares."""
LEAST_SHARE = 0.01
"""Of the cloud that has to bring air to a cell where the model has none: with less, mean and
standard deviation no longer tell what may arrive (seldom, and then much)."""
_KM_PER_DEG = math.radians(RADIUS_M / 1000.0)
_REACH = 5.0
"""Standard deviations of a cloud beyond which there is nothing of it."""
_NOISE = 1e-9
"""Of the largest value: what the transforms leave by rounding is smaller."""
_BALANCE, _MOST_TURNS = 1e-10, 200
_WIDEST_DEG = 60.0
"""Of a cloud along a parallel: beside a pole it would go round the Earth."""


def with_place_error(one: Sensitivity, km_per_day: float) -> Sensitivity:
    """Return a sensitivity with errors of place in its values and spreads.

    Parameters
    ----------
    one : Sensitivity
    km_per_day : float
        Standard deviation by axis of the displacement of a day, at least 0.

    Raises
    ------
    ParameterError
        ``km_per_day`` is below 0 or no number.
    """
    if not 0.0 <= km_per_day < math.inf:
        raise ParameterError(name="km_per_day", value=km_per_day, expected="at least 0")
    if km_per_day == 0.0:
        return one
    half_s = 0.5e-9 * (one.collection_stop_ns - one.collection_start_ns)
    bounds = np.searchsorted(one.step, np.arange(one.n_steps + 1))
    parts = []
    for k in range(one.n_steps):
        rows = slice(bounds[k], bounds[k + 1])
        age_s = max((k + 0.5) * one.step_s - half_s, 0.0)
        spread = None if one.spread is None else one.spread[rows]
        cells, mean, error = _blurred(
            one.grid, (one.cell[rows], one.value[rows], spread), km_per_day * age_s / DAY_S
        )
        parts.append((np.full(len(cells), k, dtype=np.int32), cells, mean, error))
    step, cell, value, spread = (np.concatenate(column) for column in zip(*parts, strict=True))
    return replace(one, step=step, cell=cell, value=value, spread=spread)


def _blurred(
    grid: LatLonGrid, columns: tuple[NDArray[np.int64], FloatArray, FloatArray | None], km: float
) -> tuple[NDArray[np.int64], FloatArray, FloatArray]:
    """Return cells, means and spreads of one step; the columns are those of its rows."""
    cell, value, own = columns
    variance = np.zeros_like(value) if own is None else own**2
    if km == 0.0 or not len(cell):
        return cell, value, np.sqrt(variance)
    fields = np.zeros((2, grid.n_cells))
    fields[0, cell], fields[1, cell] = value, value**2 + variance
    mean, square = (
        field.ravel()
        for field in blur(fields.reshape(2, grid.n_latitude, grid.n_longitude), grid, km)
    )
    # Of values that are v in a share p of the cloud and else 0, p is mean^2 / mean square.
    within = np.flatnonzero((mean > _NOISE * mean.max()) & (mean**2 > LEAST_SHARE * square))
    kept = np.union1d(cell[value > 0.0], within)
    spread = np.sqrt(np.maximum(square[kept] - mean[kept] ** 2, 0.0))
    return kept, mean[kept], spread


def blur(fields: FloatArray, grid: LatLonGrid, km: float) -> FloatArray:
    """Return means over Gaussian displacements.

    Parameters
    ----------
    fields : ndarray, shape (n, n_latitude, n_longitude)
    km : float
        Standard deviation by axis.
    """
    rows = np.flatnonzero(fields.any(axis=(0, 2)))
    if not len(rows):
        return np.zeros_like(fields)
    across = _across(grid, km / _KM_PER_DEG)[:, rows]
    # Of a plume most rows of the Earth know nothing.
    return np.maximum(across @ _along(fields[:, rows], grid, km, rows), 0.0)


def _across(grid: LatLonGrid, sigma_deg: float) -> FloatArray:
    """Return what each row of a grid takes from each, shape (n_latitude, n_latitude)."""
    edges, own = _rows_of_earth(grid)
    middles = 0.5 * (edges[1:] + edges[:-1])
    z = np.clip(np.subtract.outer(edges, middles) / sigma_deg, -_REACH, _REACH)
    shares = np.diff(ndtr(z), axis=0)
    areas = np.diff(np.sin(np.radians(edges)))
    both = areas * shares
    shared = _balanced(0.5 * (both + both.T), areas) / areas[:, np.newaxis]
    # What lies beyond the last rows is not known: the mean is over what is.
    within = shared[own, own]
    return np.asarray(within / within.sum(axis=1, keepdims=True))


def _rows_of_earth(grid: LatLonGrid) -> tuple[FloatArray, slice]:
    """Return the edges of a grid's rows, continued to both poles, and which rows are its own."""
    step, south = grid.latitude_step, grid.first_latitude - 0.5 * grid.latitude_step
    below = max(math.ceil((south + 90.0) / step - 1e-6), 0)
    north = south + grid.n_latitude * step
    above = max(math.ceil((90.0 - north) / step - 1e-6), 0)
    edges = south + step * np.arange(-below, grid.n_latitude + above + 1)
    return np.clip(edges, -90.0, 90.0), slice(below, below + grid.n_latitude)


def _balanced(both: FloatArray, areas: FloatArray) -> FloatArray:
    """Scale a symmetric matrix by rows and columns alike, until each row sums to its area."""
    scale = np.ones(len(areas))
    for _ in range(_MOST_TURNS):
        ratio = areas / (scale * (both @ scale))
        scale *= np.sqrt(ratio)
        if np.abs(ratio - 1.0).max() < _BALANCE:
            break
    return np.asarray(scale[:, np.newaxis] * both * scale)


def _shares(apart_deg: FloatArray, sigma_deg: FloatArray | float, step_deg: float) -> FloatArray:
    """Return the part of a cloud that lies in cells so far from its middle."""
    high, low = ((apart_deg + side * step_deg) / sigma_deg for side in (0.5, -0.5))
    shares = ndtr(high) - ndtr(low)
    return np.asarray(np.where(np.abs(apart_deg) <= _REACH * sigma_deg + step_deg, shares, 0.0))


def _along(fields: FloatArray, grid: LatLonGrid, km: float, rows: NDArray[np.intp]) -> FloatArray:
    """Return means over displacements along the parallels of some rows."""
    n = grid.n_longitude
    padded = n if grid.cyclic else 2 * n
    round_km = _KM_PER_DEG * np.maximum(np.cos(np.radians(grid.latitudes[rows])), 1e-6)
    sigma_deg = np.minimum(km / round_km, _WIDEST_DEG)[:, np.newaxis]
    cells = np.arange(padded)
    # A convolution goes round: half of the cells lie to the west.
    apart = grid.longitude_step * np.where(cells > padded // 2, cells - padded, cells)
    kernel = np.fft.rfft(_shares(apart[np.newaxis, :], sigma_deg, grid.longitude_step), axis=-1)

    def filtered(values: FloatArray) -> FloatArray:
        spectrum = np.fft.rfft(values, n=padded, axis=-1) * kernel
        return np.asarray(np.fft.irfft(spectrum, n=padded, axis=-1)[..., :n])

    return filtered(fields) / filtered(np.ones((1, len(rows), n)))
