"""Tables of a row per energy, region or ratio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.ims_radionuclide._measurement import nuclide_of
from vigie.formats.ims_radionuclide._rows import Row
from vigie.records import CalibrationPoint, InterferenceRatio, RegionEfficiency, RegionLimits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.formats.base import IssueLog
    from vigie.formats.ims_radionuclide._blocks import Block

MODES = ("C", "B")
"""Of electron energies: conversion electron, end point of a beta spectrum."""
MAX_ROI = 99
"""Regions are 10; programs of their own may have more."""


def _rows(block: Block | None, log: IssueLog) -> Iterator[Row]:
    for number, words in block.rows if block is not None else ():
        yield Row(block.name if block else "", number, words, log)


def read_points(block: Block | None, log: IssueLog) -> tuple[CalibrationPoint, ...]:
    """Return the points of a calibration; a row that cannot be read is left out with an issue."""
    points = []
    for row in _rows(block, log):
        energy = row.value("energy")
        mode = row.word().upper() if row.left and row.left[0].upper() in MODES else ""
        value = row.value("value")
        sigma = row.optional("error")
        row.end()
        if energy is None or value is None:
            continue
        _doubt_point(row, energy, value, sigma)
        points.append(CalibrationPoint(energy_kev=energy, value=value, sigma=sigma, mode=mode))
    return tuple(points)


def _doubt_point(row: Row, energy: float, value: float, sigma: float | None) -> None:
    kind = row.block.lower()
    if energy <= 0.0:
        row.doubt("energy", f"{energy:g}", "above 0 keV")
    if sigma is not None and sigma < 0.0:
        row.doubt("error", f"{sigma:g}", "0 or more")
    if "eff" in kind and not 0.0 <= value <= 1.0:
        row.doubt("efficiency", f"{value:g}", "a fraction, 0 to 1")
    if "resolution" in kind and value <= 0.0:
        row.doubt("FWHM", f"{value:g}", "above 0 keV")


def read_regions(block: Block | None, log: IssueLog) -> tuple[RegionLimits, ...]:
    """Return the limits of the regions of interest, beta first in the file."""
    regions: list[RegionLimits] = []
    for row in _rows(block, log):
        roi = row.whole("region")
        limits = [row.value("limit") for _ in range(4)]
        row.end()
        numbers = [limit for limit in limits if limit is not None]
        if roi is None or len(numbers) < len(limits):
            continue
        if not 0 < roi <= MAX_ROI or roi in {one.roi for one in regions}:
            row.bad("region", str(roi), "a number above 0 that no other row has")
            continue
        beta_low, beta_high, gamma_low, gamma_high = numbers
        if beta_low >= beta_high or gamma_low >= gamma_high:
            shown = " ".join(f"{number:g}" for number in numbers)
            row.doubt("limits", shown, "low and high of beta, then of gamma")
        regions.append(
            RegionLimits(
                roi=roi,
                beta_low=beta_low,
                beta_high=beta_high,
                gamma_low=gamma_low,
                gamma_high=gamma_high,
            )
        )
    return tuple(regions)


def read_coincidence_efficiencies(
    block: Block | None, log: IssueLog
) -> tuple[RegionEfficiency, ...]:
    """Return the coincidence efficiency of each nuclide in its region."""
    found = []
    for row in _rows(block, log):
        label = row.word()
        roi, efficiency = row.whole("region"), row.value("efficiency")
        sigma = row.optional("error")
        row.end()
        if roi is None or efficiency is None:
            continue
        nuclide = nuclide_of(label, roi)
        if not nuclide:
            row.bad("nuclide", label, "a nuclide (or Xe-133 and its region, XE-13310)")
            continue
        if not 0.0 <= efficiency <= 1.0:
            row.doubt("efficiency", f"{efficiency:g}", "a fraction, 0 to 1")
        found.append(RegionEfficiency(nuclide=nuclide, roi=roi, efficiency=efficiency, sigma=sigma))
    return tuple(found)


def read_ratios(block: Block | None, log: IssueLog) -> tuple[InterferenceRatio, ...]:
    """Return the interference ratios; 16, or 18 or 20 with those of the metastable xenons."""
    found: dict[tuple[str, int, int], InterferenceRatio] = {}
    for row in _rows(block, log):
        name = row.word()
        high, low = row.whole("region"), row.whole("region")
        ratio, sigma = row.value("ratio"), row.optional("error")
        row.end()
        if high is None or low is None or ratio is None:
            continue
        key = (name, high, low)
        if key in found:
            row.bad("ratio", f"{name} {high} {low}", "one that no row before has")
            continue
        if ratio < 0.0:
            row.doubt("ratio", f"{ratio:g}", "0 or more")
        found[key] = InterferenceRatio(
            name=name, roi_high=high, roi_low=low, ratio=ratio, sigma=sigma
        )
    return tuple(found.values())
