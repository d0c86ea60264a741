"""Simulated measurements in cells and in regions at once, for ``noble_gas``.

Each trial draws the same counts for both: the plane falls into bins that no cell and no region
cuts, so a few hundred Poisson numbers make a trial.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.cell_model import CellModel, build_cells
from vigie.radionuclide.noble_gas.cells import CellParams, channels_of
from vigie.radionuclide.noble_gas.gas_input import gas_input
from vigie.radionuclide.noble_gas.matrix import MatrixInput, RegionData
from vigie.radionuclide.noble_gas.regions import RegionRule, channel_edges
from vigie.radionuclide.noble_gas.timing import Counting
from vigie.simulate.radionuclide.beta_gamma.campaign import (
    Campaign,
    activities_bq,
    left_memory_bq,
    simulate_campaign,
)
from vigie.simulate.radionuclide.beta_gamma.messages import mean_counts

if TYPE_CHECKING:
    from vigie.records import PulseHeight
    from vigie.simulate.radionuclide.beta_gamma import CampaignParams, CellResponse, GasTruth

FloatArray = NDArray[np.float64]
XENON = {"Xe-131m": 3, "Xe-133": 2, "Xe-133m": 4, "Xe-135": 1}
"""Place in the vectors of the likelihood."""


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """A detector with its cells and regions, ready for many trials."""

    model: CellModel
    matrix: MatrixInput
    membership: FloatArray
    """Shape (bins, cells + 10): which bins a cell or region holds."""
    means: FloatArray
    """Shape (3, bins): sample, gas background, detector background."""

    def draw(self, rng: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
        """Return counts of cells, shape (n, C, 3), and of regions, shape (n, 10, 3)."""
        drawn = rng.poisson(self.means, size=(n, *self.means.shape)).astype(np.float64)
        sums = np.moveaxis(drawn @ self.membership, 1, 2)
        cells, regions = sums[:, :-10], sums[:, -10:]
        if not self.model.has_gas:
            cells[:, :, 1] = 0.0
        return np.ascontiguousarray(cells), regions

    def matrix_input(self, regions: FloatArray) -> MatrixInput:
        """Return what the matrix method takes for one trial, regions of shape (10, 3)."""
        gas, back = self.matrix.gas_background, self.matrix.detector_background
        assert back is not None
        return replace(
            self.matrix,
            sample=replace(self.matrix.sample, gross=regions[:, 0]),
            gas_background=None if gas is None else replace(gas, gross=regions[:, 1]),
            detector_background=RegionData(gross=regions[:, 2], counting=back.counting),
        )


def make_bench(
    response: CellResponse,
    truth: GasTruth,
    params: CampaignParams,
    *,
    gas: bool,
    cells: CellParams | None = None,
) -> Bench:
    """Prepare trials of one truth; cells come from the mean detector background, the same in all.

    Activities are the unknowns, not concentrations: ingrowth before the measurement is left out.
    """
    campaign = simulate_campaign(response, truth, np.random.default_rng(99), params=params)
    sample = replace(campaign.sample, collection=None)
    data = gas_input(
        sample,
        campaign.gas_background if gas else None,
        campaign.detector_background,
        rule=RegionRule.ROUNDED,
    )
    planes = _mean_planes(response, truth, params, campaign)
    measured = data.measurements
    assert measured.detector_background is not None
    flat = replace(measured.detector_background, counts=planes[2])
    model = build_cells(replace(measured, detector_background=flat), cells)
    membership, means = _bins(model, sample, measured.sample.model, planes)
    return Bench(model, data.matrix, membership, means)


def _mean_planes(
    response: CellResponse, truth: GasTruth, params: CampaignParams, campaign: Campaign
) -> list[FloatArray]:
    activities = activities_bq(truth, params)
    left = left_memory_bq(truth, params)
    inside = {name: activities.get(name, 0.0) + left[name] for name in left}
    content: tuple[dict[str, float], ...] = (inside, truth.memory_bq, {})
    messages = (campaign.sample, campaign.gas_background, campaign.detector_background)
    return [
        mean_counts(response, one, _counting(message)).histogram
        for one, message in zip(content, messages, strict=True)
    ]


def _counting(message: PulseHeight) -> Counting:
    assert message.acquisition is not None
    return Counting(real_s=message.acquisition.real_time_s, live_s=message.acquisition.live_time_s)


def _bins(
    model: CellModel, sample: PulseHeight, plane_model: object, planes: list[FloatArray]
) -> tuple[FloatArray, FloatArray]:
    shape = planes[0].shape
    masks = np.zeros((len(model.cells) + 10, *shape), dtype=np.bool_)
    for i, cell in enumerate(model.cells):
        masks[i][channels_of(cell, plane_model)] = True  # type: ignore[arg-type]
    for region in sample.regions:
        b0, b1, g0, g1 = (int(edge) for edge in channel_edges(sample, region))
        masks[len(model.cells) + region.roi - 1, g0:g1, b0:b1] = True
    flat = masks.reshape(len(masks), -1).T
    kinds, inverse = np.unique(flat, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    means = np.array(
        [np.bincount(inverse, weights=one.reshape(-1), minlength=len(kinds)) for one in planes]
    )
    used = kinds.any(axis=1)
    return kinds[used].astype(np.float64), means[:, used]
