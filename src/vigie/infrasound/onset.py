"""Onset of a family, on its beam.

A pixel says that its wave crosses the array somewhere within the window: so the wave has begun
before the first of the windows ends, and the first pixel's middle is early or late by up to half a
window. The onset is read on the beam along the middle slowness of the family's early pixels, in the
family's band, between the beginning of the first window, with some more for a weak beginning, and
the earliest end (``signal.emergent_onset``), or a window later where nothing stands out before.
Where the beam shows none, or the record has too little before, the first window's middle is given,
with the error of a time anywhere in it.

Accuracy: ``docs/methods/infrasound.md``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.infrasound.beam import aligned
from vigie.signal.emergent_onset import emergent_onset
from vigie.signal.filters import BandPass

if TYPE_CHECKING:
    from vigie.infrasound.beam import Searched
    from vigie.signal.pmcc import Pixels

NOISE_S = 240.0
"""Noise before the search, or ``NOISE_PERIODS`` of the lower corner if that is longer."""
NOISE_PERIODS = 20.0
EARLIER_WINDOWS = 0.5
"""A weak beginning lies before the first window, by at most so much of it; farther back lie other
waves."""
RING_PERIODS = 3.0
"""Filters without delay show a strong wave before it begins, by so many periods."""
LEAST_PERIODS = 0.25
"""Error of an onset that nothing hides, in periods of the band's centre: a pulse begins slowly."""
CUT_SIGMAS = 4.0
"""An onset so near to the beginning of the search may lie before it: half of the longest early
window is added to its error."""
LATER_TRIES = 1
"""Windows by which the search is prolonged where nothing stands out; the way back to the first
window is then in the error."""
LONGEST_SEARCH_S = 600.0
TURNED_SHARE = 0.1
"""Where the loudest early pixel's slowness is farther than this from the middle one, the onset is
read along it as well, and half of the difference is in the error."""
FloatArray = NDArray[np.float64]


class Onset(NamedTuple):
    """When a wave reached the array's reference point, s from the search's first sample."""

    time_s: float
    sigma_s: float


def first_window(own: Pixels) -> Onset:
    """Return the middle of the first window that saw the wave, with the error of any time in it."""
    first = int(np.argmin(own.time_s))
    return Onset(float(own.time_s[first]), float(own.window_s[first]) / math.sqrt(12.0))


def onset_of(own: Pixels, searched: Searched) -> Onset:
    """Return the onset of a family.

    Parameters
    ----------
    own : Pixels
        Those of the family.
    searched : Searched
    """
    half_s = 0.5 * own.window_s
    last_s = float(np.min(own.time_s + half_s + RING_PERIODS / own.low_hz))
    early = own.select(own.time_s - half_s <= last_s)
    slownesses = np.stack([early.east_s_per_km, early.north_s_per_km], axis=1)
    middle, loudest = np.median(slownesses, axis=0), slownesses[int(np.argmax(early.amplitude))]
    # The loudest pixel is another where one element's gain is: the middle one tells the time.
    found = _read(early, searched, middle, last_s)
    if found is None:
        return first_window(own)
    if np.linalg.norm(loudest - middle) > TURNED_SHARE * np.linalg.norm(middle):
        other = _read(early, searched, loudest, last_s)
        if other is not None:
            apart_s = 0.5 * (other.time_s - found.time_s)
            found = found._replace(sigma_s=math.hypot(found.sigma_s, apart_s))
    return found


def _read(early: Pixels, searched: Searched, slowness: FloatArray, last_s: float) -> Onset | None:
    """Return the onset on the beam along one slowness; None where nothing stands out."""
    # Windows begin at each element when the wave does there.
    last_s += 2.0 * float(np.ptp(searched.array.offsets_km @ slowness))
    window_s = float(early.window_s.min())
    from_s = float(np.min(early.time_s - 0.5 * early.window_s)) - EARLIER_WINDOWS * window_s
    from_s = max(from_s, last_s - LONGEST_SEARCH_S)
    band = BandPass(float(early.low_hz.min()), float(early.high_hz.max()))
    start_s = from_s - max(NOISE_S, NOISE_PERIODS / band.low_hz)
    until_s = last_s + (LATER_TRIES + 0.5) * window_s
    along = (float(slowness[0]), float(slowness[1]))
    rows = aligned(searched, along, (start_s, until_s), band.centre_hz)
    elements = rows.equalised(band) if band.fits(rows.rate_hz) else np.zeros((0, 0))
    if len(elements) < 2:
        return None
    for later in range(LATER_TRIES + 1):
        search_s = (from_s - start_s, last_s + later * window_s - start_s)
        found = emergent_onset(elements, rows.rate_hz, band, search_s)
        if found is not None:
            beyond_s = LEAST_PERIODS / band.centre_hz
            if found.time_s - search_s[0] < CUT_SIGMAS * found.sigma_s:
                beyond_s = 0.5 * float(early.window_s.max())
            onset_s = start_s + found.time_s
            if later:
                # The wave had begun before: it may be any time back to the first window.
                beyond_s = math.hypot(beyond_s, onset_s - first_window(early).time_s)
            return Onset(onset_s, math.hypot(found.sigma_s, beyond_s))
    return None
