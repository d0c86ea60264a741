"""Cells of the beta-gamma plane in which the likelihood counts.

What it computes: a partition of regions 1 to 4 into cells without overlap. Region 4 falls apart
at the edges of regions 5 and 6, so the covariance that regions inside regions need is exact by
itself. Each part (``atom``) is cut along beta, about half a FWHM each, as far as the detector
background leaves enough counts. Templates are scaled part by part to the efficiencies and ratios
that the station states, so physics only says how counts lie within a part, and what metastables
and Xe-135 leave where the station states nothing. Source: sheet 7.3 and 7.5. Cells have whole
channels, so counts are Poisson; the share that rounding moves is corrected by the template.
Assumes that regions 1 to 4 do not overlap. Cost: 60 ms, mostly templates.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import NobleGasInputError
from vigie.radionuclide.noble_gas.templates import PlaneModel, fwhm_kev

if TYPE_CHECKING:
    from vigie.records import RegionLimits

FloatArray = NDArray[np.float64]


CHECK_COLUMNS = "Check #ROI_Limits: region, beta low, beta high, gamma low, gamma high."


@dataclass(frozen=True, slots=True, kw_only=True)
class CellParams:
    """How fine the cells are."""

    full_spectrum: bool = True
    """False: the parts themselves are the cells (the variant by regions)."""
    fwhm_per_cell: float = 0.5
    """Width along beta in FWHM of the electron detector; finer gains nothing."""
    least_background: float = 3.0
    """Counts that the detector background lets expect in a cell of the sample: with fewer, the
    law of the likelihood ratio is no longer near its limit (benchmark ``noble_gas``)."""
    least_measured: float = 10.0
    """Counts of the detector background itself in a cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle of the plane, keV."""

    atom: str
    """``1``, ``2``, ``3``, ``4low``, ``5``, ``4mid``, ``6``, ``4high``."""
    beta: tuple[float, float]
    gamma: tuple[float, float]


def atoms(regions: tuple[RegionLimits, ...]) -> tuple[Box, ...]:
    """Cut regions 1 to 6 into parts without overlap.

    Raises
    ------
    NobleGasInputError
        A region is missing, has no extent, or regions 5 and 6 do not lie in that order.
    """
    by_roi = {one.roi: one for one in regions}
    missing = [roi for roi in range(1, 7) if roi not in by_roi]
    if missing:
        raise NobleGasInputError(
            what=f"#ROI_Limits has no region {missing[0]}",
            remedy="The analysis needs regions 1 to 6.",
        )
    boxes = [_box(str(roi), by_roi[roi]) for roi in (1, 2, 3)]
    strip, five, six = by_roi[4], by_roi[5], by_roi[6]
    # Where regions 5 and 6 touch or overlap a little, the cut falls in the middle.
    between = (five.beta_high, six.beta_low)
    if between[0] > between[1]:
        between = (0.5 * sum(between), 0.5 * sum(between))
    low, high = strip.beta_low, strip.beta_high
    edges = np.clip([low, five.beta_low, *between, six.beta_high, high], low, high)
    if not (edges[1] < edges[2] and edges[3] < edges[4] and (np.diff(edges) >= 0.0).all()):
        raise NobleGasInputError(
            what=f"regions 5 and 6 do not follow each other along beta within region 4 ({edges})",
            remedy=CHECK_COLUMNS,
        )
    names = ("4low", "5", "4mid", "6", "4high")
    gamma = (strip.gamma_low, strip.gamma_high)
    for name, start, stop in zip(names, edges[:-1], edges[1:], strict=True):
        if stop - start > 1.0:
            boxes.append(Box(atom=name, beta=(float(start), float(stop)), gamma=gamma))
    return tuple(boxes)


def cut_cells(
    boxes: tuple[Box, ...],
    model: PlaneModel,
    params: CellParams,
    background: FloatArray | None,
    background_ratio: float,
) -> tuple[Box, ...]:
    """Cut parts into cells along beta.

    Parameters
    ----------
    background : ndarray or None, shape (gamma, beta)
        Counts of the detector background on the axes of ``model``.
    background_ratio : float
        Live time of the sample over that of the detector background.
    """
    if not params.full_spectrum:
        return boxes
    cells: list[Box] = []
    for box in boxes:
        edges = [box.beta[0]]
        while True:
            at = edges[-1]
            step = params.fwhm_per_cell * float(fwhm_kev(model.beta_fwhm, np.array(at + 20.0)))
            if at + 1.5 * step >= box.beta[1]:
                break
            edges.append(at + step)
        edges.append(box.beta[1])
        pieces = [
            Box(atom=box.atom, beta=(low, high), gamma=box.gamma) for low, high in pairwise(edges)
        ]
        if background is not None:
            pieces = _merge(pieces, model, params, (background, background_ratio))
        cells += pieces
    return tuple(cells)


def channels_of(box: Box, model: PlaneModel) -> tuple[slice, slice]:
    """Return the whole channels of a cell: gamma, beta."""
    return _whole(box.gamma, model.gamma_edges_kev), _whole(box.beta, model.beta_edges_kev)


def cell_sum(plane: NDArray[np.generic], box: Box, model: PlaneModel) -> float:
    """Return the sum over the whole channels of a cell."""
    gamma, beta = channels_of(box, model)
    return float(plane[gamma, beta].sum())


def exact_sum(plane: FloatArray, box: Box, model: PlaneModel) -> float:
    """Return the sum over a rectangle, channels at its edges by their share."""
    gamma = _shares(box.gamma, model.gamma_edges_kev)
    beta = _shares(box.beta, model.beta_edges_kev)
    return float(gamma @ plane @ beta)


def cell_area(box: Box, model: PlaneModel) -> float:
    """Return the area of the whole channels of a cell, keV^2."""
    gamma, beta = channels_of(box, model)
    width_g = model.gamma_edges_kev[gamma.stop] - model.gamma_edges_kev[gamma.start]
    return float(width_g * (model.beta_edges_kev[beta.stop] - model.beta_edges_kev[beta.start]))


def _merge(
    pieces: list[Box], model: PlaneModel, params: CellParams, background: tuple[FloatArray, float]
) -> list[Box]:
    """Join neighbours until each has enough background."""
    counts, ratio = background
    least = max(params.least_measured, params.least_background / max(ratio, 1e-9))
    joined: list[Box] = []
    held: Box | None = None
    for piece in pieces:
        held = piece if held is None else _join(held, piece)
        if cell_sum(counts, held, model) >= least:
            joined.append(held)
            held = None
    if held is not None:
        if joined:
            joined[-1] = _join(joined[-1], held)
        else:
            joined.append(held)
    return joined


def _join(one: Box, other: Box) -> Box:
    return Box(atom=one.atom, beta=(one.beta[0], other.beta[1]), gamma=one.gamma)


def _box(atom: str, limits: RegionLimits) -> Box:
    if limits.beta_low >= limits.beta_high or limits.gamma_low >= limits.gamma_high:
        raise NobleGasInputError(
            what=f"region {limits.roi} has no extent",
            remedy=CHECK_COLUMNS,
        )
    return Box(
        atom=atom,
        beta=(limits.beta_low, limits.beta_high),
        gamma=(limits.gamma_low, limits.gamma_high),
    )


def _whole(interval: tuple[float, float], edges_kev: FloatArray) -> slice:
    n = len(edges_kev) - 1
    start, stop = (int(np.argmin(np.abs(edges_kev - at))) for at in interval)
    start = min(start, n - 1)
    return slice(start, max(stop, start + 1))


def _shares(interval: tuple[float, float], edges_kev: FloatArray) -> FloatArray:
    width = np.maximum(np.diff(edges_kev), 1e-9)
    covered = np.minimum(edges_kev[1:], interval[1]) - np.maximum(edges_kev[:-1], interval[0])
    return np.clip(covered / width, 0.0, 1.0)
