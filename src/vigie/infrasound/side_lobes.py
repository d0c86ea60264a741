"""Families that are side lobes of a larger family's wave: of the same sound, read a period off.

In a narrow band the lags a period beside the right one fit nearly as well. A short and loud sound
is in all windows that hold it, so that one such reading makes a family of a band or two beside that
of the wave, from anywhere, with the error of a clear signal. A family is a side lobe where

1. a larger one passes in the same windows, as loud, in its bands or up to ``FamilyParams.bands``
   away, the bound within which pixels of one wave are linked;
2. it comes from another direction or at another speed than the errors of both allow;
3. in most of its pixels the larger one's wave aligns the elements as well as its own:
   K (N - 1) ln((1 - C') / (1 - C)), the logarithm of the ratio of likelihoods, is small. C and C'
   are the relative powers of the beams of N elements along its own slowness and along the best of
   those that the larger one has there; K counts the independent Fourier coefficients of the sound
   itself, not of the window that holds it.

What no window can tell from another wave's lobe is no detection of its own: it is noise (N).

Source: ours; the likelihood is that of one unknown wave in Gaussian noise of unknown power.
Accuracy: ``docs/methods/pmcc.md``. Cost: some milliseconds for a small family beside a larger one.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.infrasound.beam import aligned
from vigie.infrasound.categories import NOISE, SIGNAL
from vigie.infrasound.lasting import LONG
from vigie.signal.array_spectra import Spectra, window_spectra
from vigie.signal.fk_params import FkParams
from vigie.signal.fk_refine import relative_power

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.infrasound.beam import Searched
    from vigie.infrasound.recipe import InfrasoundRecipe
    from vigie.signal.pmcc import Family, Pixels

FloatArray = NDArray[np.float64]

SIDE_LOBE = "side lobe of a larger family"
DECIDED = 5.0
"""Logarithm of the ratio of likelihoods from which on a wave of its own is seen (150 to 1)."""
REFUTED, REFUTING = 10.0, 0.2
"""From which on a pixel is surely of another wave; a fifth of such ones make the family its own:
where both sound at once the louder one hides it."""
APART_SIGMAS = 2.0
MOST_TESTED = 16
"""Pixels of a family that are looked at: neighbours hold the same sound."""
TAPER = 0.1


class _Cell(NamedTuple):
    """A window and band."""

    spectra: Spectra
    """Fourier coefficients of the elements."""
    offsets_km: FloatArray
    """Where these stand."""


def without_side_lobes(
    judged: Sequence[tuple[Family, str, str]],
    pixels: Pixels,
    searched: Searched,
    recipe: InfrasoundRecipe,
) -> list[tuple[Family, str, str]]:
    """Return families of which those are noise (N) that are side lobes of a larger one.

    Parameters
    ----------
    judged : sequence of (Family, str, str)
        With phase and reason.
    pixels : Pixels
        Of all families.
    searched : Searched
        The array in which they were found.
    recipe : InfrasoundRecipe
        ``categories.stands_out`` times as loud as the larger family is not of its wave.
    """
    out = list(judged)
    order = sorted(range(len(out)), key=lambda k: -len(out[k][0]))
    for place, k in enumerate(order):
        family, phase, _ = out[k]
        larger = [out[i][0] for i in order[:place] if out[i][1] == SIGNAL or out[i][2] in LONG]
        near = [f for f in larger if _meet(family, f) and _are_apart(family, f)]
        own = pixels.select(family.rows[_spread(len(family))])
        cell_of = cache(partial(_cell, own, searched))
        if phase == SIGNAL and any(
            _is_lobe(own, pixels.select(f.rows), cell_of, recipe) for f in near
        ):
            out[k] = family, NOISE, SIDE_LOBE
    return out


def _spread(count: int) -> NDArray[np.int64]:
    """Return the rows that are looked at: all of few, of many some from begin to end."""
    return np.unique(np.linspace(0, count - 1, min(count, MOST_TESTED)).round().astype(np.int64))


def _meet(one: Family, other: Family) -> bool:
    return one.start_s < other.end_s and other.start_s < one.end_s


def _are_apart(one: Family, other: Family) -> bool:
    """Tell whether two families differ by more than their errors in azimuth or in velocity."""
    turn = abs((one.azimuth_deg - other.azimuth_deg + 180.0) % 360.0 - 180.0)
    faster = abs(one.velocity_km_s - other.velocity_km_s)
    return bool(
        turn > APART_SIGMAS * np.hypot(one.azimuth_sigma_deg, other.azimuth_sigma_deg)
        or faster > APART_SIGMAS * np.hypot(one.velocity_sigma_km_s, other.velocity_sigma_km_s)
    )


def _is_lobe(
    own: Pixels, larger: Pixels, cell_of: Callable[[int], _Cell | None], recipe: InfrasoundRecipe
) -> bool:
    """Tell whether a wave of a larger family explains most of some pixels, and none refutes it."""
    bands, louder = recipe.families.bands, recipe.categories.stands_out
    explained = refuted = 0
    for k in range(len(own)):
        at_once = np.abs(larger.time_s - own.time_s[k]) < 0.5 * (larger.window_s + own.window_s[k])
        near = larger.select(at_once & (np.abs(larger.band - own.band[k]) <= bands))
        if len(near) and own.amplitude[k] <= louder * float(near.amplitude.max()):
            lost = _lost(own, k, near, cell_of(k))
            explained += lost < DECIDED
            refuted += lost >= REFUTED
        left = len(own) - 1 - k
        if 2 * (explained + left) <= len(own) or refuted >= REFUTING * len(own):
            return False
    return 2 * explained > len(own)


def _lost(own: Pixels, k: int, near: Pixels, cell: _Cell | None) -> float:
    """Return what of the log-likelihood a pixel loses along the best slowness of others."""
    if cell is None:
        return float("inf")
    spectra, offsets_km = cell
    waves = np.stack([near.east_s_per_km, near.north_s_per_km], axis=1)
    mine = np.array([[own.east_s_per_km[k], own.north_s_per_km[k]]])
    beside, along = (
        np.minimum(relative_power(spectra, offsets_km, s).max(), 1.0 - 1e-9) for s in (waves, mine)
    )
    spare = int(spectra.present.sum()) - 1
    return float(spare * _independent(spectra) * np.log((1.0 - beside) / (1.0 - along)))


def _cell(own: Pixels, searched: Searched, k: int) -> _Cell | None:
    """Return what a pixel's elements recorded; None where there are not two."""
    first_s = float(own.time_s[k] - 0.5 * own.window_s[k])
    span_s = first_s, first_s + float(own.window_s[k])
    rows = aligned(searched, (0.0, 0.0), span_s, float(own.freq_hz[k]))
    params = FkParams(
        window_s=rows.samples.shape[1] / rows.rate_hz,
        band_hz=(float(own.low_hz[k]), float(own.high_hz[k])),
        taper_fraction=TAPER,
    )
    spectra = window_spectra(rows.samples, rows.rate_hz, params, np.zeros(1, dtype=np.intp))
    if spectra.present.sum() < 2:
        return None
    names = searched.array.names
    return _Cell(spectra, searched.array.offsets_km[[names.index(n) for n in rows.names]])


def _independent(spectra: Spectra) -> float:
    """Return how many independent Fourier coefficients the sound in a window has.

    That is the band times the time in which its energy lies; of noise that fills the window,
    whose energy's mean square is twice the square of its mean, the whole window.
    """
    energy = np.sum(np.abs(np.fft.ifft(spectra.values[0], axis=1)) ** 2, axis=0)
    filled = 2.0 * float(np.mean(energy)) ** 2 / max(float(np.mean(energy**2)), 1e-300)
    return float(max(spectra.independent_bins * min(filled, 1.0), 1.0))
