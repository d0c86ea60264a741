"""Peaks of simulated germanium spectra with exact truth, and of real ones.

``python -m benchmarks.peaks`` prints JSON: pulls of areas by significance and energy for peak
shapes other than the fit's, peaks found and false, areas at given lines and critical levels where
nothing is, doublets divided by distance and ratio, bias of the continuum, time per spectrum, and
areas and energies of the real spectra. The generator is that of the tests
(``tests/radionuclide/support_hpge.py``), which shares no code with the package.
``python -m benchmarks.peaks 100`` takes so many spectra instead of 2,000.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np
from benchmarks._data import shared
from numpy.typing import NDArray
from tests.radionuclide.support_hpge import BACKGROUND, Detector, continuum, line, spectrum
from tests.radionuclide.test_rn_real_spectra import AREAS

from vigie.formats.base import Source
from vigie.formats.gamma_spectrum import GammaSpectrumFormat
from vigie.radionuclide.peaks import FixedFit, analyse_peaks, fit_fixed
from vigie.records import Calibration

if TYPE_CHECKING:
    from vigie.records import Peak

FloatArray = NDArray[np.float64]
Table = dict[str, dict[str, float]]

SHAPES = ("tails", "shoulder")
SPECTRA = 2000
LINES = 60
EMPTY = 20
DOUBLETS = 300
DISTANCES, RATIOS = (0.8, 1.0, 1.25, 1.5), (1.0, 3.0, 10.0)
BETWEEN_KEV = (130.0, 210.0, 420.0, 555.0, 700.0, 830.0, 1020.0, 1290.0, 1520.0, 1680.0, 1850.0)
Z_BANDS = ((0, 3.3), (3.3, 5.5), (5.5, 8), (8, 15), (15, 40), (40, 100), (100, 1e9))
KEV_BANDS = ((40, 120), (120, 300), (300, 700), (700, 1500), (1500, 2700))


def drawn_detector(rng: np.random.Generator, shape: str) -> Detector:
    """Return a detector with tails, step and noise drawn."""
    return Detector(
        shape=shape,
        tail=rng.uniform(0.02, 0.15),
        step=rng.uniform(1e-3, 4e-3),
        noise_kev2=rng.uniform(0.4, 0.9),
    )


def drawn_lines(rng: np.random.Generator, detector: Detector) -> list[tuple[float, float]]:
    """Return the lines of an air filter at drawn strengths, and others at drawn places."""
    level = np.exp(rng.normal(0.0, 0.7))
    lines = [(e, a * level * float(np.exp(rng.normal(0.0, 0.5)))) for e, a in BACKGROUND]
    while len(lines) < LINES:
        energy = rng.uniform(60.0, 2500.0)
        if min(abs(energy - e) for e, _ in lines) > 4.0 * float(detector.fwhm_kev(energy)):
            lines.append((energy, float(np.exp(rng.uniform(np.log(40.0), np.log(5000.0))))))
    return lines


def one_spectrum(seed: int) -> dict[str, list[list[float]]]:
    """Simulate and analyse one spectrum; every other one is given no resolution and a wrong scale.

    Rows: lines (energy, area, found area, sigma, energy error over sigma, null sigma, fixed area,
    sigma), false peaks (energy, area, z), empty places (energy, pull, over its critical level,
    continuum's error over the window's), times (analysis, fixed lines, peaks).
    """
    rng = np.random.default_rng([20, seed])
    detector = drawn_detector(rng, SHAPES[seed % 2])
    lines = drawn_lines(rng, detector)
    level = 6e5 * float(np.exp(rng.normal(0.0, 0.7)))
    made = spectrum(detector, lines, level, rng)
    if seed % 4 >= 2:
        scale = (detector.zero_kev + 0.2, detector.gain_kev * 1.0003, detector.curvature_kev)
        made = replace(made, calibration=Calibration(energy_coefficients_kev=scale))
    known = np.array([e for e, _ in lines])
    empty = _empty_places(rng, detector, known)
    started = time.process_time()
    analysis = analyse_peaks(made)
    middle = time.process_time()
    fixed = fit_fixed(analysis, np.concatenate([known, empty]))
    ended = time.process_time()
    fixed_area, sigma, null, critical = _by_line(fixed)
    rows, used = [], set()
    for i, (energy, area) in enumerate(lines):
        row = [energy, area, np.nan, np.nan, np.nan, null[i], fixed_area[i], sigma[i]]
        near = _nearest(analysis.peaks, energy)
        if near is not None and abs(near.energy_kev - energy) < 0.8 * near.fwhm_kev:
            used.add(id(near))
            row[2:5] = [
                near.area,
                near.area_sigma,
                (near.energy_kev - energy) / near.energy_sigma_kev,
            ]
        rows.append(row)
    false = [[p.energy_kev, p.area, p.significance] for p in analysis.peaks if id(p) not in used]
    truth = continuum(detector, level, [one for one in lines if one[1] > 2000.0])
    for energy, area in lines:
        truth = truth + area * line(detector, energy)
    blank = []
    for i, energy in enumerate(empty, start=len(lines)):
        if not np.isfinite(fixed_area[i]):
            continue
        c = int(detector.place(energy))
        half = int(1.25 * float(detector.fwhm_kev(energy)) / detector.gain_kev)
        window = slice(c - half, c + half + 1)
        off = (analysis.fitted[window].sum() - truth[window].sum()) / truth[window].sum() ** 0.5
        over = float(fixed_area[i] > critical[i])
        blank.append([energy, fixed_area[i] / sigma[i], over, float(off)])
    times = [[middle - started, ended - middle, float(len(analysis.peaks))]]
    return {"lines": rows, "false": false, "empty": blank, "times": times}


def _by_line(fixed: FixedFit) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return area, error, null error and critical level of each line; NaN outside the spectrum."""
    sigma = np.sqrt(np.diag(fixed.covariance))
    table = np.array([fixed.area, sigma, fixed.null_sigma, fixed.critical_level])
    area, error, null, critical = np.where(fixed.slot >= 0, table[:, fixed.slot], np.nan)
    return area, error, null, critical


