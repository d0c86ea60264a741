"""How big: station and network magnitudes, and the size of one event against another."""

from vigie.network.magnitude.corrections import curve_correction, mb_correction, ms_correction
from vigie.network.magnitude.likelihood import Datum, LikelihoodEstimate, estimate
from vigie.network.magnitude.network import network_magnitudes, size_event
from vigie.network.magnitude.relative import RelativeMagnitude, relative_magnitude
from vigie.network.magnitude.scales import (
    MB,
    MS,
    MagnitudeParams,
    Scale,
    StationCorrection,
    ml_scale,
)
from vigie.network.magnitude.station import StationNoise, station_magnitudes

__all__ = [
    "MB",
    "MS",
    "Datum",
    "LikelihoodEstimate",
    "MagnitudeParams",
    "RelativeMagnitude",
    "Scale",
    "StationCorrection",
    "StationNoise",
    "curve_correction",
    "estimate",
    "mb_correction",
    "ml_scale",
    "ms_correction",
    "network_magnitudes",
    "relative_magnitude",
    "size_event",
    "station_magnitudes",
]
