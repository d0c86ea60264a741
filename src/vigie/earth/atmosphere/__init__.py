"""Sound in the atmosphere: profiles, ducts, rays, celerity, attenuation."""

from vigie.earth.atmosphere.climatology import climatology
from vigie.earth.atmosphere.ducting import velocity_ratio, velocity_ratio_sigma

__all__ = ["climatology", "velocity_ratio", "velocity_ratio_sigma"]
