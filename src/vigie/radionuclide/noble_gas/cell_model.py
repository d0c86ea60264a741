"""The whole Poisson model of a sample in cells: counts, responses, doubts.

What it computes: the arrays of ``poisson_kernel.minimise`` from the planes of the three
measurements, the station's efficiencies and ratios, and the templates. Activities are at the
start of the measurement of the sample (those of the memory at that of the gas background). What
Xe-133m decays into while counting, and of the memory before the sample too, is Xe-133 in its
column. Nuisances, each with a standard normal prior: the ratio of each part to the main region of
its nuclide (as the station states its error; 50 % where it states nothing), gains of both axes
(1 %), resolution (8 %) and tail of the electron detector, Compton share. The efficiency of the main
region itself scales the activity and is no nuisance: it enters the uncertainty of the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.cell_responses import cell_responses
from vigie.radionuclide.noble_gas.cells import (
    Box,
    CellParams,
    atoms,
    cell_area,
    cell_sum,
    cut_cells,
)
from vigie.radionuclide.noble_gas.memory import counted_as, left_after
from vigie.radionuclide.noble_gas.region_response import RegionCalibration
from vigie.radionuclide.noble_gas.templates import PlaneModel
from vigie.radionuclide.noble_gas.timing import Counting, effective_s
from vigie.radionuclide.noble_gas.xenon import ISOTOPES, XE133, XE133M, Isotope
from vigie.records import RegionLimits

FloatArray = NDArray[np.float64]
XE133_ROW, XE133M_ROW = ISOTOPES.index(XE133), ISOTOPES.index(XE133M)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Plane:
    """Coincidences of one measurement and how long they were counted."""

    counts: NDArray[np.number]
    """Shape (gamma channels, beta channels)."""
    model: PlaneModel
    counting: Counting


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CellModel:
    """What the likelihood is made of; K = 5 nuclides in the order of ``xenon.ISOTOPES``."""

    cells: tuple[Box, ...]
    counts: FloatArray
    """Shape (C, 3): sample, gas background, detector background."""
    ratio: FloatArray
    """Shape (C, 3): live time over that of the detector background, by area where channels
    differ."""
    design: FloatArray
    """Shape (3, C, K): counts per Bq in the sample, of memory in the sample, of memory in the
    gas background."""
    relative: FloatArray
    """Shape (J, C, K): relative change for one standard deviation of each nuisance."""
    nuisances: tuple[str, ...]
    has_gas: bool
    has_background: bool
    contradictions: tuple[str, ...] = ()
    """Nuclides whose stated ratios leave less than nothing for the rest of region 4."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Measurements:
    """A sample with what belongs to it."""

    sample: Plane
    regions: tuple[RegionLimits, ...]
    calibration: RegionCalibration
    detector_background: Plane | None = None
    gas_background: Plane | None = None
    delay_s: float = 0.0
    """From the start of the gas background to that of the sample."""
    ingrowth: float | None = None
    """Bq of Xe-133 to be counted as Xe-133m, per Bq of it at the start of the sample's
    measurement. None: what grows while counting."""


def build_cells(data: Measurements, params: CellParams | None = None) -> CellModel:
    """Build the model of a sample.

    Raises
    ------
    NobleGasInputError
        The regions do not allow a partition.
    """
    params = params or CellParams()
    boxes = atoms(data.regions)
    back = data.detector_background
    cells = cut_cells(
        boxes,
        back.model if back else data.sample.model,
        params,
        np.asarray(back.counts, dtype=np.float64) if back else None,
        _least_ratio(data),
    )
    counts, ratio = _counts(data, cells)
    shares, relative, names, bad = cell_responses(data, boxes, cells)
    design = _design(data, shares)
    relative, names = _with_grown(data, design[0], shares, (relative, names))
    return CellModel(
        cells=cells,
        counts=counts,
        ratio=ratio,
        design=design,
        relative=relative,
        nuisances=names,
        has_gas=data.gas_background is not None,
        has_background=back is not None,
        contradictions=bad,
    )


def _least_ratio(data: Measurements) -> float:
    """Return the shorter live time of sample and gas background over the empty detector's."""
    reference = data.detector_background or data.sample
    planes = [data.sample] + ([data.gas_background] if data.gas_background else [])
    return min(one.counting.live_s for one in planes) / reference.counting.live_s


def _counts(data: Measurements, cells: tuple[Box, ...]) -> tuple[FloatArray, FloatArray]:
    planes = (data.sample, data.gas_background, data.detector_background)
    counts, ratio = np.zeros((len(cells), 3)), np.zeros((len(cells), 3))
    reference = data.detector_background or data.sample
    for t, plane in enumerate(planes):
        if plane is None:
            continue
        live = plane.counting.live_s / reference.counting.live_s
        for i, cell in enumerate(cells):
            counts[i, t] = cell_sum(plane.counts, cell, plane.model)
            area = cell_area(cell, plane.model) / cell_area(cell, reference.model)
            ratio[i, t] = live * area
    if data.detector_background is None:
        ratio[:] = 0.0
    return counts, ratio


def _design(data: Measurements, shares: FloatArray) -> FloatArray:
    """Return counts per Bq from counts per decay, shape (3, C, K)."""
    design = np.zeros((3, *shares.shape))
    counting, gas = data.sample.counting, data.gas_background
    counted = _counted(shares, counting)
    grown = counted_as(counting.real_s, ISOTOPES)
    into = np.array(grown)
    if data.ingrowth is not None:
        into[XE133_ROW, XE133M_ROW] = data.ingrowth
    design[0] = counted @ into
    if gas is not None:
        design[1] = counted @ grown @ left_after(data.delay_s, ISOTOPES)
        design[2] = _counted(shares, gas.counting) @ counted_as(gas.counting.real_s, ISOTOPES)
    return design


def _counted(
    shares: FloatArray, counting: Counting, isotopes: tuple[Isotope, ...] = ISOTOPES
) -> FloatArray:
    """Return counts per Bq, without what grows, from counts per decay."""
    seconds: FloatArray = np.array([effective_s(one.decay_per_s, counting) for one in isotopes])
    return shares * seconds


def _with_grown(
    data: Measurements,
    design: FloatArray,
    shares: FloatArray,
    doubts: tuple[FloatArray, tuple[str, ...]],
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the nuisances with those of Xe-133 in the column of Xe-133m, as far as it grew there.

    Beside them stands that of its amount: efficiencies and shares of decays of both.
    """
    relative, names = doubts
    own = _counted(shares[:, XE133M_ROW : XE133M_ROW + 1], data.sample.counting, (XE133M,))[:, 0]
    grown = 1.0 - own / np.maximum(design[:, XE133M_ROW], 1e-300)
    mixed = np.array(relative)
    mixed[:, :, XE133M_ROW] += grown * (relative[:, :, XE133_ROW] - relative[:, :, XE133M_ROW])
    amount = np.zeros((1, *design.shape))
    daughter, parent = (data.calibration.relative_sigma(one) for one in (XE133, XE133M))
    amount[0, :, XE133M_ROW] = grown * hypot(daughter, parent)
    return np.concatenate([mixed, amount]), (*names, "Xe-133m:Xe-133")