def _empty_places(rng: np.random.Generator, detector: Detector, known: FloatArray) -> FloatArray:
    out: list[float] = []
    while len(out) < EMPTY:
        energy = rng.uniform(40.0, 2800.0)
        taken = np.concatenate([known, np.array(out)])
        if np.abs(taken - energy).min() > 2.5 * float(detector.fwhm_kev(energy)):
            out.append(energy)
    return np.array(out)


def _nearest(peaks: tuple[Peak, ...], energy_kev: float) -> Peak | None:
    return min(peaks, key=lambda p: abs(p.energy_kev - energy_kev), default=None)


def one_with_doublets(seed: int) -> list[list[float]]:
    """Return distance, ratio, z of the weaker member, peaks found, whether divided."""
    rng = np.random.default_rng([21, seed])
    detector = drawn_detector(rng, SHAPES[seed % 2])
    lines, pairs = list(BACKGROUND), []
    for energy in rng.choice(BETWEEN_KEV, 5, replace=False):
        apart, ratio = rng.choice(DISTANCES), rng.choice(RATIOS)
        strong = float(np.exp(rng.uniform(np.log(300.0), np.log(20000.0))))
        width = float(detector.fwhm_kev(energy))
        first, second = (strong, strong / ratio)[:: rng.choice((1, -1))]
        pairs.append((apart, ratio, width, (energy, first), (energy + apart * width, second)))
        lines += pairs[-1][3:]
    analysis = analyse_peaks(spectrum(detector, lines, 6e5, rng))
    base = continuum(detector, 6e5, [one for one in lines if one[1] > 2000.0])
    out = []
    for apart, ratio, width, one, two in pairs:
        inside = [p for p in analysis.peaks if one[0] - width < p.energy_kev < two[0] + width]
        reach = 0.4 * width * apart
        hit = all(any(abs(p.energy_kev - e) < reach for p in inside) for e, _ in (one, two))
        under = base[int(detector.place(one[0]))] * 1.5 * width / detector.gain_kev
        z = min(one[1], two[1]) / under**0.5
        out.append([apart, ratio, z, float(len(inside)), float(hit and len(inside) == 2)])
    return out


def _pulls(pull: FloatArray) -> dict[str, float]:
    pull = pull[np.isfinite(pull)]
    if len(pull) < 5:
        return {"n": len(pull)}
    return {
        "n": len(pull),
        "bias": float(pull.mean()),
        "bias_error": float(pull.std() / len(pull) ** 0.5),
        "width": float(pull.std()),
        "beyond_3": float(np.mean(np.abs(pull) > 3.0)),
    }


