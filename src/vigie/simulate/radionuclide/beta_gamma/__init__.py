"""Simulated beta-gamma coincidence measurements of radioxenon."""

from vigie.simulate.radionuclide.beta_gamma.campaign import (
    Campaign,
    cell_response,
    simulate_calibration,
    simulate_campaign,
)
from vigie.simulate.radionuclide.beta_gamma.cell import BetaGammaCell
from vigie.simulate.radionuclide.beta_gamma.params import CampaignParams, CellResponse, GasTruth

__all__ = [
    "BetaGammaCell",
    "Campaign",
    "CampaignParams",
    "CellResponse",
    "GasTruth",
    "cell_response",
    "simulate_calibration",
    "simulate_campaign",
]
