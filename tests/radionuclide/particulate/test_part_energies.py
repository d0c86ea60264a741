"""Whether energies can be believed, from the peaks that nothing explains."""

from __future__ import annotations

from vigie.radionuclide.particulate.energies import doubt_of_energies
from vigie.records import Peak, Reason


def peak(z: float) -> Peak:
    return Peak(
        channel=100.0, channel_sigma=0.1, energy_kev=50.0, energy_sigma_kev=0.05, area=500.0,
        area_sigma=30.0, fwhm_kev=1.0, baseline=100.0, critical_level=20.0, significance=z,
        chi2_reduced=1.0, multiplet=0,
    )  # fmt: skip


def test_more_than_half_of_the_clear_peaks_unexplained_is_a_doubt() -> None:
    peaks = (peak(10.0),) * 9
    told = doubt_of_energies(peaks, {0, 1, 2, 3, 4}, ())
    assert told is not None
    assert dict(told.params) == {"unexplained": 5, "peaks": 9}
    assert doubt_of_energies((peak(10.0),) * 10, {0, 1, 2, 3, 4}, ()) is None


def test_weak_peaks_and_few_peaks_tell_nothing() -> None:
    assert doubt_of_energies((peak(5.0),) * 9, set(range(9)), ()) is None
    assert doubt_of_energies((peak(10.0),) * 4, {0, 1, 2}, ()) is None
    assert doubt_of_energies((peak(10.0),) * 4, {0, 1, 2, 3}, ()) is not None


def test_energies_settled_on_natural_lines_are_not_doubted() -> None:
    settled = (Reason.of("peaks.recalibrated", lines=5),)
    assert doubt_of_energies((peak(10.0),) * 9, set(range(9)), settled) is None
    kept = (Reason.of("peaks.recalibration_too_large", gain_change=0.002, zero_kev=0.0),)
    assert doubt_of_energies((peak(10.0),) * 9, set(range(9)), kept) is not None


def test_two_clear_peaks_of_a_short_count_tell_where_none_is_explained() -> None:
    both = (peak(10.0), peak(9.0))
    told = doubt_of_energies(both, {0, 1}, ())
    assert told is not None
    assert dict(told.params) == {"unexplained": 2, "peaks": 2}
    assert doubt_of_energies(both, {0}, ()) is None
    assert doubt_of_energies((peak(10.0),), {0}, ()) is None
    assert doubt_of_energies(both, {0, 1}, (Reason.of("peaks.recalibrated"),)) is None
