"""The bubble pulse among the peaks of a cepstrum, told from arrivals over several paths.

Sound that reaches a hydrophone twice (rays that leave up and down, or come from above and below)
makes peaks as high as a bubble's: in a channel of normal modes, the highest peak is one of those in
a third of all cases. What tells a bubble pulse:

* It has the sign of the direct wave at all frequencies. A ray that met the surface is reversed,
  one that turned once more is shifted by a quarter period: there the real part of the analytic
  cepstrum is less than its size.
* It is followed by a second pulse, 0.7 of the first period later (Cole 1948; 0.62 to 0.82 are
  looked at), of that sign too and weaker.
* Both halves of the band have it.

A pulse without a second counts only where nothing else stands out: no channel is that simple.
A peak's chance is that of spectra whose bins are shuffled in blocks to have as high a peak that
passes the same tests.
Accuracy as measured: ``docs/methods/hydroacoustic.md``. Cost: 45 ms, and 0.4 s where one is found.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.hydroacoustic.cepstrum.params import CepstralPeak
from vigie.hydroacoustic.cepstrum.rated import Rated, rated
from vigie.hydroacoustic.cepstrum.transform import COARSE, between

if TYPE_CHECKING:
    from vigie.hydroacoustic.cepstrum.params import BubbleParams, CepstrumParams
    from vigie.hydroacoustic.cepstrum.spectrum import Compressed

FloatArray = NDArray[np.float64]

LOBES = 1.2
"""Inverses of the bandwidth within which a lower peak is a lobe."""
CONFIRM_CELLS = 0.3
SIGMA_FACTOR = 2.2
"""Scatter of periods over what noise alone does to a peak (simulated)."""
MULTIPLES = 12


class _Candidate(NamedTuple):
    delay_s: float
    significance: float
    alignment: float
    second: float
    """Significance of its second pulse."""


def bubble_pulse(spectrum: Compressed, params: CepstrumParams) -> CepstralPeak | None:
    """Return the bubble pulse, its height 0; None where there is none to be sure of.

    Parameters
    ----------
    spectrum : Compressed
    params : CepstrumParams
    """
    wanted = params.bubbles
    if spectrum.width_hz < params.min_width_hz:
        return None
    whole = rated(spectrum, params)
    if whole is None:
        return None
    halves = [rated(half, params) for half in _halves(spectrum)]
    found = [
        c
        for c in _candidates(whole, params)
        if c.alignment >= wanted.min_alignment
        and _in_halves(halves, c.delay_s, wanted.half_significance)
    ]
    found = [c for c in found if not _is_multiple(c, found, whole)]
    paired = [c for c in found if _has_second(c, wanted)]
    lone = [c for c in found if _lone(whole, c, _seen(spectrum, c.delay_s, wanted), params)]
    best = max(paired or lone, key=lambda c: c.significance + c.second, default=None)
    if best is None:
        return None
    chance = _chance(spectrum, best, params)
    if chance > params.max_p_value:
        return None
    seen = _seen(spectrum, best.delay_s, wanted)
    rms_hz = np.sqrt(np.average(spectrum.freq_hz**2, weights=seen))
    error_s = SIGMA_FACTOR / (best.significance * 2.0 * np.pi * rms_hz)
    confirmed = "second pulse" if paired else "sub-bands"
    return CepstralPeak(best.delay_s, float(error_s), 0.0, best.significance, chance, confirmed)


def _candidates(whole: Rated, params: CepstrumParams) -> list[_Candidate]:
    """Return the highest peaks of the real part."""
    wanted, step = params.bubbles, whole.step_s
    least_s = max(2.0 * params.delays_s[0], wanted.least_cells / whole.width_hz)
    inside = (whole.delay_s >= least_s) & (whole.delay_s <= params.delays_s[1])
    height = np.where(inside, whole.value.real, -np.inf)
    half = max(round(LOBES / whole.width_hz / step), 1)
    found = []
    for _ in range(wanted.candidates):
        top = int(np.argmax(height))
        if height[top] < wanted.min_significance:
            break
        shift, significance = between(whole.value.real, top)
        delay_s = (top + shift) * step
        around = whole.near(delay_s, 0.8)[1]
        second = _second(whole, delay_s, wanted)
        found.append(_Candidate(delay_s, significance, significance / around, second))
        height[max(top - half, 0) : top + half + 1] = -np.inf
    return found


def _second(whole: Rated, delay_s: float, wanted: BubbleParams) -> float:
    """Return the significance of the highest peak where a second pulse may be."""
    low, high = (round(share * delay_s / whole.step_s) for share in wanted.second)
    cut = whole.value[low : high + 1]
    if len(cut) == 0:
        return 0.0
    at = int(np.argmax(cut.real))
    around = whole.near((low + at) * whole.step_s, wanted.second_cells)[1]
    return float(cut[at].real) if cut[at].real >= wanted.second_alignment * around else 0.0


def _has_second(candidate: _Candidate, wanted: BubbleParams) -> bool:
    least = max(wanted.second_significance, wanted.second_share * candidate.significance)
    return least <= candidate.second <= wanted.second_most * candidate.significance


def _is_multiple(candidate: _Candidate, others: list[_Candidate], whole: Rated) -> bool:
    """Tell whether a peak is a multiple of a higher one, as ln(1 + a e) makes them."""
    return any(
        other.significance > candidate.significance
        and abs(candidate.delay_s - k * other.delay_s) < CONFIRM_CELLS / whole.width_hz
        for other in others
        for k in range(2, MULTIPLES + 1)
    )


def _lone(whole: Rated, candidate: _Candidate, seen: FloatArray, params: CepstrumParams) -> bool:
    """Tell whether nothing but multiples of a peak stands out beside it."""
    wanted = params.bubbles
    # A pulse without high frequencies makes a wide peak.
    width_hz = whole.width_hz * float(seen.sum()) / max(float(seen.max()) * len(seen), 1e-9)
    if candidate.significance < wanted.lone_significance:
        return False
    delays = whole.delay_s
    own = np.zeros(len(delays), np.bool_)
    for k in range(1, MULTIPLES + 1):
        own |= np.abs(delays - k * candidate.delay_s) < 1.5 / width_hz
    least_s = wanted.least_cells / whole.width_hz
    others = np.abs(whole.value)[~own & (delays >= least_s) & (delays <= params.delays_s[1])]
    most = max(wanted.lone_rival * candidate.significance, wanted.lone_noise)
    return float(others.max(initial=0.0)) < most


def _halves(spectrum: Compressed) -> tuple[Compressed, Compressed]:
    """Return the lower and the upper half of what the band holds of the signal."""
    total = np.cumsum(spectrum.share)
    at = int(np.searchsorted(total, 0.5 * total[-1]))
    lower, upper = slice(0, at), slice(at, None)
    return (
        spectrum._replace(
            freq_hz=spectrum.freq_hz[lower],
            level=spectrum.level[lower],
            share=spectrum.share[lower],
        ),
        spectrum._replace(
            freq_hz=spectrum.freq_hz[upper],
            level=spectrum.level[upper],
            share=spectrum.share[upper],
            first=spectrum.first + at,
        ),
    )


def _in_halves(halves: list[Rated | None], delay_s: float, least: float) -> bool:
    return all(h is not None and h.near(delay_s, CONFIRM_CELLS)[0] >= least for h in halves)


def _seen(spectrum: Compressed, delay_s: float, wanted: BubbleParams) -> FloatArray:
    """Return how well a pulse of this delay is seen at each frequency."""
    turns = np.pi * spectrum.freq_hz * wanted.pulse_width * delay_s
    return np.asarray(spectrum.share * np.exp(-2.0 * turns**2))


def _chance(spectrum: Compressed, best: _Candidate, params: CepstrumParams) -> float:
    """Return the share of shuffled spectra that have as high a peak that passes as well."""
    rng = np.random.default_rng(params.seed)
    wanted = replace(params.bubbles, min_significance=best.significance)
    asked = replace(params, bubble=wanted)
    paired = _has_second(best, wanted)
    step_hz = float(spectrum.freq_hz[1] - spectrum.freq_hz[0])
    width_hz = len(spectrum.level) * step_hz
    blocks = np.array_split(spectrum.level, max(int(width_hz / params.block_hz), 2))
    reached = 0
    for _ in range(wanted.shuffles):
        order = rng.permutation(len(blocks))
        level = np.concatenate([blocks[i] for i in order])
        shuffled = rated(spectrum._replace(level=level), params, COARSE)
        if shuffled is not None:
            reached += any(
                c.alignment >= wanted.min_alignment and (_has_second(c, wanted) or not paired)
                for c in _candidates(shuffled, asked)
            )
    return (1.0 + reached) / (wanted.shuffles + 1.0)
