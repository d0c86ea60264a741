"""The whole Poisson model of a sample in cells: counts, responses, doubts.

What it computes: the arrays of ``poisson_kernel.minimise`` from the planes of the three
measurements, the station's efficiencies and ratios, and the templates. Activities are at the
start of the measurement of the sample (those of the memory at that of the gas background). Decays
of Xe-133m into Xe-133 while counting are counted as Xe-133 in the column of Xe-133m. Nuisances,
each with a standard normal prior: the ratio of each part to the main region of its nuclide (as
the station states its error; 50 % where it states nothing), gains of both axes (1 %), resolution
(8 %) and tail of the electron detector, Compton share. The efficiency of the main region itself
scales the activity and is no nuisance: it enters the uncertainty of the result.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.cells import (
    Box,
    CellParams,
    atoms,
    cell_area,
    cell_sum,
    channels_of,
    cut_cells,
    exact_sum,
)
from vigie.radionuclide.noble_gas.region_response import RegionCalibration, counts_per_decay
from vigie.radionuclide.noble_gas.templates import PlaneModel, perturbed, shape_planes
from vigie.radionuclide.noble_gas.timing import (
    Counting,
    effective_s,
    ingrowth_in_activity,
    memory_factor,
)
from vigie.radionuclide.noble_gas.xenon import ISOTOPES, XE133, XE133M, Isotope
from vigie.records import RegionLimits

FloatArray = NDArray[np.float64]
Places = list[tuple[slice, slice, str]]
"""Whole channels (gamma, beta) of cells, and their part."""
MAIN_ATOM = {"Rn-222": "1", "Xe-135": "2", "Xe-133": "3", "Xe-131m": "5", "Xe-133m": "6"}
STRIP_ATOMS = ("4low", "5", "4mid", "6", "4high")
UNSTATED_SIGMA = 0.5
"""Relative error of what a nuclide leaves in a part for which the station states no ratio."""
LEAST_PART = 1e-3
"""Share of a nuclide's counts below which the doubt of a part is left out, for speed."""
LEAST_SHARE = 0.1
"""What is left of region 4 for its rest, as share of what the template gives, when stated
ratios contradict each other."""


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
    shares, relative, names, bad = _responses(data, boxes, cells)
    return CellModel(
        cells=cells,
        counts=counts,
        ratio=ratio,
        design=_design(data, shares),
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
    planes = [data.sample] + ([data.gas_background] if data.gas_background else [])
    for t, plane in zip((0, 2), planes, strict=False):
        seconds = np.array([effective_s(one.decay_per_s, plane.counting) for one in ISOTOPES])
        design[t] = shares * seconds
        grown = data.ingrowth if t == 0 else None
        if grown is None:
            grown = ingrowth_in_activity(
                XE133M.decay_per_s, XE133.decay_per_s, plane.counting.real_s
            )
        design[t, :, 4] += grown * design[t, :, 2]
    if data.gas_background is not None:
        factors = [
            memory_factor(
                one.decay_per_s, data.delay_s, data.sample.counting, data.gas_background.counting
            )
            for one in ISOTOPES
        ]
        design[1] = design[2] * np.array(factors)
    return design


def _responses(
    data: Measurements, boxes: tuple[Box, ...], cells: tuple[Box, ...]
) -> tuple[FloatArray, FloatArray, tuple[str, ...], tuple[str, ...]]:
    """Return counts per decay (C, K), nuisances (J, C, K), their names, contradictions."""
    model = data.sample.model
    shares = np.zeros((len(cells), len(ISOTOPES)))
    bad: list[str] = []
    doubts: dict[str, FloatArray] = {}

    def doubt(name: str) -> FloatArray:
        return doubts.setdefault(name, np.zeros(shares.shape))

    changed = perturbed(model)
    places = [(*channels_of(cell, model), cell.atom) for cell in cells]
    for k, one in enumerate(ISOTOPES):
        planes = shape_planes(model)[one.name]
        plane = planes[""]
        scales, sigmas, consistent = _scales(plane, boxes, model, (data.calibration, one))
        if not consistent:
            bad.append(one.name)
        shares[:, k] = _in_cells(plane, places, scales)
        for atom, sigma in sigmas.items():
            inside = [cell.atom in atom.split("+") for cell in cells]
            if shares[inside, k].sum() > LEAST_PART * shares[:, k].sum():
                doubt(f"{one.name}:{atom}")[inside, k] = sigma
        for name, (_, drift) in changed.items():
            new = planes[name]
            new_scales = scales if drift else _rescaled(new, plane, boxes, model, scales)
            moved = _in_cells(new, places, new_scales)
            safe = np.maximum(shares[:, k], 1e-12 * shares[:, k].max())
            doubt(name)[:, k] = np.clip(moved / safe - 1.0, -0.9, 0.9)
    names = tuple(sorted(doubts))
    return shares, np.array([doubts[name] for name in names]), names, tuple(bad)


def _in_cells(plane: FloatArray, places: Places, scales: dict[str, float]) -> FloatArray:
    return np.array([plane[gamma, beta].sum() * scales[atom] for gamma, beta, atom in places])


def _rescaled(
    new: FloatArray,
    old: FloatArray,
    boxes: tuple[Box, ...],
    model: PlaneModel,
    scales: dict[str, float],
) -> dict[str, float]:
    """Return the scales that keep the counts of each part as they were."""
    return {
        box.atom: scales[box.atom]
        * exact_sum(old, box, model)
        / max(exact_sum(new, box, model), 1e-300)
        for box in boxes
    }


def _scales(
    plane: FloatArray,
    boxes: tuple[Box, ...],
    model: PlaneModel,
    stated: tuple[RegionCalibration, Isotope],
) -> tuple[dict[str, float], dict[str, float], bool]:
    """Return factor of the template in each part, relative errors of parts, and whether all agrees.

    Errors are keyed by part, or by parts joined with ``+`` that move together.
    """
    calibration, one = stated
    content = {box.atom: max(exact_sum(plane, box, model), 1e-300) for box in boxes}
    main = MAIN_ATOM[one.name]
    factor = counts_per_decay(calibration, one, one.roi) / content[main]
    scales = dict.fromkeys(content, factor)
    sigmas: dict[str, float] = {}
    for atom in content:
        if atom == main:
            continue
        if not atom.isdigit():
            continue
        target = counts_per_decay(calibration, one, int(atom))
        ratio, error = calibration.interference(one.roi, int(atom))
        if ratio > 0.0 and target > 0.0:
            scales[atom] = target / content[atom]
            sigmas[atom] = error / ratio
        else:
            sigmas[atom] = UNSTATED_SIGMA
    rest: list[str] = [atom for atom in ("4low", "4mid", "4high") if atom in content]
    consistent = _scale_rest(scales, content, rest, stated)
    if rest:
        sigmas["+".join(rest)] = _rest_sigma(stated)
    return scales, {k: v for k, v in sigmas.items() if v > 0.0}, consistent


def _scale_rest(
    scales: dict[str, float],
    content: dict[str, float],
    rest: list[str],
    stated: tuple[RegionCalibration, Isotope],
) -> bool:
    """Scale the rest of region 4 to what the station states for 4 less 5 and 6."""
    calibration, one = stated
    total = counts_per_decay(calibration, one, 4)
    if total <= 0.0 or not rest or one.roi in (5, 6):
        # What metastables leave beside their own region is the template's.
        return True
    inside = sum(scales[atom] * content[atom] for atom in ("5", "6"))
    expected = sum(content[atom] for atom in rest)
    usual = expected * total / sum(content[atom] for atom in STRIP_ATOMS if atom in content)
    left = total - inside
    for atom in rest:
        scales[atom] = max(left, LEAST_SHARE * usual) / expected
    return left >= LEAST_SHARE * usual


def _rest_sigma(stated: tuple[RegionCalibration, Isotope]) -> float:
    calibration, one = stated
    if one is XE133:
        eff3, sigma3 = calibration.eff(3)
        eff4, sigma4 = calibration.eff(4)
        return float(np.hypot(sigma3 / eff3, sigma4 / eff4))
    ratio, error = calibration.interference(one.roi, 4)
    return error / ratio if ratio > 0.0 else UNSTATED_SIGMA
