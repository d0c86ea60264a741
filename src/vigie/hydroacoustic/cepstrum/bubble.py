"""The bubble pulse of an explosion: which delay it has, and how sure that is.

Sound that reaches a hydrophone twice (rays that leave up and down, or come from above and below)
makes peaks in a cepstrum as high as a bubble's, and a ghost hides short periods. Delays that may be
the bubble's come from three places: the highest peaks of the rated cepstrum of the hydrophones'
spectrum and of the equalised beam, and fits of the spectrum at every short period. Each is fitted
(``comb``) and weighed (``evidence``); the most probable one counts where that is probable enough
and its error small enough.

Accuracy as measured: ``docs/methods/hydroacoustic.md``. Cost: 0.3 s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.hydroacoustic.cepstrum.comb import Fit, fit_pulses, is_turned, short_periods
from vigie.hydroacoustic.cepstrum.evidence import View, bubble_model, features, rivals
from vigie.hydroacoustic.cepstrum.params import BubbleCandidate, CepstralPeak
from vigie.hydroacoustic.cepstrum.polish import polished
from vigie.hydroacoustic.cepstrum.rated import rated

if TYPE_CHECKING:
    from vigie.hydroacoustic.cepstrum.equalised import Equalised
    from vigie.hydroacoustic.cepstrum.params import CepstrumParams
    from vigie.hydroacoustic.cepstrum.spectrum import Compressed

APART_S, APART_CELLS = 0.003, 0.25
"""Delays that are closer are tried once: s, and inverses of the bandwidth."""
SAME_S, SAME_SHARE = 0.001, 0.02
"""Fits whose periods are closer are one."""
CONFIRMED = "fit of the spectrum"


def bubble_pulse(
    spectrum: Compressed, even: Equalised, params: CepstrumParams
) -> tuple[CepstralPeak | None, tuple[BubbleCandidate, ...]]:
    """Return the bubble pulse, its height 0, and all delays that were weighed.

    Parameters
    ----------
    spectrum : Compressed
        Of the hydrophones.
    even : Equalised
        Their beam, equalised.
    params : CepstrumParams

    Returns
    -------
    (CepstralPeak or None, tuple of BubbleCandidate)
        None where there is no bubble pulse to be sure of.
    """
    wanted = params.bubbles
    if min(spectrum.width_hz, even.spectrum.width_hz) < wanted.min_width_hz:
        return None, ()
    plain, level = rated(spectrum, params), rated(even.spectrum, params)
    if plain is None or level is None:
        return None, ()
    least_s = max(wanted.min_delay_s, wanted.least_cells / spectrum.width_hz)
    number = wanted.candidates
    delays = _told_apart(
        [
            *short_periods(spectrum, number[0]),
            *plain.peaks(least_s, params, number[1]),
            *level.peaks(least_s, params, number[2]),
        ],
        max(APART_S, APART_CELLS / spectrum.width_hz),
    )
    fits = _distinct([_both(spectrum, even.spectrum, d) for d in delays])
    model = bubble_model()
    found = []
    for k, pair in enumerate(fits):
        others = tuple(rivals([f[i] for f in fits], k) for i in (0, 1))
        views = View(pair[0], plain, others[0]), View(pair[1], level, others[1])
        told = features(views, spectrum.width_hz, even.duration_s, wanted)
        found.append((BubbleCandidate(pair[0].period_s, told, model.probability(told)), pair[0]))
    found.sort(key=lambda c: -c[0].probability)
    candidates = tuple(c for c, _ in found)
    if not found or candidates[0].probability < wanted.min_probability:
        return None, candidates
    if is_turned(spectrum, found[0][1]):
        return None, candidates
    delay_s, error_s = polished(spectrum, found[0][1])
    if error_s > wanted.max_error * delay_s:
        return None, candidates
    deviations = plain.near(delay_s, 0.3)[0]
    doubt = 1.0 - candidates[0].probability
    return CepstralPeak(delay_s, error_s, 0.0, deviations, doubt, CONFIRMED), candidates


def _told_apart(delays: list[float], least_s: float) -> list[float]:
    """Return delays without those that are close to an earlier one."""
    kept: list[float] = []
    for delay in delays:
        if all(abs(delay - other) > least_s for other in kept):
            kept.append(delay)
    return kept


def _both(spectrum: Compressed, even: Compressed, delay_s: float) -> tuple[Fit, Fit]:
    """Return the fits of both spectra about a delay."""
    plain = fit_pulses(spectrum, delay_s)
    return plain, fit_pulses(even, plain.period_s)


def _distinct(fits: list[tuple[Fit, Fit]]) -> list[tuple[Fit, Fit]]:
    """Return the fits that gain most, one for each period."""
    kept: list[tuple[Fit, Fit]] = []
    for pair in sorted(fits, key=lambda p: -(p[0].gain + p[1].gain)):
        own = pair[0].period_s
        others = [other[0].period_s for other in kept]
        if all(abs(own - other) > max(SAME_SHARE * other, SAME_S) for other in others):
            kept.append(pair)
    return kept
