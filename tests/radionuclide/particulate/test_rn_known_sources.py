"""Sources of known activity: each measured with the efficiency that the others give.

GADRAS files, marked as simulated: 50 uCi at 50 cm, 600 s, angle and shielding the same.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from vigie.formats import Source
from vigie.formats.gamma_spectrum import FORMAT
from vigie.radionuclide.particulate import analyse_sample
from vigie.radionuclide.peaks import analyse_peaks
from vigie.records import CalibrationPoint, NuclideResult, Spectrum

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.data, pytest.mark.slow]

ACTIVITY_BQ = 1.85e6
LINES: dict[str, dict[float, float]] = {
    "Am-241": {59.54: 0.359},
    "Cd-109": {88.03: 0.0366},
    "Co-57": {122.06: 0.856, 136.47: 0.1068},
    "Ba-133": {
        53.16: 0.0214, 81.0: 0.3295, 160.61: 0.00638, 276.4: 0.0716, 302.85: 0.1834,
        356.01: 0.6205, 383.85: 0.0894,
    },
    "Cs-137": {661.66: 0.8499},
    "Na-22": {1274.54: 0.9994},
    "Co-60": {1173.23: 0.9985, 1332.49: 0.9998},
    "U-232": {
        238.63: 0.436, 583.19: 0.3055, 727.33: 0.0674, 860.56: 0.0448, 1620.5: 0.0151,
        2614.51: 0.3585,
    },
}  # fmt: skip
"""Energies, keV, and photons per decay; of U-232 those of its daughters."""
SOURCE_ERROR = 0.02


@cache
def spectrum(folder: Path, source: str) -> Spectrum:
    name = f"drf_cal_HPGe_{source.replace('-', '')}.pcf"
    path = folder / "radionuclide" / "gamma" / "simulated_drf_calibration" / name
    return FORMAT.read(Source(name=name, data=path.read_bytes())).spectra[0]


@cache
def points(folder: Path, source: str) -> tuple[CalibrationPoint, ...]:
    one = spectrum(folder, source)
    peaks = analyse_peaks(one).peaks
    assert one.live_time_s
    out = []
    for energy, intensity in LINES[source].items():
        peak = peaks[int(np.argmin([abs(p.energy_kev - energy) for p in peaks]))]
        value = peak.area / (ACTIVITY_BQ * intensity * one.live_time_s)
        sigma = value * float(np.hypot(peak.area_sigma / peak.area, SOURCE_ERROR))
        out.append(CalibrationPoint(energy_kev=energy, value=value, sigma=sigma))
    return tuple(out)


def measured(folder: Path, source: str, nuclide: str) -> NuclideResult:
    others = tuple(p for other in LINES if other != source for p in points(folder, other))
    one = spectrum(folder, source)
    known = replace(one, calibration=replace(one.calibration, efficiency=others))
    result = analyse_sample(known).nuclide(nuclide)
    assert result is not None
    assert result.detected
    return result


@pytest.mark.parametrize(
    ("source", "nuclide"),
    [(name, name) for name in LINES if name not in ("Am-241", "U-232")]
    + [("U-232", "Pb-212"), ("U-232", "Bi-212")],
)
def test_the_activity_is_right_within_ten_percent(
    shared_data: Path, source: str, nuclide: str
) -> None:
    activity = measured(shared_data, source, nuclide).activity_bq
    assert activity == pytest.approx(ACTIVITY_BQ, rel=0.1)


def test_where_the_efficiency_falls_steeply_the_error_says_so(shared_data: Path) -> None:
    """59.5 keV lies between a weak line at 53 and 81 keV, where the efficiency changes fivefold."""
    found = measured(shared_data, "Am-241", "Am-241")
    assert found.activity_bq is not None
    assert found.activity_sigma_bq is not None
    assert found.activity_bq == pytest.approx(ACTIVITY_BQ, abs=2.5 * found.activity_sigma_bq)
