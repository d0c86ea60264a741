"""Parameters of the search for S behind P."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.signal.filters import BandPass


@dataclass(frozen=True, slots=True, kw_only=True)
class SAfterPParams:
    """When a rise of the horizontals behind P is S; chosen in simulations and on real P alone."""

    bands: tuple[BandPass, ...] = (BandPass(1.0, 5.0), BandPass(2.0, 8.0), BandPass(4.0, 16.0))
    """Wide ones, in which a short window holds some independent values."""
    window_product: float = 2.0
    """Window of a level: this over the bandwidth, 0.17 to 0.5 s."""
    ratio: float = 2.5
    """Level of the horizontals over the highest since P."""
    reach_s: float = 10.0
    """As long as triggers of other bands and channels may join P; later, the detectors tell."""
    overlap_s: float = 1.0
    """S may take the place of a group of triggers that began so shortly before its rise."""
    min_snr: float = 5.0
    """Level over the noise before P."""
    min_hv: float = 1.2
    """Length of the horizontal motion over the vertical, in S."""
    hv_growth: float = 1.3
    """That ratio in S over that in P."""
    same_s: float = 0.5
    """Rises in other bands within this are the same S."""
    record_s: float = 30.0
    """Record behind, to tell how long S lasts."""
