"""Control charts and trends of quality control, against published run lengths."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.radionuclide.support_samples import peak

from vigie.errors import ParameterError
from vigie.radionuclide.judge import (
    BlankVerdict,
    CheckMeasurement,
    ControlPoint,
    SourceLine,
    TrendParams,
    compare_with_blank,
    control_values,
    watch,
)
from vigie.radionuclide.judge.control_chart import (
    cusum,
    cusum_limit,
    cusum_run_length,
    ewma,
    ewma_limit,
    ewma_run_length,
)
from vigie.records import NS_PER_DAY

# Montgomery, Introduction to Statistical Quality Control (7th ed., Wiley 2013): table 9.3
# (two-sided CUSUM, k = 0.5) and table 9.11 (EWMA), run length by shift in standard deviations.
PUBLISHED_CUSUM = [
    (4.0, 0.0, 168.0), (4.0, 1.0, 8.38), (5.0, 0.0, 465.0), (5.0, 0.5, 38.0), (5.0, 1.0, 10.4),
    (5.0, 2.0, 4.01),
]  # fmt: skip
PUBLISHED_EWMA = [
    (0.40, 3.054, 0.0, 500.0), (0.20, 2.962, 0.0, 500.0), (0.20, 2.962, 1.0, 10.5),
    (0.10, 2.814, 0.0, 500.0), (0.10, 2.814, 1.0, 10.3), (0.10, 2.814, 0.5, 31.3),
]  # fmt: skip


@pytest.mark.parametrize(("limit", "shift", "length"), PUBLISHED_CUSUM)
def test_run_length_of_a_cusum_as_published(limit: float, shift: float, length: float) -> None:
    assert cusum_run_length(0.5, limit, shift) == pytest.approx(length, rel=0.006)


@pytest.mark.parametrize(("weight", "limit", "shift", "length"), PUBLISHED_EWMA)
def test_run_length_of_an_ewma_as_published(
    weight: float, limit: float, shift: float, length: float
) -> None:
    assert ewma_run_length(weight, limit, shift) == pytest.approx(length, rel=0.006)


def test_limits_invert_run_lengths() -> None:
    assert cusum_run_length(0.5, cusum_limit(0.5, 700.0)) == pytest.approx(700.0, rel=1e-3)
    assert ewma_run_length(0.2, ewma_limit(0.2, 700.0)) == pytest.approx(700.0, rel=1e-3)
    with pytest.raises(ParameterError, match="run_length"):
        cusum_limit(0.5, 0.5)


@settings(derandomize=True, max_examples=40)
@given(st.lists(st.floats(-4.0, 4.0), min_size=1, max_size=50))
def test_laws_of_the_charts(values: list[float]) -> None:
    x = np.array(values)
    up, down = cusum(x, 0.5)
    mirrored = cusum(-x, 0.5)
    np.testing.assert_array_equal(up, mirrored[1])
    np.testing.assert_array_equal(down, mirrored[0])
    assert np.all(up >= 0.0)
    np.testing.assert_allclose(ewma(2.0 * x, 0.2), 2.0 * ewma(x, 0.2), atol=1e-9)
    assert ewma(x, 0.2)[0] == pytest.approx(x[0])


def series(seed: int, *, step: float = 0.0, drift: float = 0.0, n: int = 365) -> list[ControlPoint]:
    """Return a year of daily gains, 0.33 keV per channel with a scatter of 1e-5."""
    rng = np.random.default_rng(seed)
    days = np.arange(n)
    moved = np.where(days >= 100, step + drift * (days - 100), 0.0)
    values = 0.33 + 1e-5 * (rng.normal(0.0, 1.0, n) + moved)
    return [
        ControlPoint(time_ns=int(d) * NS_PER_DAY, value=float(v))
        for d, v in zip(days, values, strict=True)
    ]


@pytest.mark.slow
def test_false_alarms_come_as_seldom_as_stated() -> None:
    # Both charts together: one false alarm per 1000 points, so 335 days alarm in 28 % of cases.
    ended = [watch(series(seed)) for seed in range(300)]
    alarmed = np.mean([t is not None and t.alarm_ns is not None for t in ended])
    assert 0.20 <= alarmed <= 0.38


@pytest.mark.parametrize(("step", "delay"), [(1.0, 30), (2.0, 10), (6.0, 4)])
def test_a_step_is_found_with_its_size_and_time(step: float, delay: int) -> None:
    found = watch(series(3, step=step))
    assert found is not None
    assert found.alarm_ns is not None
    assert 100 <= found.alarm_ns / NS_PER_DAY <= 100 + delay
    assert found.since_ns is not None
    assert abs(found.since_ns / NS_PER_DAY - 100) <= 6
    assert found.shift == pytest.approx(step * 1e-5, abs=0.5e-5)


def test_a_slow_drift_is_found_with_its_slope() -> None:
    found = watch(series(5, drift=0.03))
    assert found is not None
    assert found.drifting
    assert found.slope_per_day == pytest.approx(3e-7, rel=0.1)


def test_single_bad_days_are_outliers_and_no_trend() -> None:
    points = series(8)
    bad = [replace(p, value=p.value + 3e-4 * (k % 97 == 60)) for k, p in enumerate(points)]
    found = watch(bad)
    assert found is not None
    assert found.alarm_ns is None
    plain = watch(points)
    assert plain is not None
    assert plain.alarm_ns is None
    assert [round(t / NS_PER_DAY) for t in found.outliers_ns] == [60, 157, 254, 351]


def test_short_and_wrong_series() -> None:
    assert watch(series(1, n=30)) is None
    with pytest.raises(ParameterError, match="in the order of time"):
        watch(series(1)[::-1])
    with pytest.raises(ParameterError, match="finite"):
        watch([*series(1), ControlPoint(time_ns=10**18, value=float("nan"))])
    with pytest.raises(ParameterError, match="8 or more points"):
        TrendParams(reference=3)
    constant = [replace(p, value=0.33) for p in series(1)]
    steady = watch(constant)
    assert steady is not None
    assert steady.alarm_ns is None


LINES = (
    SourceLine(energy_kev=59.541, half_life_s=1.365e10),
    SourceLine(energy_kev=661.657, half_life_s=9.48e8),
    SourceLine(energy_kev=1332.492, half_life_s=1.663e8),
)


def test_quantities_of_a_check_source() -> None:
    year_ns = 365 * NS_PER_DAY
    measured = CheckMeasurement(
        start_ns=year_ns,
        live_time_s=900.0,
        peaks=(peak(59.54, 40_000.0), peak(661.66, 90_000.0), peak(667.0, 50.0)),
        reference_ns=0,
    )
    found, missing = control_values(measured, LINES)
    assert missing == (1332.492,)
    assert found["gain"].value == pytest.approx(0.33, rel=1e-4)
    assert found["offset"].value == pytest.approx(0.0, abs=0.01)
    # 90 000 counts / 900 s, and a year of Cs-137: 2^(3.1536e7 / 9.48e8) = 1.02333.
    assert found["rate_662"].value == pytest.approx(100.0 * 1.023327, rel=1e-4)
    assert found["fwhm_662"].value == measured.peaks[1].fwhm_kev


@pytest.mark.parametrize("days", [6.0, 300.0, -300.0])
def test_a_line_long_decayed_is_missing_and_overflows_nothing(days: float) -> None:
    # Tc-99m (6 h): after 24 half-lives what stands there is another; 2^1200 overflows.
    technetium = SourceLine(energy_kev=140.511, half_life_s=6.0067 * 3600.0)
    measured = CheckMeasurement(
        start_ns=round(days * NS_PER_DAY),
        live_time_s=900.0,
        peaks=(peak(140.5, 5000.0), peak(661.66, 90_000.0)),
        reference_ns=0,
    )
    found, missing = control_values(measured, (technetium, LINES[1]))
    assert missing == (140.511,)
    assert set(found) == {"centroid_662", "fwhm_662", "rate_662"}


def test_two_lines_in_one_peak_give_no_scale() -> None:
    # Eu-152 at 121.78 and Co-57 at 122.06 keV.
    lines = tuple(SourceLine(energy_kev=e, half_life_s=1e9) for e in (121.78, 122.06))
    measured = CheckMeasurement(
        start_ns=0, live_time_s=100.0, peaks=(peak(121.9, 5000.0),), reference_ns=0
    )
    found, missing = control_values(measured, lines)
    assert missing == ()
    assert "gain" not in found


def test_a_line_of_a_few_half_lives_is_used() -> None:
    technetium = SourceLine(energy_kev=140.511, half_life_s=6.0067 * 3600.0)
    measured = CheckMeasurement(
        start_ns=round(6.0067 * 3600e9 * 5),
        live_time_s=100.0,
        peaks=(peak(140.5, 5000.0),),
        reference_ns=0,
    )
    found, missing = control_values(measured, (technetium,))
    assert missing == ()
    assert found["rate_141"].value == pytest.approx(50.0 * 32.0)


def test_a_blank_explains_what_is_in_it() -> None:
    sample = (peak(661.66, 580.0), peak(1460.8, 5000.0), peak(536.9, 300.0))
    blank = (peak(661.60, 250.0), peak(1460.9, 2400.0), peak(1173.2, 180.0))
    rows = compare_with_blank(sample, blank, live_times_s=(80_000.0, 40_000.0))
    told = {round(r.energy_kev): r.verdict for r in rows}
    assert told == {
        537: BlankVerdict.SAMPLE_ONLY,
        662: BlankVerdict.EXPLAINED,
        1173: BlankVerdict.BLANK_ONLY,
        1461: BlankVerdict.EXPLAINED,
    }
    cesium = next(r for r in rows if round(r.energy_kev) == 662)
    assert cesium.net_counts == pytest.approx(80.0)
    assert cesium.decision_threshold > 80.0
    more = compare_with_blank((peak(661.66, 1000.0),), blank[:1], live_times_s=(80_000.0, 40_000.0))
    assert more[0].verdict is BlankVerdict.ABOVE
    with pytest.raises(ParameterError):
        compare_with_blank(sample, blank, live_times_s=(0.0, 1.0))


@pytest.mark.slow
def test_an_equal_blank_is_exceeded_in_five_per_cent() -> None:
    rng = np.random.default_rng(12)
    exceeded = []
    for _ in range(4000):
        # 400 counts of continuum and 300 of the blank's peak, both counted equally long; the
        # continuum is known from as many side channels.
        areas = [rng.poisson(700) - rng.poisson(400) for _ in range(2)]
        sigma = float(np.sqrt(1100.0))
        critical = 1.6449 * float(np.sqrt(800.0))
        a, b = (
            replace(peak(661.66, float(n)), area_sigma=sigma, critical_level=critical)
            for n in areas
        )
        (row,) = compare_with_blank((a,), (b,), live_times_s=(1.0, 1.0))
        exceeded.append(row.verdict is BlankVerdict.ABOVE)
    assert np.mean(exceeded) == pytest.approx(0.05, abs=0.012)
