"""Delays between all pairs of elements in the strongest window of a family, in its whole band.

Pixels keep the slowness that their elements gave, not the delays. Where elements may be wrong the
delays are asked for again, of all elements at once. Cost: 2 ms for each family.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.infrasound.beam import aligned
from vigie.signal.array_pairs import PairCorrelation, correlate_pairs
from vigie.signal.filters import BandPass, filter_zero_phase

if TYPE_CHECKING:
    from vigie.infrasound.beam import Searched
    from vigie.infrasound.recipe import ElementParams
    from vigie.signal.pmcc import Pixels


class Delays(NamedTuple):
    """Pairs of the elements that recorded a window."""

    names: tuple[str, ...]
    """Of the elements."""
    pairs: PairCorrelation


def delays_of(own: Pixels, searched: Searched, params: ElementParams) -> Delays | None:
    """Return the delays of a family; None where the record is too slow for its band.

    Parameters
    ----------
    own : Pixels
        Those of the family.
    searched : Searched
    params : ElementParams
    """
    k = int(np.argmax(own.amplitude))
    length_s = max(float(own.window_s[k]), params.window_s)
    band = BandPass(float(own.low_hz.min()), float(own.high_hz.max()))
    middle_s, around_s = float(own.time_s[k]), 0.5 * length_s + 2.0 * band.ring_s
    rows = aligned(searched, (0.0, 0.0), (middle_s - around_s, middle_s + around_s), band.centre_hz)
    if not band.fits(rows.rate_hz):
        return None
    filtered = np.stack(
        [filter_zero_phase(np.nan_to_num(r - np.nanmean(r)), rows.rate_hz, band)
         for r in rows.samples]
    )  # fmt: skip
    window = rows.cut(filtered, (middle_s - 0.5 * length_s, middle_s + 0.5 * length_s))
    places = searched.array.offsets_km[[searched.array.names.index(n) for n in rows.names]]
    pairs = correlate_pairs(window, rows.rate_hz, places, params.faults, band=band)
    return Delays(tuple(rows.names), pairs)
