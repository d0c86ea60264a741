"""Parameters, response and truth of a simulated campaign."""

from __future__ import annotations

from dataclasses import dataclass, field

from vigie.simulate.radionuclide.beta_gamma.cell import BetaGammaCell
from vigie.simulate.radionuclide.beta_gamma.header import StatedCalibration
from vigie.simulate.radionuclide.beta_gamma.spectra import (
    MeanSpectra,
)

START_NS = 1_600_000_000_000_000_000
"""2020-09-13T12:26:40Z, start of the collection of the first sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignParams:
    """Times and volumes; defaults are those of a SAUNA cycle, s."""

    collect_s: float = 43_200.0
    process_s: float = 21_600.0
    count_s: float = 40_320.0
    """Live time of sample."""
    gas_background_s: float = 40_320.0
    detector_background_s: float = 864_000.0
    gas_delay_s: float = 43_200.0
    """From the start of the gas background to that of the sample."""
    live_share: float = 0.995
    xenon_cm3: float = 1.6
    xenon_sigma_cm3: float = 0.05
    ambient_per_h: float = 40.0
    """Coincidences of the surroundings in an hour over the whole plane."""
    station: str = "SIM01"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CellResponse:
    """Mean spectra of a cell, per decay and per second, and the calibration that it states."""

    cell: BetaGammaCell
    nuclides: dict[str, MeanSpectra]
    ambient: MeanSpectra
    stated: StatedCalibration


@dataclass(frozen=True, slots=True, kw_only=True)
class GasTruth:
    """What was put in. Becquerels at the start of the measurement."""

    concentration_mbq_m3: dict[str, float] = field(default_factory=dict)
    """Of collected air; radon has an activity only."""
    activity_bq: dict[str, float] = field(default_factory=dict)
    memory_bq: dict[str, float] = field(default_factory=dict)
    """At the start of the gas background."""
