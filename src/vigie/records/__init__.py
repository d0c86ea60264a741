"""The nouns of verification: frozen, typed records, and time."""

from vigie.records.atmosphere import AtmosphereProfile, AtmosphereSource
from vigie.records.detection import (
    Amplitude,
    Association,
    BandFeature,
    ChargeAtDepth,
    Detection,
    ExcludedElement,
)
from vigie.records.event import Bulletin, Event
from vigie.records.late_arrival import LateArrival
from vigie.records.magnitude import Magnitude, StationMagnitude
from vigie.records.mask import Mask, MaskKind
from vigie.records.origin import CredibleRegion, Ellipse, EllipseKind, Origin
from vigie.records.screening import Screening, Verdict
from vigie.records.station import (
    Channel,
    Epoch,
    Inventory,
    Response,
    ResponseStage,
    Site,
    Station,
    Technology,
)
from vigie.records.time import NS_PER_DAY, NS_PER_S, format_iso, parse_iso, parse_time
from vigie.records.waveform import ChannelId, Samples, Waveform
from vigie.records.yield_range import YieldRange

__all__ = [
    "NS_PER_DAY",
    "NS_PER_S",
    "Amplitude",
    "Association",
    "AtmosphereProfile",
    "AtmosphereSource",
    "BandFeature",
    "Bulletin",
    "Channel",
    "ChannelId",
    "ChargeAtDepth",
    "CredibleRegion",
    "Detection",
    "Ellipse",
    "EllipseKind",
    "Epoch",
    "Event",
    "ExcludedElement",
    "Inventory",
    "LateArrival",
    "Magnitude",
    "Mask",
    "MaskKind",
    "Origin",
    "Response",
    "ResponseStage",
    "Samples",
    "Screening",
    "Site",
    "Station",
    "StationMagnitude",
    "Technology",
    "Verdict",
    "Waveform",
    "YieldRange",
    "format_iso",
    "parse_iso",
    "parse_time",
]
