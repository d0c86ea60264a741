"""How bubble and ghost are looked for, and what is found: the records of the cepstrum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.hydroacoustic.explosion import MAX_GRAZING_DEG, ghost_delay_s

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CepstrumParams:
    """How bubble and ghost are looked for (sheet values; chances by own measurement)."""

    band_hz: tuple[float, float] = (3.0, 95.0)
    min_snr: float = 2.0
    """Power over noise of a bin that counts: 3 dB."""
    smooth_hz: float = 1.0
    """Over which power is averaged before it is compared with noise."""
    notch_hz: float = 15.0
    """Gaps up to this width are kept: the notches of a ghost lie below noise."""
    floor: float = 0.3
    """Power below this share of noise is not told apart from it."""
    delays_s: tuple[float, float] = (0.02, 2.0)
    ghost_depth_m: float = 650.0
    """A ghost counts where an explosion no deeper than this can make it (the deepest known, Wigwam
    1955, was at 610 m) by rays within 12 degrees of horizontal: 0.18 s. What follows later is the
    reflection above a hydrophone, or another path."""
    min_bins: int = 60
    min_width_hz: float = 12.0
    """Narrower spectra resolve no delay worth the name."""
    noise_reach_s: float = 0.25
    """About a peak, in which the cepstrum's own noise is measured."""
    min_significance: float = 4.5
    half_significance: float = 2.0
    """In each half of the band, or each of two hydrophones, at the same delay."""
    max_p_value: float = 0.01
    shuffles: int = 200
    block_hz: float = 0.25
    """Blocks of bins that are shuffled whole: neighbours in a tapered spectrum hang together."""
    seed: int = 20171115
    bubble: BubbleParams | None = None
    """None: the usual ones."""

    @property
    def max_ghost_s(self) -> float:
        """Longest delay of a ghost."""
        return float(ghost_delay_s(self.ghost_depth_m, MAX_GRAZING_DEG))

    @property
    def bubbles(self) -> BubbleParams:
        """How the bubble pulse is told from what the channel does."""
        return self.bubble or BubbleParams()


@dataclass(frozen=True, slots=True, kw_only=True)
class BubbleParams:
    """How a bubble pulse is told from arrivals that came another way."""

    power: float = 0.3
    """Exponent of power: as robust as its logarithm, and less moved by deep notches."""
    sub_band_hz: float = 18.4
    """Half width of the sub-bands that are weighed against each other."""
    pulse_width: float = 0.01
    """Standard deviation of a bubble pulse in bubble periods: it lacks high frequencies."""
    min_width_hz: float = 8.0
    """Of the band that holds signal."""
    min_delay_s: float = 0.03
    least_cells: float = 1.6
    """Inverses of the bandwidth below which a peak of the cepstrum is not looked at; shorter
    periods are found by fits of the spectrum."""
    second: tuple[float, float] = (1.62, 1.82)
    """Delay of the second bubble pulse in first periods (0.7 after the first; Cole 1948)."""
    candidates: tuple[int, int, int] = (4, 4, 3)
    """Periods looked at: of fits, of the rated cepstrum, and of the equalised beam's."""
    min_probability: float = 0.75
    """That a period is right, from which on it is reported."""
    max_error: float = 0.008
    """Standard error of a period, in periods, up to which it is reported."""


@dataclass(frozen=True, slots=True)
class CepstralPeak:
    """One delay that the spectrum repeats with."""

    delay_s: float
    sigma_s: float
    height: float
    """Amplitude of the echo in the direct wave; negative for a ghost."""
    significance: float
    """Height in standard deviations of the cepstrum about it."""
    p_value: float = 1.0
    confirmed: str = ""
    """Who else has it: ``sub-bands``, ``hydrophones``, ``fit of the spectrum`` or empty."""


@dataclass(frozen=True, slots=True, eq=False)
class BubbleCandidate:
    """A delay that may be the bubble's."""

    delay_s: float
    features: FloatArray
    """What tells for and against it, in the order of ``evidence.FEATURES``."""
    probability: float
    """That it is the bubble's, from simulated explosions with and without one."""


@dataclass(frozen=True, slots=True, eq=False)
class Cepstrum:
    """Cepstrum of a signal and what stands out in it."""

    delay_s: FloatArray
    value: FloatArray
    sigma: FloatArray
    """Local standard deviation."""
    band_hz: tuple[float, float]
    """Of the bins that were kept."""
    bubble: CepstralPeak | None = None
    ghost: CepstralPeak | None = None
    strongest: CepstralPeak | None = None
    """Highest peak of either sign, significant or not."""
    candidates: tuple[BubbleCandidate, ...] = ()
    """Delays that were looked at as the bubble's, the most probable first."""
