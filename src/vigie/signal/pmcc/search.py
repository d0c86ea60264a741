"""PMCC over a record: every band, every window.

For each band the pairs of the start triplets are correlated over all lags that a wave can cause; a
triplet whose closure tau_ij + tau_jk + tau_ki lies below the threshold starts a network, to which
sensors are added nearest first, each looked for within half a period of where the wave so far
predicts it, as long as the rms closure of the whole stays below the threshold. Of the networks that
so grow the one makes the pixel whose wave aligns the power of all sensors best (Cansi takes the one
of most sensors); the three highest maxima of each starting pair are tried, for in a third of an
octave the cycle beside the right one is nearly as high. The beam of all sensors, not of those that
agree, has the F distribution in noise: who agrees is selected, and would be too coherent.

Sources: Cansi (1995), Geophys. Res. Lett. 22, 1021-1024; Cansi & Klinger (1997), CSEM Newsl. 13;
Le Pichon & Cansi (2003), Inframatics 2. The covariance of slowness counts errors of elements:
sigma_e^2 (Y'Y)^-1, Y the centred offsets, sigma_e^2 from the plane's residuals and from what
noise of the correlation seen does to a delay (Knapp & Carter 1976).
Accuracy and cost as measured: ``docs/methods/pmcc.md``.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.signal.elements import check_geometry
from vigie.signal.fisher import fisher, maximum_p_value
from vigie.signal.pmcc.filter_bank import FilterBank, hops
from vigie.signal.pmcc.fractional import reading_filters
from vigie.signal.pmcc.networks import aperture_km, growth_order, start_triplets
from vigie.signal.pmcc.pixels import Pixels, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vigie.signal.pmcc.params import PmccBand, PmccParams

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

MOST_COHERENT = 1.0 - 1e-6
"""Relative power beyond which the rounding of single precision decides."""
LEVEL_SIGMAS = 3.0
"""Levels of elements nearer to each other than so many standard errors are taken as equal."""
PRIOR_DOF = 2.0
"""Residuals that the error from the correlation is worth."""


def find_pixels(
    samples: FloatArray,
    rate_hz: float,
    offsets_km: FloatArray,
    params: PmccParams,
    *,
    report: Callable[[int, int], None] = lambda _done, _all: None,
) -> Pixels:
    """Find waves in every window of every band that the record carries.

    Parameters
    ----------
    samples : ndarray, shape (n, m)
        Elements on one time axis; NaN where masked.
    rate_hz : float
    offsets_km : ndarray, shape (n, 2)
        East and north.
    params : PmccParams
    report : callable
        Told how many bands are done, of how many.

    Raises
    ------
    ArrayGeometryError
        Fewer than three elements, or all in line.
    """
    offsets = check_geometry(offsets_km)
    bank = FilterBank(np.asarray(samples, dtype=np.float64), rate_hz)
    parts = [_no_pixels(len(offsets))]
    for index, band in enumerate(params.bands):
        if bank.fits(band):
            parts.append(_band_pixels(bank, index, band, offsets, params))
        report(index + 1, len(params.bands))
    return joined(parts)


def _band_pixels(
    bank: FilterBank, index: int, band: PmccBand, offsets: FloatArray, params: PmccParams
) -> Pixels:
    from vigie.signal.pmcc import kernels

    record = bank.cut(band)
    hop, per_window = hops(record, band, params.step)
    rate = record.rate_hz
    count = record.samples.shape[1] // hop - per_window + 1
    if count < 1:
        return _no_pixels(len(offsets))
    hop_s = hop / rate
    covered = bank.coverage(hop_s * per_window, hop_s, record.guard_s, count)
    usable = covered >= params.min_coverage
    slowest = 1.0 / params.min_velocity_km_s
    apart_km = np.linalg.norm(offsets[:, None] - offsets[None], axis=2)
    reach = np.ceil(apart_km * slowest * rate).astype(np.int64) + 3
    half = max(int(np.ceil(0.5 * rate / band.centre_hz)), 1)
    pad = 2 * int(reach.max())
    independent = record.bandwidth_hz * bank.length / bank.rate_hz
    levels = _levels(record.samples, bank.missing, independent)
    padded = np.pad(record.samples / levels[:, None], ((0, 0), (pad, pad + hop)))
    triplets = start_triplets(offsets)
    orders = np.stack([growth_order(offsets, t) for t in triplets])
    members, values = kernels.search(
        padded,
        (pad, hop, per_window, count),
        (rate, 2.0 * np.pi * band.centre_hz / rate, half),
        (params.closure_s(band, aperture_km(offsets)), 1.0 / params.max_velocity_km_s, slowest),
        (offsets, triplets, orders),
        reach,
        usable,
        reading_filters(),
    )
    found = members.sum(axis=1) >= params.min_elements
    # What takes part is aligned to the level of an average element.
    values[:, 6] *= float(np.median(levels)) ** 2
    window_s = hop_s * per_window
    middle_s = np.asarray(np.flatnonzero(found) * hop_s + 0.5 * window_s, dtype=np.float64)
    cell = _Cell(index, band, window_s, record.bandwidth_hz * window_s)
    heard = np.ascontiguousarray(usable[:, found].T)
    relative = np.minimum(values[found, 4], MOST_COHERENT)
    chance = _chances(cell, relative, heard, (offsets, params))
    keep = chance <= params.max_p_value
    found[found] = keep
    f_value, _ = fisher(relative[keep], heard[keep].sum(axis=1), cell.independent_bins)
    return _measured(
        cell, middle_s[keep], members[found], values[found], (offsets, f_value, chance[keep])
    )


class _Cell(NamedTuple):
    """What all pixels of a band share."""

    number: int
    band: PmccBand
    window_s: float
    independent_bins: float


def _levels(samples: Float32Array, missing: BoolArray, independent: float) -> Float32Array:
    """Return the usual level of each element while it recorded, so that none outweighs the others.

    A level of so many independent numbers is uncertain. What chance makes differ is left equal,
    or the beam of a strong wave would be weakened by the levels of noise.
    """
    length = samples.shape[1]
    n_parts = max(min(length // 64, 64), 1)
    parts = np.array_split(samples, n_parts, axis=1)
    rms = np.array([np.sqrt(np.mean(part**2, axis=1)) for part in parts])
    # Of a gap only the ringing of the filter is left.
    recorded = np.array([1.0 - m.mean(axis=1) for m in np.array_split(missing, n_parts, axis=1)])
    rms = np.where((rms > 0.0) & (recorded >= 0.5), rms, np.nan)
    rms[:, np.isnan(rms).all(axis=0)] = 1.0
    level = np.nan_to_num(np.nanmedian(rms, axis=0), nan=1.0) if len(rms) else np.ones(len(samples))
    logs = np.log(np.maximum(level, 1e-30))
    middle = float(np.median(logs))
    # The median of rms scatters by 1.25 / (2 sqrt(number)).
    chance = LEVEL_SIGMAS * 1.25 / (2.0 * np.sqrt(max(independent, 1.0)))
    apart = logs - middle
    kept = np.maximum(1.0 - (chance / np.maximum(np.abs(apart), 1e-12)) ** 2, 0.0)
    return np.asarray(np.exp(middle + apart * kept), dtype=np.float32)


def _chances(
    cell: _Cell, relative: FloatArray, heard: BoolArray, array: tuple[FloatArray, PmccParams]
) -> FloatArray:
    """Return the p-value of each window, by the elements that were heard in it."""
    offsets, params = array
    p_value = np.ones(len(relative))
    for taking, rows in _by_set(heard):
        centred = offsets[taking] - offsets[taking].mean(axis=0)
        p_value[rows] = maximum_p_value(
            relative[rows],
            int(taking.sum()),
            cell.independent_bins,
            (centred, np.array([cell.band.centre_hz])),
            1.0 / params.min_velocity_km_s,
        )
    return p_value


def _by_set(sets: BoolArray) -> Iterator[tuple[BoolArray, IntArray]]:
    """Yield each different set of elements, and the rows that have it."""
    keys, group = np.unique(np.packbits(sets, axis=1), axis=0, return_inverse=True)
    order = np.argsort(group, kind="stable")
    ends = np.searchsorted(group[order], np.arange(len(keys) + 1))
    for first, last in itertools.pairwise(ends.tolist()):
        rows = order[first:last]
        yield sets[rows[0]], rows


def _measured(
    cell: _Cell,
    middle_s: FloatArray,
    members: BoolArray,
    values: FloatArray,
    rest: tuple[FloatArray, FloatArray, FloatArray],
) -> Pixels:
    """Return the pixels of one band with their errors; ``rest``: offsets, Fisher ratio, chance."""
    offsets, f_value, p_value = rest
    east, north, closure, correlation, _, misfit, square = values.T
    n = len(middle_s)
    variance = np.zeros((n, 3))
    error2 = _element_variance(cell, correlation, misfit, members.sum(axis=1))
    for taking, rows in _by_set(members):
        centred = offsets[taking] - offsets[taking].mean(axis=0)
        inverse = np.linalg.inv(centred.T @ centred)
        variance[rows] = error2[rows, None] * inverse[[0, 0, 1], [0, 1, 1]]
    same = np.ones(n)
    return Pixels(
        middle_s, cell.window_s * same, np.full(n, cell.number), cell.band.centre_hz * same,
        cell.band.low_hz * same, cell.band.high_hz * same, east, north, variance, closure,
        correlation, np.sqrt(np.maximum(square, 0.0)), f_value, p_value, members,
    )  # fmt: skip


def _element_variance(
    cell: _Cell, correlation: FloatArray, misfit: FloatArray, elements: NDArray[np.integer]
) -> FloatArray:
    """Return the variance of an element's time: noise of this correlation, and the residuals.

    A pair's delay has the variance (1 - c^2)/c^2 / (8 pi^2 f^2 B T) (Knapp & Carter 1976), an
    element's half of it.
    """
    c2 = np.clip(correlation, 0.05, 0.9999) ** 2
    angular2 = (2.0 * np.pi * cell.band.centre_hz) ** 2
    expected = (1.0 - c2) / c2 / (2.0 * angular2 * cell.independent_bins) / 2.0
    free = np.maximum(elements - 3, 0)
    return np.asarray((PRIOR_DOF * expected + free * misfit**2) / (PRIOR_DOF + free))


def _no_pixels(n_elements: int) -> Pixels:
    none = np.zeros(0)
    return Pixels(
        none, none, np.zeros(0, np.int64), none, none, none, none, none, np.zeros((0, 3)), none,
        none, none, none, none, np.zeros((0, n_elements), np.bool_),
    )  # fmt: skip
