"""Simulated beta-gamma coincidence measurements of radioxenon."""

from vigie.simulate.radionuclide.beta_gamma.campaign import (
    Campaign,
    CampaignParams,
    CellResponse,
    GasTruth,
    cell_response,
    simulate_calibration,
    simulate_campaign,
)
from vigie.simulate.radionuclide.beta_gamma.cell import BetaGammaCell

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
