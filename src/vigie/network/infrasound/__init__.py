"""Infrasound events: places and times with honest regions, and which detections make them."""

from vigie.network.infrasound.celerity import Climatology, OneProfile
from vigie.network.infrasound.locate import SoundLocation, locate_by_sound, locate_infrasound
from vigie.network.infrasound.params import SoundLocateParams

__all__ = [
    "Climatology",
    "OneProfile",
    "SoundLocateParams",
    "SoundLocation",
    "locate_by_sound",
    "locate_infrasound",
]
