"""PMCC on simulated and recorded waves: direction, speed, errors, faulty and missing elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import ArrayGeometryError, ParameterError
from vigie.signal.pmcc import (
    FamilyParams,
    Pixels,
    PmccBand,
    PmccParams,
    find_pixels,
    link_families,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

RATE_HZ = 20.0
OFFSETS_KM = np.array([[0.0, 0.0], [0.3, 0.1], [-0.2, 0.25], [0.9, -0.5], [-0.7, -0.8], [0.1, 1.2]])
BANDS = (PmccBand(0.5, 0.63, 30.0), PmccBand(0.8, 1.0, 30.0), PmccBand(1.26, 1.58, 30.0))
PARAMS = PmccParams(bands=BANDS)


def burst(
    azimuth_deg: float, velocity_km_s: float, snr: float, seed: int, *, length_s: float = 300.0
) -> FloatArray:
    """Return a burst of 0.4-2 Hz noise, 100 to 160 s, across the array, and noise on each."""
    rng = np.random.default_rng(seed)
    n = round(length_s * RATE_HZ)
    freq = np.fft.rfftfreq(2 * n, 1.0 / RATE_HZ)
    white = np.fft.rfft(rng.normal(size=2 * n))
    white[(freq < 0.4) | (freq > 2.0)] = 0.0
    shape = np.zeros(2 * n)
    shape[round(100 * RATE_HZ) : round(160 * RATE_HZ)] = np.hanning(round(60 * RATE_HZ))
    wave = np.fft.irfft(white)
    spectrum = np.fft.rfft(shape * wave / wave.std())
    angle = np.radians(azimuth_deg)
    slowness = -np.array([np.sin(angle), np.cos(angle)]) / velocity_km_s
    delay = OFFSETS_KM @ slowness
    rows = np.fft.irfft(spectrum * np.exp(-2j * np.pi * freq * delay[:, None]))[:, :n]
    noise = np.fft.irfft(
        np.where((freq > 0.2) & (freq < 5.0), np.fft.rfft(rng.normal(size=(6, 2 * n))), 0.0)
    )[:, :n]
    return np.asarray(snr * rows + noise / noise.std())


@settings(deadline=None, max_examples=12)
@given(st.floats(0.0, 360.0), st.floats(0.31, 0.5), st.integers(0, 1000))
def test_a_burst_is_one_family_of_its_direction(azimuth: float, velocity: float, seed: int) -> None:
    pixels = find_pixels(burst(azimuth, velocity, 3.0, seed), RATE_HZ, OFFSETS_KM, PARAMS)
    families = link_families(pixels, FamilyParams(), step=PARAMS.step)
    family = max(families, key=len)
    off = (family.azimuth_deg - azimuth + 180.0) % 360.0 - 180.0
    assert abs(off) < max(4.0 * family.azimuth_sigma_deg, 1.5)
    assert family.velocity_km_s == pytest.approx(
        velocity, abs=max(4.0 * family.velocity_sigma_km_s, 0.02 * velocity)
    )
    assert family.p_value < 1e-6
    assert 60.0 < family.start_s < 130.0
    assert family.members.all()


@pytest.mark.parametrize("every", [2, 4])
def test_coherence_does_not_depend_on_the_rate(every: int) -> None:
    rows = burst(60.0, 0.345, 20.0, 3, length_s=1200.0)
    rows = np.fft.irfft(
        np.where(np.fft.rfftfreq(rows.shape[1], 0.05) < 2.2, np.fft.rfft(rows), 0.0)
    )
    fast = find_pixels(rows, RATE_HZ, OFFSETS_KM, PARAMS)
    slow = find_pixels(rows[:, ::every], RATE_HZ / every, OFFSETS_KM, PARAMS)
    assert len(slow) == pytest.approx(len(fast), rel=0.1)
    for number in range(len(BANDS)):
        several = [float(np.median(p.f_statistic[p.band == number])) for p in (fast, slow)]
        assert several[1] == pytest.approx(several[0], rel=0.1)
        assert max(float(p.f_statistic.max()) for p in (fast, slow)) < 20_000.0


def test_stated_errors_are_those_that_occur() -> None:
    normal_azimuth, normal_speed = [], []
    for seed in range(40):
        azimuth, velocity = 37.0 + 9.0 * seed, 0.345
        pixels = find_pixels(burst(azimuth, velocity, 1.5, seed), RATE_HZ, OFFSETS_KM, PARAMS)
        strong = pixels.select((pixels.time_s > 115) & (pixels.time_s < 145))
        # Windows three apart: neighbours share nine tenths.
        some = strong.select(np.arange(0, len(strong), 9))
        off = (some.azimuth_deg - azimuth + 180.0) % 360.0 - 180.0
        normal_azimuth += list(off / some.azimuth_sigma_deg)
        normal_speed += list((some.velocity_km_s - velocity) / some.velocity_sigma_km_s)
    # Some pixels are a cycle off: medians.
    assert 0.7 < 1.48 * float(np.median(np.abs(normal_azimuth))) < 1.3
    assert 0.7 < 1.48 * float(np.median(np.abs(normal_speed))) < 1.3
    assert np.mean(np.abs(normal_azimuth) > 5.0) < 0.03


def test_an_element_without_the_wave_takes_part_less_and_turns_nothing() -> None:
    samples = burst(200.0, 0.34, 4.0, 3)
    samples[4] = np.random.default_rng(8).normal(size=samples.shape[1])
    pixels = find_pixels(samples, RATE_HZ, OFFSETS_KM, PARAMS)
    family = max(link_families(pixels, FamilyParams(), step=PARAMS.step), key=len)
    taking = pixels.members[family.rows].mean(axis=0)
    # In a third of an octave noise lies on the plane by chance in some windows.
    assert taking[4] < 0.8
    assert taking[4] < 0.8 * np.delete(taking, 4).min()
    assert family.azimuth_deg == pytest.approx(200.0, abs=2.0)


def test_correlations_of_a_strong_blast_do_not_exceed_one() -> None:
    """Where it is in the shifted window alone, the window itself has a thousandth of its energy."""
    rng = np.random.default_rng(4)
    n = round(300.0 * RATE_HZ)
    times = np.arange(n) / RATE_HZ
    delay = OFFSETS_KM @ np.array([0.0, -1.0 / 0.34])
    wave = np.stack([np.exp(-((times - 150.0 - d) ** 2) / 0.08) for d in delay])
    pixels = find_pixels(rng.normal(size=(6, n)) + 5000.0 * wave, RATE_HZ, OFFSETS_KM, PARAMS)
    assert len(pixels.time_s) > 20
    assert pixels.correlation.max() < 1.02
    family = max(link_families(pixels, FamilyParams(), step=PARAMS.step), key=len)
    assert abs((family.azimuth_deg + 180.0) % 360.0 - 180.0) < 1.0


def test_a_gap_takes_its_element_out_and_nothing_else() -> None:
    samples = burst(80.0, 0.34, 4.0, 5)
    samples[2, 1000:4000] = np.nan
    pixels = find_pixels(samples, RATE_HZ, OFFSETS_KM, PARAMS)
    inside = (pixels.time_s > 70.0) & (pixels.time_s < 180.0)
    assert inside.sum() > 30
    assert not pixels.members[inside, 2].any()
    assert np.median(pixels.azimuth_deg[inside]) == pytest.approx(80.0, abs=1.5)


def test_noise_makes_few_pixels_and_no_family() -> None:
    rng = np.random.default_rng(2)
    samples = rng.normal(size=(6, round(3600 * RATE_HZ))).cumsum(axis=1)
    pixels = find_pixels(samples, RATE_HZ, OFFSETS_KM, PARAMS)
    cells = 3 * 1190
    # A pixel needs p below 0.01, and closure besides.
    assert len(pixels) < 0.015 * cells
    assert not link_families(pixels, FamilyParams(min_pixels=20), step=PARAMS.step)


def test_families_of_days_are_cut() -> None:
    pixels = find_pixels(burst(10.0, 0.34, 5.0, 1), RATE_HZ, OFFSETS_KM, PARAMS)
    whole = max(link_families(pixels, FamilyParams(), step=0.1), key=len)
    parts = link_families(pixels, FamilyParams(max_pixels=len(whole) // 2), step=0.1)
    assert max(len(f) for f in parts) <= len(whole) // 2
    assert sum(len(f) for f in parts) >= 0.8 * len(whole)


def test_too_few_elements_and_impossible_parameters_are_refused() -> None:
    with pytest.raises(ArrayGeometryError):
        find_pixels(np.zeros((2, 4000)), RATE_HZ, OFFSETS_KM[:2], PARAMS)
    with pytest.raises(ParameterError):
        PmccParams(bands=())
    with pytest.raises(ParameterError):
        PmccParams(min_velocity_km_s=0.5, max_velocity_km_s=0.3)
    with pytest.raises(ParameterError):
        PmccBand(1.0, 0.5, 30.0)


def test_a_record_shorter_than_a_window_has_no_pixels() -> None:
    pixels = find_pixels(np.ones((6, 100)), RATE_HZ, OFFSETS_KM, PARAMS)
    assert isinstance(pixels, Pixels)
    assert len(pixels) == 0
    assert link_families(pixels, FamilyParams(), step=0.1) == []
