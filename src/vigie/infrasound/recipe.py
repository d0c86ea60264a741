"""What the processing of an infrasound array can be told."""

from __future__ import annotations

from dataclasses import dataclass, field

from vigie.signal.array_faults import FaultParams
from vigie.signal.filters import BandPass
from vigie.signal.pmcc import FamilyParams, PmccParams
from vigie.signal.quality import QualityParams


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementParams:
    """How faulty elements are looked for."""

    bands: tuple[BandPass, ...] = (
        BandPass(0.012, 0.04),
        BandPass(0.03, 0.1),
        BandPass(0.06, 0.2),
        BandPass(0.12, 0.4),
        BandPass(0.25, 1.0),
        BandPass(0.5, 2.0),
        BandPass(1.0, 4.0),
    )
    """Bands in which pairs are correlated: PMCC looks from 0.01 to 4 Hz."""
    window_s: float = 20.0
    """Length of windows, at least ..."""
    periods: float = 10.0
    """... and in periods of the middle of the band."""
    windows_per_hour: int = 12
    """The most energetic windows of each hour and band are judged."""
    min_windows: int = 2
    """Coherent windows that must accuse the same element of the same fault ..."""
    min_share: float = 0.5
    """... and the share of all coherent windows."""
    faults: FaultParams = field(
        default_factory=lambda: FaultParams(
            max_slowness_s_per_km=1.0 / 0.28,
            min_slowness_s_per_km=1.0 / 0.45,
            timing_sigma_s=0.03,
            coherent=0.6,
        )
    )
    """Sound crosses an array at 0.28 to 0.45 km/s; 0.03 s holds its wave fronts' roughness."""

    def length_s(self, band: BandPass) -> float:
        """Return the length of the windows of a band."""
        return max(self.window_s, self.periods / band.centre_hz)


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstParams:
    """When one element alone is too loud to be of a wave."""

    bands_hz: tuple[tuple[float, float], ...] = ((0.1, 0.5), (0.5, 4.0))
    times: float = 12.0
    """Weaker gusts cost fewer pixels than an element of four that is left out."""
    guard_s: float = 2.0
    """Masked on both sides of a burst: its edges are too weak to be seen in whole seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryParams:
    """Which families go to association (I), and which are noise (N)."""

    min_velocity_m_s: float = 300.0
    max_velocity_m_s: float = 500.0
    """Trace velocities of sound from the stratosphere and below, and from above."""
    max_duration_s: float = 3600.0
    """Longer families are of lasting sources: microbaroms, surf, plants, wind."""
    max_p_value: float = 1e-4
    min_elements: int = 3
    microbarom_hz: tuple[float, float] = (0.1, 0.5)
    """Families wholly within these and longer than ``microbarom_s`` are microbaroms."""
    microbarom_s: float = 900.0
    microbarom_power: float = 0.9
    """Share of the power within ``microbarom_hz`` that makes a chain of families microbaroms."""
    longest_train_s: float = 43_200.0
    """Longer chains are no train of one event, however they fade."""
    chain_azimuth_deg: float = 8.0
    """Families so near in azimuth ..."""
    chain_velocity_share: float = 0.15
    """... and in velocity, whose bands overlap, are of one source ..."""
    chain_gap: float = 0.5
    """... where the pause is not longer than this share of the longer of the two."""
    stands_out: float = 4.0
    """What is so many times as loud as a lasting source usually is in that band is no part of
    it. (Power of stationary noise in a window and third of an octave exceeds 16 times its median
    less often than once in 1e9.)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class InfrasoundRecipe:
    """All parameters of the processing of one infrasound array."""

    name: str = "default"
    pmcc: PmccParams = field(default_factory=PmccParams)
    families: FamilyParams = field(default_factory=FamilyParams)
    elements: ElementParams = field(default_factory=ElementParams)
    bursts: BurstParams = field(default_factory=BurstParams)
    categories: CategoryParams = field(default_factory=CategoryParams)
    quality: QualityParams = field(default_factory=QualityParams)
    max_family_p_value: float = 1e-3
    """Families that noise makes more often than this are not given out."""
    piece_s: float = 86400.0
    """Longer records are searched in pieces, whose pixels are linked together."""

    @property
    def history_s(self) -> float:
        """Record before an instant that its detections depend on."""
        return 2.0 * max(b.window_s for b in self.pmcc.bands) + 300.0
