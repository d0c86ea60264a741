"""Locations: Geiger's method with honest uncertainty, and relative locations."""

from vigie.network.location.ellipse import ellipse_of, kappa
from vigie.network.location.gaps import azimuthal_gap_deg, secondary_gap_deg
from vigie.network.location.locator import locate
from vigie.network.location.params import Corrections, ErrorModel, LocateParams, ReadingErrors

__all__ = [
    "Corrections",
    "ErrorModel",
    "LocateParams",
    "ReadingErrors",
    "azimuthal_gap_deg",
    "ellipse_of",
    "kappa",
    "locate",
    "secondary_gap_deg",
]
