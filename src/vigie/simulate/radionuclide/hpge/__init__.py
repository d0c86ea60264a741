"""Simulated germanium spectra of particulate stations, with exact truth."""

from vigie.simulate.radionuclide.hpge.geometry import (
    FILTER_ON_CAP,
    POINT_AT_25_CM,
    DetectorGeometry,
)
from vigie.simulate.radionuclide.hpge.messages import (
    SimulatedMessage,
    simulate_background,
    simulate_blank,
    simulate_checks,
    simulate_sample,
    stated_calibration,
)
from vigie.simulate.radionuclide.hpge.natural import NaturalBackground
from vigie.simulate.radionuclide.hpge.sample import (
    SampleTruth,
    SimulatedCounts,
    TruePeak,
    simulate_counts,
)
from vigie.simulate.radionuclide.hpge.shape import GAUSSIAN, PeakShape
from vigie.simulate.radionuclide.hpge.station import (
    TYPICAL_AIR_UBQ_M3,
    Electronics,
    HpgeStation,
    StatedErrors,
)

__all__ = [
    "FILTER_ON_CAP",
    "GAUSSIAN",
    "POINT_AT_25_CM",
    "TYPICAL_AIR_UBQ_M3",
    "DetectorGeometry",
    "Electronics",
    "HpgeStation",
    "NaturalBackground",
    "PeakShape",
    "SampleTruth",
    "SimulatedCounts",
    "SimulatedMessage",
    "StatedErrors",
    "TruePeak",
    "simulate_background",
    "simulate_blank",
    "simulate_checks",
    "simulate_counts",
    "simulate_sample",
    "stated_calibration",
]
