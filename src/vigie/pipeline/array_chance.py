"""How far the wave of a window is one: the chance of noise at its own slowness, and a larger wave.

Direction and F of a window are of the records as they are, the chance that noise is as coherent of
the whitened ones: in coloured noise the law of F does not hold, and most windows would seem
coherent. It is taken within three errors of the window's own slowness, not at the maximum of the
whitened ones, which may be another wave, or one where the window's is none. A maximum of Capon's
where Bartlett's beam has less than three quarters of the F that it has elsewhere is no wave that
can be given.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.signal.array_spectra import window_spectra
from vigie.signal.fk import chance_near, fk_analysis
from vigie.signal.fk_errors import slowness_errors

if TYPE_CHECKING:
    from vigie.pipeline.array_windows import Search
    from vigie.signal.fk import FkResult

FloatArray = NDArray[np.float64]

MIN_ELEMENTS = 3
TIMING_SIGMA_S = 0.01
"""Prior error of an element's time about a plane wave; a step of the grid is looked at anyway."""
SIGMAS = 3.0
FAR = 1.0
"""Largest distance from a window's slowness at which the wave may still be its own, s/km."""
LEAST_SHARE = 0.75
"""Of the largest F of Bartlett's beam, which the beam at Capon's maximum must have."""
MAX_P_VALUE = 0.01
"""Of the largest F: from there on it is noise, and no better than the other."""
BESIDE = "the beam is far more coherent in another direction than at Capon's maximum"


def with_own_chance(search: Search, result: FkResult) -> FkResult:
    """Return windows with the chance that noise is as coherent near their own slowness."""
    data, params = search.elements.data, search.params
    slowness = np.stack([result.east_s_per_km, result.north_s_per_km], axis=1)
    spectra = window_spectra(search.samples, data.rate_hz, params)
    errors = slowness_errors(spectra, data.offsets_km, slowness, TIMING_SIGMA_S)
    across = np.radians(errors.azimuth_deg) * np.hypot(*slowness.T)
    reach = SIGMAS * np.nan_to_num(np.maximum(across, errors.slowness_s_per_km))
    by_noise = replace(params, method="bartlett", taper_fraction=0.0)
    chance = chance_near(
        search.white, data.rate_hz, data.offsets_km, by_noise, (slowness, np.minimum(reach, FAR))
    )
    known = result.elements >= MIN_ELEMENTS
    return replace(result, p_value=np.where(known, chance, np.nan))


def beside_the_wave(search: Search, result: FkResult) -> NDArray[np.bool_]:
    """Tell which windows give a maximum of Capon's that is not where the wave is."""
    if search.method != "capon":
        return np.zeros(len(result.start_s), dtype=np.bool_)
    data = search.elements.data
    bartlett = replace(search.params, method="bartlett")
    largest = with_own_chance(
        search, fk_analysis(search.samples, data.rate_hz, data.offsets_km, bartlett)
    )
    is_wave = largest.p_value < MAX_P_VALUE
    is_weaker = result.f_statistic < LEAST_SHARE * largest.f_statistic
    return np.asarray(is_wave & is_weaker, dtype=np.bool_)
