"""Ratios that a header states and that cannot be: they count as missing.

What it computes: for each stated ratio (source region, region) whether it is negative or above

    3 r + 0.3,   r by the templates of the nuclide, which are uncertain by half,

and for radon daughters and Xe-133 whether regions 5 and 6 would hold more than region 4, which
holds both, by more than 3 of the stated errors. A ratio of 50 would else take counts off that are
not there, or give them to a nuclide that is not there. Assumes that templates are right within a
factor of 3: those of both real messages of the reference are within 2. Cost: 1 ms; the templates
are kept.
"""

from __future__ import annotations

from dataclasses import replace
from math import hypot
from typing import TYPE_CHECKING

from vigie.radionuclide.noble_gas.cells import Box, exact_sum
from vigie.radionuclide.noble_gas.region_response import (
    STRIP,
    RegionCalibration,
    counts_per_decay,
)
from vigie.radionuclide.noble_gas.templates import PlaneModel, shape_planes
from vigie.radionuclide.noble_gas.xenon import ISOTOPES, RADON, XE133, Isotope
from vigie.records import Reason

if TYPE_CHECKING:
    from vigie.records import RegionLimits

Pair = tuple[int, int]
MOST_TIMES, MOST_MORE = 3.0, 0.3
"""A ratio above so many times that of the templates, and so much more, cannot be."""
PARTS = (5, 6)
"""Regions inside region 4 that do not overlap."""
SIGMAS = 3.0
"""Stated errors by which parts may exceed their whole."""
ROUNDING = 0.02
"""Of the whole, where no errors are stated."""


def believed(
    calibration: RegionCalibration, regions: tuple[RegionLimits, ...], model: PlaneModel
) -> tuple[RegionCalibration, list[Reason]]:
    """Return a calibration without the ratios that cannot be, and the remark that names them."""
    odd = [*_beyond_physics(calibration, regions, model)]
    rest = {pair: one for pair, one in calibration.ratio.items() if pair not in odd}
    kept = replace(calibration, ratio=rest)
    odd += [pair for one in (RADON, XE133) for pair in _beyond_whole(kept, one)]
    if not odd:
        return calibration, []
    rest = {pair: one for pair, one in calibration.ratio.items() if pair not in odd}
    pairs = ", ".join(f"{a}:{b} = {calibration.ratio[a, b][0]:g}" for a, b in sorted(odd))
    return replace(calibration, ratio=rest), [Reason.of("noble_gas.ratios_impossible", pairs=pairs)]


def _beyond_physics(
    calibration: RegionCalibration, regions: tuple[RegionLimits, ...], model: PlaneModel
) -> list[Pair]:
    boxes = {
        one.roi: Box(
            atom="", beta=(one.beta_low, one.beta_high), gamma=(one.gamma_low, one.gamma_high)
        )
        for one in regions
    }
    by_roi = {one.roi: one for one in ISOTOPES}
    odd = []
    for (source, roi), (value, _) in calibration.ratio.items():
        if value < 0.0:
            odd.append((source, roi))
        elif source in by_roi and {source, roi} <= boxes.keys():
            plane = shape_planes(model)[by_roi[source].name][""]
            own = exact_sum(plane, boxes[source], model)
            expected = exact_sum(plane, boxes[roi], model) / own if own > 0.0 else 0.0
            if value > MOST_TIMES * expected + MOST_MORE:
                odd.append((source, roi))
    return odd


def _beyond_whole(calibration: RegionCalibration, source: Isotope) -> list[Pair]:
    """Return the ratios to regions 5 and 6 where they exceed that to region 4."""
    pairs = [(source.roi, roi) for roi in PARTS]
    if not {*pairs, (source.roi, STRIP)} <= calibration.ratio.keys():
        return []
    whole = counts_per_decay(calibration, source, STRIP) / counts_per_decay(
        calibration, source, source.roi
    )
    parts = [calibration.ratio[pair] for pair in pairs]
    error = hypot(_whole_sigma(calibration, source, whole), *(sigma for _, sigma in parts))
    excess = sum(value for value, _ in parts) - whole
    return pairs if excess > SIGMAS * error + ROUNDING * whole else []


def _whole_sigma(calibration: RegionCalibration, source: Isotope, whole: float) -> float:
    """Return the error of the ratio to region 4."""
    if source is not XE133:
        return calibration.ratio[source.roi, STRIP][1]
    return whole * hypot(*(sigma / value for value, sigma in map(calibration.eff, (3, STRIP))))
