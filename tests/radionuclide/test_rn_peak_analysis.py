"""Whole spectra with exact truth: areas, finding, widths, doublets, fixed lines, bad input."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from tests.radionuclide.support_hpge import BACKGROUND, Detector, continuum, line, spectrum

from vigie.errors import CalibrationError, ParameterError
from vigie.radionuclide.peaks import PeakAnalysis, PeakParams, analyse_peaks, fit_fixed
from vigie.radionuclide.peaks.blind import find_resolution
from vigie.radionuclide.peaks.scene import usable
from vigie.radionuclide.peaks.shape import FWHM_OVER_SIGMA
from vigie.records import Calibration, Spectrum

DETECTOR = Detector()
LINES = list(BACKGROUND)


@lru_cache(maxsize=8)
def analysed(seed: int, shape: str = "tails") -> PeakAnalysis:
    made = spectrum(replace(DETECTOR, shape=shape), LINES, 6e5, np.random.default_rng(seed))
    return analyse_peaks(made)


def pulls_of(analysis: PeakAnalysis) -> list[float]:
    out = []
    for energy, area in LINES:
        near = min(analysis.peaks, key=lambda p: abs(p.energy_kev - energy))
        if abs(near.energy_kev - energy) < 1.0 and area > 150.0:
            out.append((near.area - area) / near.area_sigma)
    return out


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["tails", "shoulder"])
def test_areas_of_peaks_of_another_shape_are_unbiased(shape: str) -> None:
    pulls = np.concatenate([pulls_of(analysed(seed, shape)) for seed in range(4)])
    assert len(pulls) >= 90
    assert abs(pulls.mean()) < 0.4
    assert pulls.std() == pytest.approx(1.0, abs=0.2)


def test_strong_peaks_are_found_at_their_energies_and_hardly_any_others() -> None:
    false = 0
    for seed in range(4):
        peaks = analysed(seed).peaks
        energies = np.array([p.energy_kev for p in peaks])
        for energy, area in LINES:
            if area >= 150.0:
                assert np.abs(energies - energy).min() < 0.3
        known = np.array([e for e, _ in LINES])
        false += sum(np.abs(known - e).min() > 1.2 for e in energies)
    assert false <= 4


def test_peaks_carry_what_their_record_promises() -> None:
    analysis = analysed(0)
    potassium = min(analysis.peaks, key=lambda p: abs(p.energy_kev - 1460.82))
    assert potassium.fwhm_kev == pytest.approx(float(DETECTOR.fwhm_kev(1460.8)), rel=0.05)
    assert potassium.channel == pytest.approx(float(DETECTOR.place(1460.82)), abs=0.2)
    under = continuum(DETECTOR, 6e5, [one for one in LINES if one[1] > 2000.0])
    width = 1.25 * float(DETECTOR.fwhm_kev(1460.8)) / DETECTOR.gain_kev
    c = int(potassium.channel)
    window = under[c - int(width) : c + int(width) + 1].sum()
    assert potassium.baseline == pytest.approx(window, rel=0.35)
    assert potassium.detectability > 30.0
    assert list(analysis.peaks) == sorted(analysis.peaks, key=lambda p: p.energy_kev)
    assert analysis.range_kev[0] < 30.0
    assert analysis.range_kev[1] > 2900.0
    used = slice(analysis.scene.low, analysis.scene.high)
    total = float(analysis.scene.counts[used].sum())
    assert analysis.fitted[used].sum() == pytest.approx(total, rel=0.003)


def test_continuum_is_not_biased() -> None:
    strong = [one for one in LINES if one[1] > 2000.0]
    truth = continuum(DETECTOR, 6e5, strong)
    off = []
    for seed in range(4):
        analysis = analysed(seed)
        for energy in (40.0, 56.0, 110.0, 125.0, 170.0, 420.0, 560.0, 1000.0, 1300.0, 2400.0):
            c, w = int(DETECTOR.place(energy)), 5
            steps = sum(a * line(DETECTOR, e)[c - w : c + w + 1].sum() for e, a in LINES)
            window = truth[c - w : c + w + 1].sum()
            off.append((analysis.fitted[c - w : c + w + 1].sum() - window - steps) / window**0.5)
    assert abs(np.mean(off)) < 0.3


def test_doublet_of_equal_members_one_fwhm_apart_is_divided() -> None:
    apart = float(DETECTOR.fwhm_kev(830.0))
    pair = [(830.0, 3000.0), (830.0 + apart, 3000.0)]
    made = spectrum(DETECTOR, LINES + pair, 6e5, np.random.default_rng(5))
    near = [p for p in analyse_peaks(made).peaks if 826.0 < p.energy_kev < 836.0]
    assert len(near) == 2
    assert near[0].multiplet == near[1].multiplet
    for peak, (energy, area) in zip(near, pair, strict=True):
        assert peak.energy_kev == pytest.approx(energy, abs=0.3)
        assert abs(peak.area - area) < 4.0 * peak.area_sigma


def test_resolution_and_energies_are_found_where_a_file_has_none() -> None:
    rng = np.random.default_rng(6)
    made = spectrum(DETECTOR, LINES, 6e5, rng)
    gain = DETECTOR.gain_kev * 1.0004
    bare = replace(made, calibration=Calibration(energy_coefficients_kev=(0.3, gain)))
    analysis = analyse_peaks(bare)
    codes = [r.code for r in analysis.remarks]
    assert "peaks.resolution_found" in codes
    assert "peaks.recalibrated" in codes
    at = np.array([100.0, 661.7, 1460.8])
    assert analysis.model.widths().fwhm(at) == pytest.approx(DETECTOR.fwhm_kev(at), rel=0.06)
    for energy in (238.63, 583.19, 911.2, 1460.82, 2614.51):
        assert min(abs(p.energy_kev - energy) for p in analysis.peaks) < 0.15
    assert np.abs(pulls_of(analysis)).max() < 4.5


@pytest.mark.parametrize("width", [0.7, 1.0, 1.6])
def test_blind_resolution(width: float) -> None:
    detector = replace(DETECTOR, noise_kev2=0.55 * width**2, slope_kev=1.75e-3 * width**2)
    made = spectrum(detector, LINES, 6e5, np.random.default_rng(9))
    channels = np.arange(8192.0)
    found = find_resolution(
        made.counts.astype(float), detector.energy(channels), np.full(8192, detector.gain_kev)
    )
    assert found is not None
    assert found.fwhm(900.0) == pytest.approx(detector.fwhm_kev(900.0), rel=0.2)


def test_scintillator_is_recognised_and_said() -> None:
    broad = Detector(
        n_channels=1024, gain_kev=2.9, zero_kev=0.0, noise_kev2=0.0, slope_kev=3.2, shape="gauss"
    )
    made = spectrum(broad, [(661.66, 60000.0), (1460.8, 9000.0)], 2e5, np.random.default_rng(3))
    bare = replace(made, calibration=Calibration(energy_coefficients_kev=(0.0, 2.9)))
    analysis = analyse_peaks(bare)
    assert "peaks.low_resolution" in [r.code for r in analysis.remarks]
    caesium = min(analysis.peaks, key=lambda p: abs(p.energy_kev - 661.66))
    assert caesium.energy_kev == pytest.approx(661.66, abs=4.0)
    assert caesium.area == pytest.approx(60000.0, rel=0.1)


def test_fixed_lines_give_areas_where_nothing_was_found() -> None:
    analysis = analysed(1)
    energies = [1460.82, 700.0, 2614.51, 5000.0, 610.0, 609.31, 1250.0]
    fixed = fit_fixed(analysis, energies)
    assert list(fixed.slot)[3] == -1
    by_line = {e: s for e, s in zip(energies, fixed.slot, strict=True) if s >= 0}
    potassium = by_line[1460.82]
    sigma = np.sqrt(np.diag(fixed.covariance))
    assert abs(fixed.area[potassium] - 4500.0) < 4.0 * sigma[potassium]
    for empty in (700.0, 1250.0):
        k = by_line[empty]
        assert abs(fixed.area[k]) < 4.0 * fixed.null_sigma[k]
        assert fixed.critical_level[k] == pytest.approx(1.645 * fixed.null_sigma[k], rel=0.2)
    # 610.0 and 609.31 lie half a FWHM apart: two areas that are tied.
    one, two = by_line[609.31], by_line[610.0]
    assert one != two
    assert fixed.covariance[one, two] < 0.0
    total = fixed.area[one] + fixed.area[two]
    error = sigma[one] ** 2 + sigma[two] ** 2 + 2.0 * fixed.covariance[one, two]
    assert abs(total - 1300.0) < 4.0 * np.sqrt(error)


@pytest.mark.slow
def test_critical_level_of_fixed_lines_keeps_its_rate() -> None:
    known = np.array([e for e, _ in LINES])
    over, pulls = [], []
    for seed in range(4):
        grid = np.array([e for e in np.arange(130.0, 2700.0, 17.0) if np.abs(known - e).min() > 5])
        fixed = fit_fixed(analysed(seed), grid)
        over.append(fixed.area > fixed.critical_level)
        pulls.append(fixed.area / fixed.null_sigma)
    assert np.mean(over) == pytest.approx(0.05, abs=0.03)
    assert abs(np.mean(pulls)) < 0.15


@pytest.mark.parametrize("noise_kev2", [0.4, 0.55, 0.9])
@pytest.mark.parametrize("area", [4e3, 2e4, 1e5])
def test_a_strong_narrow_peak_is_no_discriminator(noise_kev2: float, area: float) -> None:
    # Pb-210's line over a weak continuum, less than two channels wide.
    detector = replace(DETECTOR, noise_kev2=noise_kev2, shape="shoulder")
    made = spectrum(detector, [(46.54, area)], 2e5, np.random.default_rng(1))
    energy = detector.energy(np.arange(len(made.counts), dtype=float))
    sigma = detector.fwhm_kev(energy) / FWHM_OVER_SIGMA / detector.gain_kev
    low, _ = usable(made.counts.astype(float), energy, sigma, 20.0)
    assert energy[low] < 30.0


def test_lines_that_no_fit_could_divide_share_one_area() -> None:
    fixed = fit_fixed(analysed(1), [911.2, 911.25])
    assert list(fixed.slot) == [0, 0]
    assert len(fixed.area) == 1


def test_no_lines_and_wrong_lines() -> None:
    assert len(fit_fixed(analysed(1), []).area) == 0
    assert list(fit_fixed(analysed(1), [9000.0]).slot) == [-1]
    for wrong in (float("nan"), -5.0):
        with pytest.raises(ParameterError, match="energies_kev"):
            fit_fixed(analysed(1), [wrong])


def test_empty_and_uncalibrated_spectra_are_refused() -> None:
    scale = Calibration(energy_coefficients_kev=(0.0, 0.37))
    with pytest.raises(CalibrationError, match="show no peaks"):
        analyse_peaks(Spectrum(counts=np.zeros(8192, dtype=np.int64), calibration=scale))
    with pytest.raises(CalibrationError, match="Energy calibration"):
        analyse_peaks(Spectrum(counts=np.full(8192, 10, dtype=np.int64)))


@pytest.mark.parametrize("case", ["flat", "one_spike", "few", "tiny", "saturated"])
def test_odd_spectra_are_analysed_without_harm(case: str) -> None:
    rng = np.random.default_rng(1)
    counts = {
        "flat": np.full(4096, 7),
        "one_spike": np.where(np.arange(4096) == 2000, 100_000, 0),
        "few": rng.poisson(0.02, 8192),
        "tiny": rng.poisson(50.0, 64),
        "saturated": np.full(4096, 2**31 - 1),
    }[case].astype(np.int64)
    scale = Calibration(energy_coefficients_kev=(0.0, 0.5))
    analysis = analyse_peaks(Spectrum(counts=counts, calibration=scale))
    assert np.all(np.isfinite(analysis.fitted))
    assert all(np.isfinite(p.area) and p.area_sigma > 0.0 for p in analysis.peaks)


@pytest.mark.parametrize("wrong", [{"false_peaks": 0.0}, {"shape_error": 1.0}, {"search_z": -1.0}])
def test_parameters_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ParameterError):
        PeakParams(**wrong)  # type: ignore[arg-type]


def test_a_search_that_would_not_end_is_cut_short_and_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from vigie.radionuclide.peaks import analysis, doublets

    lines = [(500.0, 20_000.0), (500.0 + float(DETECTOR.fwhm_kev(500.0)), 20_000.0)]
    one = spectrum(DETECTOR, [*BACKGROUND, *lines], 4e6, np.random.default_rng(3))
    whole = analyse_peaks(one)
    assert "peaks.search_cut" not in {r.code for r in whole.remarks}
    monkeypatch.setattr(doublets, "MOST_WORK", 0.0)
    undivided = analyse_peaks(one)
    assert "peaks.search_cut" in {r.code for r in undivided.remarks}
    monkeypatch.setattr(analysis, "MOST_PEAKS", 5)
    first = analyse_peaks(one)
    assert "peaks.search_cut" in {r.code for r in first.remarks}
    assert len(first.peaks) <= len(whole.peaks)
