"""Parameters of PMCC: bands, windows, and when sensors agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from vigie.errors import ParameterError

FIRST_EXPONENT = -2.0
N_BANDS = 26


@dataclass(frozen=True, slots=True)
class PmccBand:
    """One frequency band and the length of its windows."""

    low_hz: float
    high_hz: float
    window_s: float

    def __post_init__(self) -> None:
        if not 0.0 < self.low_hz < self.high_hz or self.window_s * self.high_hz < 2.0:
            raise ParameterError(
                name="low_hz, high_hz, window_s",
                value=f"{self.low_hz}, {self.high_hz}, {self.window_s}",
                expected="corners rise from above 0, and a window holds two periods",
            )

    @property
    def centre_hz(self) -> float:
        """Geometric centre."""
        return float((self.low_hz * self.high_hz) ** 0.5)


def third_octave_bands(
    *, periods: float = 10.0, shortest_s: float = 30.0, longest_s: float = 600.0
) -> tuple[PmccBand, ...]:
    """Return the 26 bands of IMS bulletins, 0.01 to 4 Hz, with windows of so many periods.

    Edges are 10^(-2 + k/10) Hz (Hupe et al. 2022, Earth Syst. Sci. Data 14, 4201-4230, state third
    octaves and their number).

    Examples
    --------
    >>> bands = third_octave_bands()
    >>> len(bands), round(bands[0].centre_hz, 4), round(bands[-1].centre_hz, 4)
    (26, 0.0112, 3.5481)
    >>> bands[0].window_s, bands[-1].window_s
    (600.0, 30.0)
    """
    edges = [10.0 ** (FIRST_EXPONENT + k / 10.0) for k in range(N_BANDS + 1)]
    return tuple(
        PmccBand(low, high, min(max(periods / (low * high) ** 0.5, shortest_s), longest_s))
        for low, high in pairwise(edges)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PmccParams:
    """How PMCC looks for waves.

    The wave speeds are those of sound; an array of hydrophones gives its own.
    """

    bands: tuple[PmccBand, ...] = field(default_factory=third_octave_bands)
    step: float = 0.1
    """Step from window to window, in windows (Cansi 1995: windows overlap by 90 %)."""
    consistency: float = 0.15
    """Largest rms closure, in periods of the band's centre ..."""
    least_consistency_s: float = 0.02
    """... but not less than this: clocks and the ground's shape blur all bands alike ..."""
    crossing: float = 0.05
    """... and not more than this share of the time in which the slowest wave crosses the array:
    what closes no better says nothing of the direction. (0.1 s above 0.5 Hz and 0.5 s at long
    periods are usual for arrays of 1 to 3 km, which this gives.)"""
    min_elements: int = 3
    """Sensors that must agree; three of an array of more are chance more often than not."""
    min_velocity_km_s: float = 0.25
    max_velocity_km_s: float = 0.80
    """Waves of sound cross an array at 0.30 to 0.50 km/s; others are kept, and labelled later."""
    max_p_value: float = 0.01
    """Chance that noise is as coherent anywhere in the range of slownesses, in one window."""
    min_coverage: float = 0.9
    """Share of a window that an element must have recorded."""

    def __post_init__(self) -> None:
        if not self.bands:
            raise ParameterError(name="bands", value="none", expected="at least one band")
        if not 0.0 < self.min_velocity_km_s < self.max_velocity_km_s:
            raise ParameterError(
                name="min_velocity_km_s, max_velocity_km_s",
                value=f"{self.min_velocity_km_s}, {self.max_velocity_km_s}",
                expected="speeds rise from above 0",
            )
        if not 0.0 < self.step <= 1.0:
            raise ParameterError(name="step", value=self.step, expected="more than 0, at most 1")

    def closure_s(self, band: PmccBand, aperture_km: float) -> float:
        """Return the largest closure of a band, s."""
        by_period = self.consistency / band.centre_hz
        by_crossing = self.crossing * aperture_km / self.min_velocity_km_s
        return max(min(by_period, by_crossing), self.least_consistency_s)
