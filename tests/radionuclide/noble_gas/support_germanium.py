"""Xenon in a simulated germanium detector whose shapes, continuum and summing are its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.radionuclide.noble_gas import analyse_gas_sample
from vigie.records import DetectorSystem, PulseHeight, SampleAnalysis, XenonProcessing
from vigie.simulate.radionuclide.hpge import Electronics, HpgeStation, simulate_sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

XENON_ENERGIES_KEV = (
    20.0, 25.0, 28.0, 30.0, 32.0, 35.0, 38.0, 46.54, 59.54, 70.0, 81.0, 88.03, 122.06, 165.86,
    238.63, 391.7, 514.01, 661.66,
)  # fmt: skip
ABOVE_THE_XRAYS_KEV = XENON_ENERGIES_KEV[7:]
MIXTURE_BQ = {"Xe-133": 0.3, "Xe-135": 0.2, "Xe-133m": 0.15, "Xe-131m": 0.6}
STATION = HpgeStation(
    station="XXG01",
    detector="XXG01_001",
    decay_s=20_000.0,
    acquisition_s=80_000.0,
    air_volume_m3=80.0,
    calibration_kev=XENON_ENERGIES_KEV,
    electronics=Electronics(offset_kev=0.05, gain_kev=0.1, curve_kev=0.0, threshold_kev=15.0),
)
RECOVERY = 0.8


def xenon_message(
    seed: int,
    *,
    in_cell_bq: Mapping[str, float] | None = None,
    in_air_mbq_m3: Mapping[str, float] | None = None,
    station: HpgeStation = STATION,
) -> PulseHeight:
    """Return a sample; from air with the xenon volume and its stated error, else without."""
    rng = np.random.default_rng(seed)
    air = {name: 1e3 * value for name, value in (in_air_mbq_m3 or {}).items()}
    message = simulate_sample(
        station, rng, air_ubq_m3=air, filter_bq=in_cell_bq or {"Xe-133": 1e-9}
    ).message
    volume = 0.087 * station.air_volume_m3
    processing = XenonProcessing(
        volume_cm3=volume * (1.0 + 0.02 * rng.standard_normal()),
        volume_sigma_cm3=0.02 * volume,
    )
    return replace(
        message,
        system=DetectorSystem.GAS_HPGE,
        filter=None,
        processing=processing if air else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """Results of one isotope in many samples."""

    values: np.ndarray
    sigmas: np.ndarray
    inside: np.ndarray
    detected: np.ndarray
    truth: float

    @property
    def mean_pull(self) -> float:
        """Mean deviation in standard errors of the samples."""
        return float(((self.values - self.truth) / self.sigmas).mean())


def campaign_of(found: Iterable[SampleAnalysis], truth: Mapping[str, float]) -> dict[str, Campaign]:
    """Return the results of each isotope, in the unit of the truth (Bq or mBq/m3)."""
    rows: dict[str, list[tuple[float, float, bool, bool]]] = {}
    for one in found:
        for result in one.nuclides:
            value, sigma = result.concentration, result.uncertainty
            if value is None or sigma is None:
                value, sigma = result.activity_bq, result.activity_sigma_bq
            assert value is not None
            assert sigma is not None
            high = np.inf if result.high is None else result.high
            inside = result.low is not None and result.low <= truth.get(result.nuclide, 0.0) <= high
            rows.setdefault(result.nuclide, []).append((value, sigma, inside, result.detected))
    return {
        name: Campaign(
            values=np.array([row[0] for row in of]),
            sigmas=np.array([row[1] for row in of]),
            inside=np.array([row[2] for row in of]),
            detected=np.array([row[3] for row in of]),
            truth=truth.get(name, 0.0),
        )
        for name, of in rows.items()
    }


def analysed(seeds: Iterable[int], **how: object) -> list[SampleAnalysis]:
    """Return the analyses of samples of several seeds."""
    return [analyse_gas_sample(xenon_message(seed, **how)) for seed in seeds]  # type: ignore[arg-type]
