"""Pulse-height data: one radionuclide measurement as its station sent it (IMS2.0)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np

from vigie.errors import ParameterError
from vigie.records.spectrum import (
    NOT_CALIBRATED,
    Calibration,
    CalibrationPoint,
    CountArray,
    Spectrum,
)


class PhdType(StrEnum):
    """What was measured: the ``DATA_TYPE`` of the message."""

    SAMPLE = "SAMPLEPHD"
    BLANK = "BLANKPHD"
    """A clean filter."""
    DETECTOR_BACKGROUND = "DETBKPHD"
    """The detector empty."""
    GAS_BACKGROUND = "GASBKPHD"
    """The gas cell after evacuation, before the sample: what earlier samples left in it."""
    CALIBRATION = "CALIBPHD"
    QUALITY_CONTROL = "QCPHD"
    """The daily check source."""
    SPIKE = "SPIKEPHD"
    REGENERATION = "REGENPHD"


class DetectorSystem(StrEnum):
    """Letter of the system in the header."""

    PARTICULATE = "P"
    BETA_GAMMA = "B"
    GAS_HPGE = "G"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """When and how much air was collected."""

    start_ns: int
    stop_ns: int
    air_volume_m3: float
    """At standard temperature and pressure."""

    @property
    def duration_s(self) -> float:
        """Length, s."""
        return (self.stop_ns - self.start_ns) / 1e9


MAX_AIR_M3 = 1e5
"""Of a collection; particulate stations pass some 2e4 m3 a day."""
LEAST_FLOW_M3_H = 5.0
"""Of the air through a filter. IMS stations draw 500 m3/h and more, other networks that count
filters by gamma rays tens to hundreds; samplers of 2.3 m3/h (EN 12341) are made for weighing. What
lies below is a slip of a unit: thousands of m3, or m3/h as m3."""
MAX_XENON_CM3 = 50.0
"""All xenon of 600 m3 of air; noble-gas systems take 10 to 100 m3."""
LEAST_COUNTING_S = 1.0
MOST_COUNTING_S = 20.0 * 365.25 * 86_400.0
"""Of any measurement, s. Backgrounds of years exist; what lies beyond is a slip of a unit."""
LEAST_SAMPLE_S = 60.0
LEAST_FULL_S = 3600.0
"""Of a full message, s: stations count filters for a day, gas for half of one. What is shorter is a
preliminary message, or minutes in place of seconds (a day is 1440)."""
LEAST_BACKGROUND_S = 360.0
"""Of what is subtracted, s: backgrounds are counted for hours to weeks."""
MOST_SAMPLE_S = 100.0 * 86_400.0
"""Of a sample, s: days at a station, weeks in a laboratory. Hours (24) or ms (8.64e7) in place of
seconds lie outside."""


def least_counting_s(kind: PhdType) -> float:
    """Return the shortest live time that a message of a kind can have, s."""
    minutes = {PhdType.SAMPLE, PhdType.GAS_BACKGROUND, PhdType.DETECTOR_BACKGROUND}
    return LEAST_SAMPLE_S if kind in minutes else LEAST_COUNTING_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition:
    """When and how long the detector counted."""

    start_ns: int
    real_time_s: float
    live_time_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class XenonProcessing:
    """How much xenon came out of the air."""

    volume_cm3: float | None = None
    volume_sigma_cm3: float | None = None
    recovery: float | None = None
    """Xenon yield of the separation, a fraction."""
    recovery_sigma: float | None = None
    bottle_id: str = ""
    """Of the archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterGeometry:
    """The compressed filter."""

    diameter_cm: float
    thickness_cm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionLimits:
    """A region of interest of the beta-gamma plane; keV, or channels in ``region_channels``."""

    roi: int
    beta_low: float
    beta_high: float
    gamma_low: float
    gamma_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionEfficiency:
    """Coincidence efficiency of a nuclide in a region of interest."""

    nuclide: str
    roi: int
    efficiency: float
    sigma: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterferenceRatio:
    """Counts in one region (``roi_low``) per count in another, of one nuclide."""

    name: str
    """``PB214_352:242``, ``XE133-4_81:30`` ..."""
    roi_high: int
    roi_low: int
    ratio: float
    sigma: float | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Histogram:
    """Coincidences, shape (gamma channels, beta channels)."""

    counts: CountArray
    gamma_span_kev: float
    beta_span_kev: float

    def __post_init__(self) -> None:
        if self.counts.ndim != 2 or 0 in self.counts.shape:
            raise ParameterError(
                name="counts", value=str(self.counts.shape), expected="gamma x beta channels"
            )
        if not np.issubdtype(self.counts.dtype, np.integer) or int(self.counts.min()) < 0:
            raise ParameterError(
                name="counts", value=str(self.counts.dtype), expected="integers, none below 0"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLine:
    """One nuclide of a calibration source."""

    nuclide: str
    text: str
    """The line as it stands, since layouts differ."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PulseHeight:
    """One message of pulse-height data. What its file lacks is None or empty."""

    type: PhdType
    station: str
    detector: str
    system: DetectorSystem = DetectorSystem.UNKNOWN
    geometry: str = ""
    full: bool = True
    """Whether the acquisition was complete (``FULL``); a preliminary message is not."""
    sample_id: str = ""
    """The sample reference identification (SRID)."""
    measurement_id: str = ""
    detector_background_id: str = ""
    """Of a particulate sample: that of its blank or background."""
    gas_background_id: str = ""
    transmitted_ns: int | None = None
    message_id: str = ""
    message_source: str = ""
    comment: str = ""
    collection: Collection | None = None
    acquisition: Acquisition | None = None
    processing: XenonProcessing | None = None
    filter: FilterGeometry | None = None
    gamma_calibration: Calibration = NOT_CALIBRATED
    beta_calibration: Calibration = NOT_CALIBRATED
    regions: tuple[RegionLimits, ...] = ()
    """Limits in keV."""
    region_channels: tuple[RegionLimits, ...] = ()
    """Limits in channels; only some programs write them."""
    coincidence_efficiencies: tuple[RegionEfficiency, ...] = ()
    ratios: tuple[InterferenceRatio, ...] = ()
    gamma: Spectrum | None = None
    """Gamma singles; its ``calibration`` is ``gamma_calibration``."""
    beta: Spectrum | None = None
    histogram: Histogram | None = None
    certificate: tuple[CertificateLine, ...] = ()
    raw_sha256: str = ""
    """Of the message's bytes as they came."""
    simulated: bool = False

    @property
    def blocks_missing(self) -> tuple[str, ...]:
        """Names of what an analysis would want and the message lacks, those of fields."""
        wanted = ["acquisition", "gamma"]
        curves = ["gamma_energy", "gamma_resolution", "gamma_efficiency"]
        if self.type is PhdType.SAMPLE:
            wanted.append("collection")
        if self.system is DetectorSystem.BETA_GAMMA:
            wanted += ["beta", "histogram", "regions", "coincidence_efficiencies", "ratios"]
            wanted += ["processing"] if self.type is PhdType.SAMPLE else []
            curves += ["beta_energy", "beta_resolution"]
        missing = [name for name in wanted if not getattr(self, name)]
        return (*missing, *(name for name in curves if not self._curve(name)))

    def _curve(self, name: str) -> tuple[CalibrationPoint, ...]:
        """Return the points of a calibration by its name: ``gamma_energy`` ..."""
        axis, what = name.split("_")
        points: tuple[CalibrationPoint, ...] = getattr(getattr(self, f"{axis}_calibration"), what)
        return points

    def same_as(self, other: PulseHeight) -> bool:
        """Tell whether two messages hold the same values; the bytes' hash does not count."""
        return all(
            _same(getattr(self, one.name), getattr(other, one.name))
            for one in fields(self)
            if one.name != "raw_sha256"
        )


def _same(a: object, b: object) -> bool:
    if isinstance(a, Spectrum) and isinstance(b, Spectrum):
        return a.same_as(b)
    if isinstance(a, Histogram) and isinstance(b, Histogram):
        spans = (a.gamma_span_kev, a.beta_span_kev) == (b.gamma_span_kev, b.beta_span_kev)
        return spans and np.array_equal(a.counts, b.counts)
    return a == b
