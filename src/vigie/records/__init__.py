"""The nouns of verification: frozen, typed records, and time."""

from vigie.records.atmosphere import AtmosphereProfile, AtmosphereSource
from vigie.records.custody import CustodyEntry, CustodyLog, CustodyState, SealState
from vigie.records.detection import (
    Amplitude,
    Association,
    BandFeature,
    ChargeAtDepth,
    Detection,
    ExcludedElement,
)
from vigie.records.emitter import Emitter
from vigie.records.event import Bulletin, Event
from vigie.records.lat_lon_grid import LatLonGrid, global_grid
from vigie.records.late_arrival import LateArrival
from vigie.records.magnitude import Magnitude, StationMagnitude
from vigie.records.mask import Mask, MaskKind
from vigie.records.nuclide_result import (
    Category,
    CharacteristicLimits,
    IsotopeRatio,
    LineEvidence,
    LineState,
    NuclideResult,
    Peak,
    PeakShare,
    QualityFlag,
    RatioKind,
    SampleAnalysis,
    ZeroTime,
)
from vigie.records.origin import CredibleRegion, Ellipse, EllipseKind, Origin
from vigie.records.pulse_height import (
    Acquisition,
    CertificateLine,
    Collection,
    DetectorSystem,
    FilterGeometry,
    Histogram,
    InterferenceRatio,
    PhdType,
    PulseHeight,
    RegionEfficiency,
    RegionLimits,
    XenonProcessing,
)
from vigie.records.radionuclide_state import RadionuclideState, StateInterval
from vigie.records.reason import Reason
from vigie.records.screening import Screening, Verdict
from vigie.records.sensitivity import Sensitivity
from vigie.records.spectrum import (
    NOT_CALIBRATED,
    Calibration,
    CalibrationPoint,
    CountArray,
    Spectrum,
)
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
from vigie.records.tracer_sample import TracerSample
from vigie.records.waveform import ChannelId, Samples, Waveform
from vigie.records.weather import WeatherState, merged_weather
from vigie.records.yield_range import YieldRange

__all__ = [
    "NOT_CALIBRATED",
    "NS_PER_DAY",
    "NS_PER_S",
    "Acquisition",
    "Amplitude",
    "Association",
    "AtmosphereProfile",
    "AtmosphereSource",
    "BandFeature",
    "Bulletin",
    "Calibration",
    "CalibrationPoint",
    "Category",
    "CertificateLine",
    "Channel",
    "ChannelId",
    "CharacteristicLimits",
    "ChargeAtDepth",
    "Collection",
    "CountArray",
    "CredibleRegion",
    "CustodyEntry",
    "CustodyLog",
    "CustodyState",
    "Detection",
    "DetectorSystem",
    "Ellipse",
    "EllipseKind",
    "Emitter",
    "Epoch",
    "Event",
    "ExcludedElement",
    "FilterGeometry",
    "Histogram",
    "InterferenceRatio",
    "Inventory",
    "IsotopeRatio",
    "LatLonGrid",
    "LateArrival",
    "LineEvidence",
    "LineState",
    "Magnitude",
    "Mask",
    "MaskKind",
    "NuclideResult",
    "Origin",
    "Peak",
    "PeakShare",
    "PhdType",
    "PulseHeight",
    "QualityFlag",
    "RadionuclideState",
    "RatioKind",
    "Reason",
    "RegionEfficiency",
    "RegionLimits",
    "Response",
    "ResponseStage",
    "SampleAnalysis",
    "Samples",
    "Screening",
    "SealState",
    "Sensitivity",
    "Site",
    "Spectrum",
    "StateInterval",
    "Station",
    "StationMagnitude",
    "Technology",
    "TracerSample",
    "Verdict",
    "Waveform",
    "WeatherState",
    "XenonProcessing",
    "YieldRange",
    "ZeroTime",
    "format_iso",
    "global_grid",
    "merged_weather",
    "parse_iso",
    "parse_time",
]
