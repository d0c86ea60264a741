"""Subtraction of a blank's or an empty detector's peaks, area by area.

Continua differ between a filter and an empty detector, so areas are subtracted, not spectra: those
of the background, at equal energy, times the ratio of live times, with their errors. A peak of the
background that the sample lacks is left alone. Assumes the same detector and constant rates.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import Peak

SAME_FWHM = 0.6
"""Peaks nearer than this are the same."""


def subtract_background(
    peaks: Sequence[Peak], background: Sequence[Peak], live_ratio: float
) -> tuple[Peak, ...]:
    """Return a sample's peaks with what the background explains of each.

    Parameters
    ----------
    peaks : sequence of Peak
        Of the sample.
    background : sequence of Peak
        Of the blank or of the empty detector.
    live_ratio : float
        Live time of the sample over that of the background.

    Raises
    ------
    ParameterError
        The ratio is not above 0.
    """
    if not 0.0 < live_ratio < float("inf"):
        raise ParameterError(name="live_ratio", value=live_ratio, expected="above 0 and finite")
    taken: dict[int, list[Peak]] = {}
    for one in background:
        near = [
            (abs(p.energy_kev - one.energy_kev), i)
            for i, p in enumerate(peaks)
            if abs(p.energy_kev - one.energy_kev) < _reach(p, one)
        ]
        if near:
            taken.setdefault(min(near)[1], []).append(one)
    return tuple(
        _with_background(peak, taken.get(i, []), live_ratio) for i, peak in enumerate(peaks)
    )


def _reach(peak: Peak, other: Peak) -> float:
    scatter = 3.0 * (peak.energy_sigma_kev**2 + other.energy_sigma_kev**2) ** 0.5
    return float(max(min(scatter, 1.5 * peak.fwhm_kev), SAME_FWHM * peak.fwhm_kev))


def _with_background(peak: Peak, found: list[Peak], live_ratio: float) -> Peak:
    if not found:
        return peak
    area = live_ratio * sum(one.area for one in found)
    variance = sum(one.area_sigma**2 for one in found)
    return replace(peak, background_area=area, background_sigma=live_ratio * variance**0.5)
