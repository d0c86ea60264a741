"""Energy, resolution and efficiency curves against exact laws and independent fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.radionuclide.support_hpge import Detector, calibration

from vigie.errors import CalibrationError
from vigie.radionuclide.peaks import (
    detector_model,
    fit_efficiency,
    fit_energy,
    fit_resolution,
)
from vigie.radionuclide.peaks.energy import Adjustment, EnergyCurve, as_polynomial, stated_energy
from vigie.records import Calibration, CalibrationPoint, Spectrum
from vigie.simulate.radionuclide.hpge import HpgeStation, stated_calibration
from vigie.simulate.radionuclide.hpge.response import response_of

if TYPE_CHECKING:
    from collections.abc import Sequence

CHANNELS = np.arange(8192.0)


def points(rows: Sequence[tuple[float, float, float | None]]) -> tuple[CalibrationPoint, ...]:
    return tuple(CalibrationPoint(energy_kev=e, value=v, sigma=s) for e, v, s in rows)


def test_a_bad_point_with_a_large_stated_error_does_not_pull_the_energy() -> None:
    rows: list[tuple[float, float, float | None]]
    rows = [(0.5 * c + 1.0, float(c), 0.02) for c in (100, 400, 900, 1700, 2500, 3600)]
    rows.append((1500.0, 3050.0, 50.0))
    curve = fit_energy(points(rows), CHANNELS)
    assert curve.energy(2000.0) == pytest.approx(1001.0, abs=0.005)


def test_weighted_fit_is_that_of_numpy() -> None:
    rng = np.random.default_rng(3)
    channel = np.linspace(100.0, 7000.0, 12)
    sigma = rng.uniform(0.02, 0.2, 12)
    energy = 0.3 + 0.37 * channel + 4e-7 * channel**2
    place = channel + rng.normal(0.0, sigma)
    rows = list(zip(energy, place, sigma, strict=True))
    curve = fit_energy(points(rows), CHANNELS, max_degree=2)
    want, cov = np.polyfit(place, energy, 2, w=1.0 / sigma, cov="unscaled")
    assert curve.coefficients_kev == pytest.approx(want[::-1], rel=1e-6)
    # numpy weighs with channels, here errors are in keV: the covariance scales by the slope.
    slope = np.polyfit(place, energy, 1)[0]
    ratio = np.sqrt(np.diag(curve.covariance)) / np.sqrt(np.diag(cov)[::-1]) / slope
    assert np.all((ratio > 0.99) & (ratio < 2.0))


@given(st.floats(-2.0, 2.0), st.floats(0.1, 0.7), st.floats(-3e-7, 3e-7), st.floats(0.0, 8000.0))
def test_channel_is_the_inverse_of_energy(a: float, b: float, c: float, place: float) -> None:
    curve = stated_energy((a, b, c), CHANNELS)
    assert float(curve.channel(curve.energy(place))) == pytest.approx(place, abs=1e-6)


@given(st.floats(0.0, 8000.0))
def test_channel_is_the_inverse_of_an_adjusted_energy(place: float) -> None:
    knots = np.arange(-100.0, 4001.0, 50.0)
    shift = 0.4 * np.sin(knots / 300.0)
    bent = Adjustment(knots_kev=knots, shift_kev=shift, covariance=0.01 * np.eye(len(knots)))
    curve = EnergyCurve(
        coefficients_kev=np.array([0.1, 0.37]), covariance=np.zeros((2, 2)), adjustment=bent
    )
    assert float(curve.channel(curve.energy(place))) == pytest.approx(place, abs=1e-4)
    assert 0.0 < float(curve.sigma(place)) <= 0.1001
    near = as_polynomial(curve, CHANNELS, degree=9)
    assert np.polynomial.polynomial.polyval(place, near) == pytest.approx(
        float(curve.energy(place)), abs=0.3
    )


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(661.7, 1800.0, 0.1)],
        [(661.7, 1800.0, 0.1), (1332.5, 1800.0, 0.1)],
        [(661.7, 1800.0, 0.1), (1332.5, 900.0, 0.1)],
        [(float("nan"), 1800.0, 0.1), (1332.5, 900.0, 0.1)],
    ],
)
def test_points_that_give_no_scale_are_refused(
    rows: list[tuple[float, float, float | None]],
) -> None:
    with pytest.raises(CalibrationError, match="Energy calibration"):
        fit_energy(points(rows), CHANNELS)


@pytest.mark.parametrize("stated", [(0.0,), (0.0, 0.0), (1.0, -0.3), (0.0, 0.3, -1e-3)])
def test_coefficients_that_give_no_scale_are_refused(stated: tuple[float, ...]) -> None:
    with pytest.raises(CalibrationError):
        stated_energy(stated, CHANNELS)


@pytest.mark.parametrize("form", ["square", "root"])
def test_resolution_finds_the_law_that_made_the_points(form: str) -> None:
    e = np.array([46.5, 88.0, 122.1, 391.7, 661.7, 898.0, 1173.2, 1332.5, 1836.1])
    fwhm = np.sqrt(0.4 + 0.0018 * e + 2e-7 * e * e) if form == "square" else 0.5 + 0.036 * e**0.5
    curve = fit_resolution(points([(x, y, 0.005) for x, y in zip(e, fwhm, strict=True)]))
    far = np.array([30.0, 2614.5])
    truth = (
        np.sqrt(0.4 + 0.0018 * far + 2e-7 * far**2) if form == "square" else 0.5 + 0.036 * far**0.5
    )
    assert curve.form == form
    assert curve.fwhm(far) == pytest.approx(truth, rel=0.01)


@given(st.lists(st.floats(0.3, 5.0), min_size=1, max_size=8))
def test_width_never_falls_with_energy(widths: list[float]) -> None:
    e = np.linspace(60.0, 1836.0, len(widths))
    curve = fit_resolution(points([(x, y, None) for x, y in zip(e, widths, strict=True)]))
    over = curve.fwhm(np.array([1.0, 20.0, 300.0, 1500.0, 5000.0]))
    assert np.all(np.isfinite(over))
    assert np.all(np.diff(over) >= -1e-12)
    assert curve.scaled(2.0).fwhm(500.0) == pytest.approx(2.0 * curve.fwhm(500.0))


def test_resolution_without_widths_is_refused() -> None:
    with pytest.raises(CalibrationError, match="Resolution"):
        fit_resolution(points([(661.7, 0.0, None)]))


def knee(energy: np.ndarray) -> np.ndarray:
    x = np.log(energy / 110.0)
    return np.asarray(0.11 * np.exp(-0.55 * np.sqrt(x * x + 0.35) - 0.25 * x))


def test_efficiency_follows_a_knee_within_its_errors() -> None:
    e = np.array(
        [59.5, 88.0, 122.1, 165.9, 279.2, 391.7, 514.0, 661.7, 898.0, 1173.2, 1332.5, 1836.1]
    )
    rng = np.random.default_rng(1)
    value = knee(e) * np.exp(rng.normal(0.0, 0.01, len(e)))
    curve = fit_efficiency(points([(x, y, 0.01 * y) for x, y in zip(e, value, strict=True)]))
    between = np.geomspace(60.0, 1800.0, 200)
    off = np.log(curve.efficiency(between) / knee(between))
    assert np.abs(off).max() < 0.03
    assert np.abs(off / curve.relative_sigma(between)).max() < 4.0
    cov = curve.relative_covariance(between)
    assert np.linalg.eigvalsh(cov).min() > -1e-12
    assert not curve.assumed_sigma


def test_efficiency_is_not_off_everywhere_where_errors_have_a_common_part() -> None:
    # Errors as stations state them: 1 % of each point, 1.5 % of the source. A polynomial that
    # misses the knee by 3 % passes a chi-square of such errors.
    station = HpgeStation()
    between = np.geomspace(55.0, 2500.0, 60)
    true = response_of(station.geometry).peak(between)
    rng = np.random.default_rng(12)
    curves = [fit_efficiency(stated_calibration(station, rng).efficiency) for _ in range(30)]
    off = np.mean([np.log(curve.efficiency(between) / true) for curve in curves], axis=0)
    assert np.abs(off).max() < 0.02
    assert np.sqrt(np.mean(off**2)) < 0.007


def test_efficiency_outside_the_points_is_flagged_and_less_sure() -> None:
    e = np.array([88.0, 122.1, 391.7, 661.7, 1332.5, 1836.1])
    curve = fit_efficiency(points([(x, float(y), None) for x, y in zip(e, knee(e), strict=True)]))
    assert curve.assumed_sigma
    assert list(curve.extrapolated([40.0, 88.0, 1836.0, 2614.5])) == [True, False, False, True]
    inside, outside = curve.relative_sigma([1800.0, 2614.5])
    assert outside > 2.0 * inside
    # Along the last slope in ln-ln, so it neither rises nor turns negative.
    assert 0.0 < curve.efficiency(4000.0) < curve.efficiency(2614.5) < curve.efficiency(1836.0)


def test_efficiency_that_no_polynomial_follows_is_a_spline_through_its_points() -> None:
    e = np.geomspace(50.0, 2000.0, 14)
    y = 0.05 * np.exp(0.8 * np.sin(4.0 * np.log(e)))
    curve = fit_efficiency(points([(x, v, 0.001 * v) for x, v in zip(e, y, strict=True)]))
    assert curve.form == "spline"
    assert curve.efficiency(e) == pytest.approx(y, rel=1e-9)
    assert curve.relative_sigma(e) == pytest.approx(0.001, rel=1e-6)


@pytest.mark.parametrize("rows", [[], [(100.0, 0.0, None)], [(100.0, 35.0, 0.3)]])
def test_efficiencies_that_are_none_are_refused(
    rows: list[tuple[float, float, float | None]],
) -> None:
    with pytest.raises(CalibrationError, match="Efficiency"):
        fit_efficiency(points(rows))


def test_model_of_a_station_and_what_a_bare_file_lacks() -> None:
    counts = np.ones(8192, dtype=np.int64)
    detector = Detector()
    full = detector_model(Spectrum(counts=counts, calibration=calibration(detector)))
    at = np.array([60.0, 661.66, 2614.5])
    assert full.calibrated
    assert not full.remarks
    assert full.energy.energy(detector.place(at)) == pytest.approx(at, abs=0.02)
    assert full.widths().fwhm(at) == pytest.approx(detector.fwhm_kev(at), rel=0.01)
    bare = detector_model(
        Spectrum(counts=counts, calibration=Calibration(energy_coefficients_kev=(0.0, 0.37)))
    )
    assert [r.code for r in bare.remarks] == ["peaks.no_resolution", "peaks.no_efficiency"]
    with pytest.raises(CalibrationError, match="none is stated"):
        bare.widths()
    with pytest.raises(CalibrationError):
        detector_model(Spectrum(counts=counts))
