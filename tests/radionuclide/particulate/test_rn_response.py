"""What lines without a peak do to the areas beside them, against fits of the changed counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.radionuclide.support_hpge import BACKGROUND, Detector, spectrum

from vigie.radionuclide.particulate.measured import SpectrumView, clusters_of
from vigie.radionuclide.particulate.response import AreaResponse, area_weights, responses_of
from vigie.radionuclide.peaks import analyse_peaks
from vigie.radionuclide.peaks.multiplet import Group, fit_group
from vigie.radionuclide.peaks.shape import profile

N, SIGMA = 60, 1.9
THETA = np.zeros(5)
FWHM = 2.3548 * SIGMA
WEAK = 4.0
"""Counts of a line small beside the 80 a channel under it."""


def group() -> Group:
    return Group(
        start=100,
        stop=100 + N,
        places=np.array([130.0]),
        sigma=np.array([SIGMA]),
        kinds=np.zeros(1, dtype=np.int64),
        theta=THETA,
        theta_sigma=np.zeros(5),
        base_mean=np.zeros(3),
        base_precision=np.zeros(3),
        fixed=np.zeros(1, dtype=bool),
    )


def counts(place: float = 0.0, area: float = 0.0) -> np.ndarray:
    mean = 80.0 * (1.0 - 0.004 * np.arange(N)) + 900.0 * profile(30.0, SIGMA, THETA, N)
    return np.asarray(mean + area * profile(place, SIGMA, THETA, N))


def of_line(place: float) -> float:
    """Return the first-order answer, by the class under test."""
    kev = np.arange(N, dtype=float)
    view = SpectrumView(kev, counts(), counts(), counts(), np.full(N, FWHM), (0.0, float(N)))
    response = AreaResponse(0, area_weights(fit_group(counts(), np.zeros(N), group()), 0))
    return float(response.to_lines(np.array([place]), view)[0])


@settings(max_examples=60)
@given(away=st.floats(-4.0, 4.0))
def test_a_weak_line_changes_the_area_as_a_fit_of_the_changed_counts_says(away: float) -> None:
    """The fit is the reference: it is made again with the line in the counts."""
    place = 30.0 + away * FWHM
    before = fit_group(counts(), np.zeros(N), group())
    after = fit_group(counts(place, WEAK), np.zeros(N), group())
    assert of_line(place) == pytest.approx((after.p[0] - before.p[0]) / WEAK, abs=0.02)


def test_a_line_on_the_peak_counts_in_full_and_one_beside_it_is_taken_for_continuum() -> None:
    assert of_line(30.0) == pytest.approx(1.0, abs=0.01)
    assert of_line(30.0 + 1.4 * FWHM) < -0.15


def test_lines_outside_the_window_do_nothing() -> None:
    assert abs(of_line(30.0 + 12.0 * FWHM)) < 1e-30


def test_a_line_on_any_single_peak_of_a_spectrum_counts_in_full() -> None:
    """Each response is that of its own peak: another's would give nothing here."""
    made = spectrum(Detector(), list(BACKGROUND), 6e5, np.random.default_rng(3))
    analysis = analyse_peaks(made)
    clusters = clusters_of(analysis.peaks)
    kev = analysis.model.energy.energy(made.channels)
    view = SpectrumView(
        kev,
        made.counts.astype(float),
        analysis.fitted,
        analysis.continuum,
        analysis.model.widths().fwhm(kev),
        analysis.range_kev,
    )
    responses = responses_of(analysis, clusters)
    apart = np.diff(clusters.energy_kev) / clusters.fwhm_kev[:-1] > 6.0
    single = np.flatnonzero(np.concatenate([[True], apart]) & np.concatenate([apart, [True]]))
    assert len(responses) == len(clusters.energy_kev)
    assert len(single) >= 10
    for k in single:
        if 505.0 < clusters.energy_kev[k] < 517.0:  # wider than the detector's lines
            continue
        full = responses[k].to_lines(clusters.energy_kev[k : k + 1], view)
        assert full[0] == pytest.approx(1.0, abs=0.15), clusters.energy_kev[k]
