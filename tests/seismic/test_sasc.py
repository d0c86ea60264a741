"""Station corrections of slowness and azimuth: learned, applied, refused where thin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.geodesy import angle_difference_deg
from vigie.seismic.sasc import SascGrid, SlownessReadings, StationCorrection, learn_corrections


def readings(number: int, *, seed: int = 1, outliers: float = 0.0) -> SlownessReadings:
    """Return readings bent by 12 deg and 1.5 s/deg, with scatter of 4 deg and 0.5 s/deg."""
    rng = np.random.default_rng(seed)
    azimuth = rng.uniform(0.0, 360.0, number)
    slowness = rng.uniform(4.5, 9.5, number)
    measured = azimuth + 12.0 + 4.0 * rng.normal(size=number)
    size = slowness + 1.5 + 0.5 * rng.normal(size=number)
    wild = rng.uniform(size=number) < outliers
    measured[wild] = rng.uniform(0.0, 360.0, int(wild.sum()))
    return SlownessReadings(measured % 360.0, size, azimuth, slowness)


def test_learned_corrections_take_the_bias_away() -> None:
    correction = learn_corrections("XX", readings(6000, outliers=0.1))
    fresh = readings(500, seed=2)
    turns, changes, known = [], [], 0
    for a, p, a0, p0 in zip(
        fresh.azimuth_deg,
        fresh.slowness_s_per_deg,
        fresh.predicted_azimuth_deg,
        fresh.predicted_slowness_s_per_deg,
        strict=True,
    ):
        applied = correction.apply(float(a), float(p))
        known += applied.known
        turns.append(float(angle_difference_deg(applied.azimuth_deg, a0)))
        changes.append(applied.slowness_s_per_deg - p0)
    assert known > 480
    assert abs(np.median(turns)) < 0.5
    assert abs(np.median(changes)) < 0.1


def test_the_model_error_of_a_bin_is_the_scatter_of_one_residual() -> None:
    correction = learn_corrections("XX", readings(6000))
    assert np.median([b.azimuth_sigma_deg for b in correction.bins]) == pytest.approx(4.0, abs=0.4)
    sigma = np.median([b.slowness_sigma_s_per_deg for b in correction.bins])
    assert sigma == pytest.approx(0.5, abs=0.1)


def test_bins_with_fewer_than_ten_readings_are_not_kept() -> None:
    correction = learn_corrections("XX", readings(200))
    assert all(b.readings >= 10 for b in correction.bins)
    assert len(learn_corrections("XX", readings(9)).bins) == 0


def test_bins_with_scattered_readings_are_not_kept() -> None:
    rng = np.random.default_rng(5)
    number = 60
    wild = SlownessReadings(
        np.full(number, 7.0), np.full(number, 8.0), rng.uniform(0, 360, number), np.full(number, 8)
    )
    assert learn_corrections("XX", wild).bins == ()


@settings(deadline=None)
@given(st.floats(-720.0, 720.0), st.floats(0.0, 60.0))
def test_an_unknown_bin_changes_nothing_and_states_the_default_error(
    azimuth_deg: float, slowness: float
) -> None:
    applied = StationCorrection(station="XX", grid=SascGrid()).apply(azimuth_deg, slowness)
    assert not applied.known
    assert applied.slowness_s_per_deg == slowness
    assert applied.model_slowness_sigma_s_per_deg == 2.5
    assert 0.0 < applied.model_azimuth_sigma_deg <= 180.0


def test_residuals_about_the_seam_of_the_circle_are_averaged_across_it() -> None:
    rng = np.random.default_rng(6)
    number = 40
    turn = 180.0 + 3.0 * rng.normal(size=number)
    bent = SlownessReadings(
        np.full(number, 20.0), np.full(number, 8.0), (20.0 - turn) % 360.0, np.full(number, 8.0)
    )
    bins = learn_corrections("XX", bent).bins
    assert len(bins) == 1
    assert abs(abs(bins[0].azimuth_deg) - 180.0) < 2.0
