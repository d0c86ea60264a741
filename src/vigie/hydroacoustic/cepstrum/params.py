"""How bubble and ghost are looked for, and what is found: the records of the cepstrum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    least_cells: float = 2.5
    """Inverses of the bandwidth below which a delay is not told from the trend."""
    min_significance: float = 4.5
    min_alignment: float = 0.93
    """Real part over size at the peak: a reflection that touched a caustic has another phase."""
    half_significance: float = 1.0
    """In each half of the band."""
    second: tuple[float, float] = (1.62, 1.82)
    """Delay of the second bubble pulse in first periods (0.7 after the first; Cole 1948)."""
    second_alignment: float = 0.8
    second_cells: float = 0.3
    second_share: float = 0.25
    """Least significance of the second pulse in the first's ..."""
    second_significance: float = 2.0
    """... and at all ..."""
    second_most: float = 1.1
    """... and its most: a second pulse is the weaker one."""
    lone_significance: float = 10.0
    """Without second pulse a peak counts from here on ..."""
    lone_rival: float = 0.25
    """... where no other peak but its multiples exceeds this share of it ..."""
    lone_noise: float = 3.6
    """... and what noise reaches somewhere."""
    shuffles: int = 99
    candidates: int = 4


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
    """Who else has it: ``second pulse``, ``sub-bands``, ``hydrophones`` or empty."""


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
