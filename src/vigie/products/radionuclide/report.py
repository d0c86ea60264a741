"""What an automatic (ARR) or reviewed (RRR) radionuclide report is made from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vigie.records.nuclide_result import SampleAnalysis
from vigie.records.pulse_height import PulseHeight


class ReportKind(StrEnum):
    """Who made the report."""

    ARR = "ARR"
    """Automatic."""
    RRR = "RRR"
    """Reviewed by an analyst."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationEquation:
    """An equation of a calibration: of energy, resolution or efficiency."""

    quantity: str
    """``energy``, ``resolution``, ``efficiency`` or ``total_efficiency``."""
    form: str
    """``E(c) = a0 + a1 c``."""
    coefficients: tuple[float, ...]
    unit: str = "keV"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionCounts:
    """A region of interest of a beta-gamma sample."""

    roi: int
    nuclide: str
    gross: float
    background: float | None = None
    """Detector background, memory and interferences subtracted."""
    net: float | None = None
    net_sigma: float | None = None
    critical_level: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One version of a reviewed report."""

    author: str
    time_ns: int
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RadionuclideReport:
    """Everything that a report of one sample says."""

    analysis: SampleAnalysis
    kind: ReportKind = ReportKind.ARR
    id: str = ""
    """Of the message; made from the sample's id where empty."""
    name: str = ""
    """What is measured where the sample has no id and no station: of the file."""
    message: PulseHeight | None = None
    """The sample's message: its geometry, times, volumes; spectra are not repeated."""
    station_place: str = ""
    created_ns: int | None = None
    """None leaves it out, so that equal inputs give equal reports."""
    arrived_ns: int | None = None
    """When the message arrived."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Of the processing: name and value as the recipe writes them."""
    updates: tuple[tuple[str, str], ...] = ()
    """Of the calibration on the sample itself."""
    equations: tuple[CalibrationEquation, ...] = ()
    regions: tuple[RegionCounts, ...] = ()
    comments: tuple[str, ...] = ()
    """Of the analyst, of the station."""
    revisions: tuple[Revision, ...] = ()
    command: str = ""
    """What was run, as the reader would run it again."""
