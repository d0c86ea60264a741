"""Mixtures of celerity: sums, source, determinism, agreement with rays, coverage."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth.atmosphere import (
    CelerityModel,
    CelerityParams,
    Medium,
    climatology,
    find_eigenrays,
    resample,
)
from vigie.earth.atmosphere.celerity_prior import (
    MEANS_S_PER_KM,
    SIGMAS_S_PER_KM,
    prior_weights,
)
from vigie.earth.atmosphere.eigenrays import PHASES, FanParams
from vigie.earth.atmosphere.ensemble import perturbed, smooth_noise
from vigie.earth.atmosphere.landings import LandingParams
from vigie.errors import ParameterError
from vigie.records import AtmosphereSource, parse_iso

SMALL = CelerityParams(
    azimuth_step_deg=45.0, landing=LandingParams(n_members=6, n_rays=60, spacing_km=1.0)
)
WINTER = climatology(latitude=50.0, month=1.5)


@pytest.fixture(scope="module")
def model() -> CelerityModel:
    return CelerityModel(WINTER, np.random.default_rng(1), SMALL)


@given(azimuth=st.floats(-720.0, 720.0), distance=st.floats(0.0, 20000.0))
def test_every_path_has_a_mixture(model: CelerityModel, azimuth: float, distance: float) -> None:
    mixture = model.mixture(azimuth, distance)
    assert mixture.weights.shape == (1, 3)
    assert np.all(mixture.weights >= 0.0)
    np.testing.assert_allclose(mixture.weights.sum(axis=1), 1.0, rtol=1e-12)
    assert np.all((mixture.means_s_per_km > 1.0 / 0.40) & (mixture.means_s_per_km < 1.0 / 0.18))
    assert np.all(mixture.sigmas_s_per_km >= 0.04)
    assert np.all(mixture.phase_deviation_sigmas_deg >= 1.0)
    assert np.all(np.abs(mixture.azimuth_deviation_deg) < 15.0)


def test_a_duct_makes_stratospheric_arrivals_and_its_lack_thermospheric_ones(
    model: CelerityModel,
) -> None:
    east, west = model.mixture([90.0, 270.0], 600.0).weights
    assert east[1] > 0.6
    assert west[2] > east[2]
    assert west[1] < 0.5


def test_the_wind_that_blows_across_shows_in_the_azimuth(model: CelerityModel) -> None:
    # Winter westerlies: northward waves are carried east, so the array looks too far west of
    # south, at a back azimuth above 180.
    north, south = model.mixture([0.0, 180.0], 600.0).azimuth_deviation_deg
    assert north < -1.0
    assert south > 1.0


def test_without_crosswind_there_is_no_deviation() -> None:
    still = replace(
        WINTER,
        meridional_m_s=np.zeros_like(WINTER.zonal_m_s),
        zonal_sigma_m_s=np.zeros_like(WINTER.zonal_m_s),
        meridional_sigma_m_s=np.zeros_like(WINTER.zonal_m_s),
    )
    mixture = CelerityModel(still, np.random.default_rng(1), SMALL).mixture(90.0, 500.0)
    assert abs(mixture.azimuth_deviation_deg[0]) < 1e-6
    np.testing.assert_allclose(mixture.phase_deviation_sigmas_deg[0, 1:], 1.0, atol=1e-6)


def test_means_are_those_of_the_rays_where_the_wind_is_certain() -> None:
    certain = replace(
        WINTER,
        zonal_sigma_m_s=np.zeros_like(WINTER.zonal_m_s),
        meridional_sigma_m_s=np.zeros_like(WINTER.zonal_m_s),
    )
    mixture = CelerityModel(certain, np.random.default_rng(1), SMALL).mixture(90.0, 700.0)
    found = find_eigenrays(Medium.of_profile(certain), 90.0, 700.0, FanParams(max_hops=20))
    slowness = found.travel_time_s / 700.0
    of_phase = slowness[[phase == "Is" for phase in found.phases]]
    assert len(of_phase)
    assert of_phase.min() - 0.05 < mixture.means_s_per_km[0, 1] < of_phase.max() + 0.05


def test_the_same_generator_gives_the_same_mixture(model: CelerityModel) -> None:
    again = CelerityModel(WINTER, np.random.default_rng(1), SMALL).mixture([10.0, 200.0], 400.0)
    first = model.mixture([10.0, 200.0], 400.0)
    assert again.weights.tolist() == first.weights.tolist()
    assert again.phase_deviations_deg.tolist() == first.phase_deviations_deg.tolist()


def test_it_says_whether_a_profile_or_the_climatology_was_used(model: CelerityModel) -> None:
    assert model.mixture(0.0, 100.0).source is AtmosphereSource.CLIMATOLOGY
    given_profile = replace(WINTER, source=AtmosphereSource.PROFILE)
    other = CelerityModel(given_profile, np.random.default_rng(1), SMALL)
    assert other.source is AtmosphereSource.PROFILE


def test_the_climatology_of_a_place_and_time_is_taken() -> None:
    time_ns = parse_iso("2012-08-27T23:00:00Z")
    made = CelerityModel.of_climatology(33.5, time_ns, np.random.default_rng(1), SMALL)
    summer = made.mixture([90.0, 270.0], 600.0).weights
    assert summer[1, 1] > summer[0, 1]
    assert made.mixture(0.0, 1.0).phases == PHASES


@pytest.mark.parametrize("step", [50.0, 120.0, 7.7])
def test_steps_that_do_not_divide_the_circle_are_refused(step: float) -> None:
    with pytest.raises(ParameterError, match="azimuth_step_deg"):
        CelerityModel(WINTER, np.random.default_rng(1), CelerityParams(azimuth_step_deg=step))


@pytest.mark.parametrize(("azimuth", "distance"), [(float("nan"), 100.0), (0.0, -1.0)])
def test_paths_that_are_none_are_refused(
    model: CelerityModel, azimuth: float, distance: float
) -> None:
    with pytest.raises(ParameterError, match="range_km"):
        model.mixture(azimuth, distance)


@given(ratio=st.floats(0.8, 1.2), sigma=st.floats(0.0, 0.1), distance=st.floats(0.0, 10000.0))
def test_prior_weights_are_weights_and_follow_the_duct(
    ratio: float, sigma: float, distance: float
) -> None:
    less, more = prior_weights(distance, [ratio, ratio + 0.01], sigma)
    assert less.sum() == pytest.approx(1.0)
    assert np.all(less >= 0.0)
    assert more[1] >= less[1]


def test_prior_passes_through_the_celerities_in_use() -> None:
    ends = np.stack([MEANS_S_PER_KM - 2 * SIGMAS_S_PER_KM, MEANS_S_PER_KM + 2 * SIGMAS_S_PER_KM])
    expected = [[1 / 0.36, 1 / 0.31, 1 / 0.28], [1 / 0.31, 1 / 0.28, 1 / 0.20]]
    np.testing.assert_allclose(ends, expected)
    weights = prior_weights(5000.0, [0.97, 1.0, 1.03])
    # Far away fast arrivals keep the weight that they have in the canonical mixture.
    np.testing.assert_allclose(weights[:, 0], 0.0539, atol=1e-6)
    low, middle, high = weights[:, 1] / (1.0 - weights[:, 0])
    assert (middle - low) == pytest.approx(high - middle)
    assert low == pytest.approx(0.4 + 0.5 * 0.0228, abs=1e-3)


def test_noise_of_the_ensemble_has_the_stated_size_and_length() -> None:
    z = np.linspace(0.0, 120.0, 61)
    noise = smooth_noise(z, (20000, 1), np.random.default_rng(2))[:, 0]
    np.testing.assert_allclose(noise.std(axis=0), 1.0, atol=0.03)
    # exp(-(8 km)^2 / (2 (8 km)^2)) between heights one correlation length apart.
    assert np.corrcoef(noise[:, 20], noise[:, 24])[0, 1] == pytest.approx(np.exp(-0.5), abs=0.02)


def test_members_are_centred_on_the_profile_with_its_own_errors() -> None:
    members = perturbed(WINTER, 200, np.random.default_rng(3))
    winds = np.stack([member.zonal_m_s for member in members])
    np.testing.assert_allclose(winds.mean(axis=0), WINTER.zonal_m_s, atol=1e-9)
    assert WINTER.zonal_sigma_m_s is not None
    np.testing.assert_allclose(winds.std(axis=0) / WINTER.zonal_sigma_m_s, 1.0, atol=0.2)
    assert perturbed(WINTER, 1, np.random.default_rng(3)) == [WINTER]


@pytest.mark.slow
def test_intervals_hold_what_rays_through_unknown_winds_do() -> None:
    from scipy.stats import norm

    rng = np.random.default_rng(20110926)
    model = CelerityModel(WINTER, rng)
    inside, turned, n = 0, 0, 0
    for truth in perturbed(resample(WINTER, np.arange(0.0, 149.0, 0.5)), 25, rng):
        medium = Medium.of_profile(truth)
        azimuth, distance = rng.uniform(0.0, 360.0), rng.uniform(150.0, 1500.0)
        found = find_eigenrays(medium, azimuth, distance, FanParams(n_rays=120))
        if not len(found.hops):
            continue
        lost = found.hops * found.rays.absorption_np_per_hz2 * 0.09
        best = int(np.argmin(lost))
        mix = model.mixture(azimuth, distance)
        s = found.travel_time_s[best] / distance
        z = (s - mix.means_s_per_km[0]) / mix.sigmas_s_per_km[0]
        inside += abs(float(mix.weights[0] @ norm.cdf(z)) - 0.5) < 0.45
        off = found.rays.azimuth_deviation_deg[best] - mix.azimuth_deviation_deg[0]
        turned += abs(off) < 1.645 * mix.azimuth_deviation_sigma_deg[0]
        n += 1
    assert n >= 20
    assert inside >= 0.75 * n
    assert turned >= 0.7 * n
