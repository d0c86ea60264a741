"""Sound in the sea: speed, channel, blockage, travel times of H and T."""

from vigie.earth.ocean.bathymetry import SeaFloor, load_sea_floor
from vigie.earth.ocean.blockage import BlockageParams
from vigie.earth.ocean.channel import (
    ChannelFields,
    SoundChannel,
    load_sound_channel,
    uniform_channel,
)
from vigie.earth.ocean.late_arrivals import (
    DirectArrival,
    LateArrival,
    LateParams,
    Reflector,
    late_arrivals,
)
from vigie.earth.ocean.predictor import OceanOptions, OceanPredictor, OceanTable
from vigie.earth.ocean.sound_speed import MunkProfile, mackenzie_m_s
from vigie.earth.ocean.travel_time import Ends, Ocean, OceanPaths, PathFinder, transmission_loss_db

__all__ = [
    "BlockageParams",
    "ChannelFields",
    "DirectArrival",
    "Ends",
    "LateArrival",
    "LateParams",
    "MunkProfile",
    "Ocean",
    "OceanOptions",
    "OceanPaths",
    "OceanPredictor",
    "OceanTable",
    "PathFinder",
    "Reflector",
    "SeaFloor",
    "SoundChannel",
    "late_arrivals",
    "load_sea_floor",
    "load_sound_channel",
    "mackenzie_m_s",
    "transmission_loss_db",
    "uniform_channel",
]
