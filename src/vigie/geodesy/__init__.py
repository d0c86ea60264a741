"""Distances, azimuths and positions on the Earth."""

from vigie.geodesy.ellipsoid import Geodesics, geodesics, reduced_latitude_rad
from vigie.geodesy.sphere import (
    KM_PER_DEG,
    angle_difference_deg,
    destination,
    distance_azimuths,
    geocentric_latitude_deg,
    geographic_latitude_deg,
    local_radius_km,
    offsets_km,
    shortest_arc_deg,
    unit_vectors,
    wrap_azimuth_deg,
    wrap_longitude_deg,
)
from vigie.geodesy.words import position_text

__all__ = [
    "KM_PER_DEG",
    "Geodesics",
    "angle_difference_deg",
    "destination",
    "distance_azimuths",
    "geocentric_latitude_deg",
    "geodesics",
    "geographic_latitude_deg",
    "local_radius_km",
    "offsets_km",
    "position_text",
    "reduced_latitude_rad",
    "shortest_arc_deg",
    "unit_vectors",
    "wrap_azimuth_deg",
    "wrap_longitude_deg",
]