def summary(results: list[dict[str, list[list[float]]]]) -> dict[str, object]:
    """Return the figures of simulated spectra."""
    rows = np.array([r for one in results for r in one["lines"]])
    empty = np.array([r for one in results for r in one["empty"]])
    times = np.array([r for one in results for r in one["times"]])
    false = [r for one in results for r in one["false"]]
    energy, area, found, sigma, off, null, fixed, fixed_sigma = rows.T
    seen, z = np.isfinite(found), area / null
    pull, fixed_pull = (found - area) / sigma, (fixed - area) / fixed_sigma
    # The critical level of the sheet: window of 2.5 FWHM and as many channels beside.
    wide = z >= 5.5
    return {
        "spectra": len(results),
        "areas_above_5.5_sigma": _pulls(pull[wide]),
        "areas_by_z": {f"{a:g}-{b:g}": _pulls(pull[(z >= a) & (z < b)]) for a, b in Z_BANDS},
        "areas_by_kev": {
            f"{a}-{b}": _pulls(pull[wide & (energy >= a) & (energy < b)]) for a, b in KEV_BANDS
        },
        "areas_at_given_lines": _pulls(fixed_pull),
        "lines_outside_the_searched_range": int(np.isnan(fixed).sum()),
        "energies": _pulls(off),
        "found_by_z": {f"{a:g}-{b:g}": float(seen[(z >= a) & (z < b)].mean()) for a, b in Z_BANDS},
        "found_above_twice_1.645_sigma": float(seen[z >= 3.29].mean()),
        "found_above_twice_window_critical_level": float(seen[wide].mean()),
        "false_peaks_per_spectrum": len(false) / len(results),
        "over_critical_level_where_nothing_is": float(empty[:, 2].mean()),
        "pulls_where_nothing_is": _pulls(empty[:, 1]),
        "pulls_where_nothing_is_by_kev": {
            f"{a}-{b}": _pulls(empty[(empty[:, 0] >= a) & (empty[:, 0] < b), 1])
            for a, b in KEV_BANDS
        },
        "continuum_bias_in_window_sigma_by_kev": {
            f"{a}-{b}": float(empty[(empty[:, 0] >= a) & (empty[:, 0] < b), 3].mean())
            for a, b in KEV_BANDS
        },
        "cpu_s_per_spectrum": {
            "median": float(np.median(times[:, 0])),
            "95 %": float(np.quantile(times[:, 0], 0.95)),
            "fixed_lines_median": float(np.median(times[:, 1])),
            "peaks_median": float(np.median(times[:, 2])),
        },
    }


def doublets(rows: FloatArray) -> Table:
    """Return the share divided, by distance and ratio."""
    out: Table = {}
    for apart in DISTANCES:
        for ratio in RATIOS:
            here = (rows[:, 0] == apart) & (rows[:, 1] == ratio)
            strong = here & (rows[:, 2] > 15.0)
            out[f"{apart:g} FWHM, 1:{ratio:g}"] = {
                "n": int(here.sum()),
                "divided": float(rows[here, 4].mean()),
                "divided_weaker_above_15_sigma": float(rows[strong, 4].mean()),
                "three_or_more": float(np.mean(rows[here, 3] > 2)),
            }
    return out


def real_spectra() -> dict[str, list[dict[str, float]]]:
    """Return areas and energies of the real spectra beside those of the notes."""
    folder = shared("radionuclide") / "gamma"
    out: dict[str, list[dict[str, float]]] = {}
    for name, lines in AREAS.items():
        source = Source(name=name, data=(folder / name).read_bytes())
        peaks = analyse_peaks(GammaSpectrumFormat().read(source).spectra[0]).peaks
        out[name] = []
        for energy, area, sigma in lines:
            near = _nearest(peaks, energy)
            assert near is not None
            out[name].append(
                {
                    "energy_kev": energy,
                    "off_kev": near.energy_kev - energy,
                    "reference": area,
                    "reference_sigma": sigma,
                    "area": near.area,
                    "area_sigma": near.area_sigma,
                    "chi2_reduced": near.chi2_reduced,
                    "agrees": float(abs(near.area - area) <= max(2.0 * sigma, 0.03 * area)),
                }
            )
    return out


def measure(spectra: int = SPECTRA) -> dict[str, object]:
    """Run everything on two processes."""
    one_spectrum(0)
    with get_context("fork").Pool(2) as pool:
        results = pool.map(one_spectrum, range(spectra), chunksize=4)
        pairs = pool.map(one_with_doublets, range(min(DOUBLETS, spectra)), chunksize=4)
    return {
        **summary(results),
        "doublets": doublets(np.array([r for one in pairs for r in one])),
        "real": real_spectra(),
    }


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SPECTRA
    sys.stdout.write(json.dumps(measure(count), indent=2) + "\n")
