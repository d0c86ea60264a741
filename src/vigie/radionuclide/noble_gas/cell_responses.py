"""What a decay of each nuclide counts in each cell, and how uncertain that is.

What it computes: templates scaled part by part to the efficiencies and ratios that a station states
(where it states nothing, physics, uncertain by half), and the relative change of each for one
standard deviation of every nuisance of ``cell_model``. Source: sheet 7.5. Assumes regions without
overlap (``cells.atoms``). Cost: 60 ms, mostly templates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.cells import Box, channels_of, exact_sum
from vigie.radionuclide.noble_gas.region_response import RegionCalibration, counts_per_decay
from vigie.radionuclide.noble_gas.templates import PlaneModel, perturbed, shape_planes
from vigie.radionuclide.noble_gas.xenon import ISOTOPES, XE133, Isotope

if TYPE_CHECKING:
    from vigie.radionuclide.noble_gas.cell_model import Measurements

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


def cell_responses(
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
