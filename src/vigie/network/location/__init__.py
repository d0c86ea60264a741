"""Locations: Geiger's method with honest uncertainty, and relative locations."""

from vigie.network.location.ellipse import ellipse_of, kappa
from vigie.network.location.gaps import azimuthal_gap_deg, secondary_gap_deg
from vigie.network.location.locator import locate
from vigie.network.location.params import ErrorModel, LocateParams, ReadingErrors
from vigie.network.location.relative import (
    RelativeLocation,
    TimeDifference,
    relative_location,
    time_differences,
)

__all__ = [
    "ErrorModel",
    "LocateParams",
    "ReadingErrors",
    "RelativeLocation",
    "TimeDifference",
    "azimuthal_gap_deg",
    "ellipse_of",
    "kappa",
    "locate",
    "relative_location",
    "secondary_gap_deg",
    "time_differences",
]
