"""Sound in the atmosphere: profiles, ducts, rays, celerity, attenuation."""

from vigie.earth.atmosphere.attenuation import Transmission, transmission
from vigie.earth.atmosphere.celerity import CelerityMixture, CelerityModel, CelerityParams
from vigie.earth.atmosphere.climatology import climatology
from vigie.earth.atmosphere.ducting import velocity_ratio, velocity_ratio_sigma
from vigie.earth.atmosphere.eigenrays import Eigenrays, FanParams, find_eigenrays
from vigie.earth.atmosphere.predictor import AtmosphereOptions, AtmospherePredictor
from vigie.earth.atmosphere.profile import effective_sound_speed_m_s, resample, wind_along_m_s
from vigie.earth.atmosphere.rays import Medium, Rays, launch_slowness, trace

__all__ = [
    "AtmosphereOptions",
    "AtmospherePredictor",
    "CelerityMixture",
    "CelerityModel",
    "CelerityParams",
    "Eigenrays",
    "FanParams",
    "Medium",
    "Rays",
    "Transmission",
    "climatology",
    "effective_sound_speed_m_s",
    "find_eigenrays",
    "launch_slowness",
    "resample",
    "trace",
    "transmission",
    "velocity_ratio",
    "velocity_ratio_sigma",
    "wind_along_m_s",
]
