"""Germanium: activities where shapes are not those of the fit, and efficiencies are missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.radionuclide.noble_gas.support_germanium import (
    ABOVE_THE_XRAYS_KEV,
    MIXTURE_BQ,
    STATION,
    analysed,
    campaign_of,
    xenon_message,
)

from vigie.errors import NobleGasInputError
from vigie.radionuclide.noble_gas import analyse_gas_sample
from vigie.records import CalibrationPoint, SampleAnalysis
from vigie.simulate.radionuclide.hpge import StatedErrors, simulate_counts

EXACT = replace(
    STATION,
    errors=StatedErrors(
        channel=1e-3, fwhm_share=1e-3, efficiency_share=2e-3, efficiency_common=0.0
    ),
)
NO_XRAYS = replace(STATION, calibration_kev=ABOVE_THE_XRAYS_KEV)


def measured(found: SampleAnalysis) -> dict[str, tuple[float, float]]:
    """Return activity and standard error of each isotope, Bq."""
    out = {}
    for one in found.nuclides:
        assert one.activity_bq is not None
        assert one.activity_sigma_bq is not None
        out[one.nuclide] = (one.activity_bq, one.activity_sigma_bq)
    return out


@pytest.mark.slow
@pytest.mark.parametrize("in_cell", [{"Xe-133": 3.0}, MIXTURE_BQ, {"Xe-133": 1e-9}])
def test_expected_counts_give_back_the_activities(in_cell: dict[str, float]) -> None:
    # Without Poisson noise and errors of calibration what is left is the bias of the model.
    message = xenon_message(1, in_cell_bq=in_cell, station=EXACT)
    truth = simulate_counts(EXACT, np.random.default_rng(1), filter_bq=in_cell)
    assert message.gamma is not None
    expected = replace(message.gamma, counts=np.rint(truth.expected).astype(np.int64))
    found = analyse_gas_sample(replace(message, gamma=expected))
    for name, (activity, sigma) in measured(found).items():
        put_in = in_cell.get(name, 0.0)
        # U-235 at 163.4 and Tl-208 at 233.4 keV, 3 counts each, go to the metastables.
        least = 0.1 if name == "Xe-133" else 0.4
        allowed = 0.01 * put_in if name == "Xe-133" else 0.0
        assert abs(activity - put_in) < max(allowed, least * sigma)


@pytest.mark.slow
def test_xrays_without_efficiency_do_not_overrule_the_gamma_rays() -> None:
    found = analysed(range(8), in_cell_bq=MIXTURE_BQ, station=NO_XRAYS)
    for one in campaign_of(found, MIXTURE_BQ).values():
        assert abs(one.mean_pull) < 3.0 / np.sqrt(8)
        assert one.inside.sum() >= 6
    remark = next(
        one for one in found[0].remarks if one.code == "noble_gas.window_without_efficiency"
    )
    told = dict(remark.params)
    assert (told["first_kev"], told["last_kev"]) == (26.0, 38.0)
    assert told["low_kev"] == pytest.approx(46.54)
    assert told["high_kev"] == pytest.approx(661.66)


@pytest.mark.slow
def test_xrays_with_efficiency_are_used_and_nothing_is_told() -> None:
    (found,) = analysed([1], in_cell_bq=MIXTURE_BQ)
    assert not [one for one in found.remarks if one.code.startswith("noble_gas.window")]


@pytest.mark.slow
def test_a_gamma_ray_beyond_the_efficiencies_is_used_with_their_error_and_told() -> None:
    from_88 = replace(STATION, calibration_kev=ABOVE_THE_XRAYS_KEV[4:])
    (found,) = analysed([1], in_cell_bq={"Xe-133": 3.0}, station=from_88)
    (full,) = analysed([1], in_cell_bq={"Xe-133": 3.0}, station=NO_XRAYS)
    told = [dict(one.params) for one in found.remarks if one.code == "noble_gas.line_extrapolated"]
    assert [one["energy_kev"] for one in told] == [pytest.approx(80.998)]
    activity, error = measured(found)["Xe-133"]
    assert abs(activity - 3.0) < 3.0 * error
    sigma = measured(full)["Xe-133"][1]
    # The slope beyond is unsure by 0.5: ln(88.03 / 81.0) x 0.5 = 4 %.
    assert error == pytest.approx(np.hypot(sigma, 0.0416 * 3.0), rel=0.25)


@pytest.mark.slow
def test_the_common_error_of_efficiencies_is_not_averaged_away() -> None:
    (found,) = analysed([2], in_cell_bq={"Xe-133": 30.0})
    activity, sigma = measured(found)["Xe-133"]
    # 1.5 % are common to the points; 1 % of each alone hardly count.
    assert 0.013 < sigma / activity < 0.021


@pytest.mark.slow
def test_concentrations_and_their_covariance() -> None:
    air = {"Xe-133": 8.0, "Xe-135": 8.0, "Xe-133m": 4.0, "Xe-131m": 10.0}
    found = analysed(range(8), in_air_mbq_m3=air)
    for one in campaign_of(found, air).values():
        assert abs(one.mean_pull) < 3.0 / np.sqrt(8)
        assert one.inside.sum() >= 6
    for analysis in found:
        assert {one.unit for one in analysis.nuclides} == {"mBq/m3"}
        variances = np.diag(np.array(analysis.covariance))
        stated = np.array([one.uncertainty for one in analysis.nuclides], dtype=float)
        assert variances == pytest.approx(stated**2, rel=1e-6)


@pytest.mark.slow
def test_blanks_seldom_show_xenon() -> None:
    found = campaign_of(analysed(range(100, 112)), {})
    for one in found.values():
        # 12 trials at 5 %: 4 or more would be 2 in 1000.
        assert one.detected.sum() < 4
        assert one.inside.sum() >= 9


def test_efficiencies_above_one_are_refused() -> None:
    message = xenon_message(1)
    assert message.gamma is not None
    wrong = replace(
        message.gamma.calibration,
        efficiency=tuple(
            CalibrationPoint(energy_kev=e, value=v) for e, v in ((30.0, 5.0), (300.0, 2.0))
        ),
    )
    with pytest.raises(NobleGasInputError, match="efficienc"):
        analyse_gas_sample(replace(message, gamma=replace(message.gamma, calibration=wrong)))
