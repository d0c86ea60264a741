"""Magnitude scales: which amplitude, which phases, which distances, which correction.

A magnitude is described, not programmed: mb, ML and Ms are three ``Scale`` objects, and a
regional scale is one more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from vigie.facts.magnitude_tables import DistanceCurve, ml_default
from vigie.network.location.params import ErrorModel
from vigie.network.magnitude.corrections import curve_correction, mb_correction, ms_correction


def _mb(delta_deg: float, depth_km: float) -> float:
    return float(mb_correction(delta_deg, depth_km))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a magnitude is made of: log10(A) or log10(A/T), plus a correction."""

    type: str
    """``mb``, ``ML``, ``Ms``."""
    mle_type: str | None = None
    """Name of its maximum-likelihood form; None where there is none."""
    amplitude_type: str
    """Type of the ``Amplitude`` of a detection; ``noise:`` and this is the noise."""
    accepts_plain: bool = False
    """Whether a detection's own ``amplitude_nm`` and ``period_s`` will do (bulletins)."""
    divide_by_period: bool = True
    phases: tuple[str, ...]
    delta_range_deg: tuple[float, float]
    depth_range_km: tuple[float, float]
    period_range_s: tuple[float, float] | None = None
    correction: Callable[[float, float], float]
    """Of distance in degrees and depth in km; NaN where it is not defined."""
    scatter: float
    """Standard deviation of stations about the network."""
    scatter_prior: float = 0.25
    """How well that is known: standard deviation of its natural logarithm; 0 is for sure."""
    threshold_sigma: float = 0.1
    """Standard deviation of log10 of the noise between two windows, an assumption."""
    detection_factor: float = 2.0
    """How many times the noise amplitude a signal must reach to be detected."""
    miss_probability: float = 0.005
    """Chance that a working station does not report a signal however large, an assumption."""
    noise_period_s: float = 1.0
    """Period of noise whose own was not measured."""


MB = Scale(
    type="mb",
    mle_type="mbmle",
    amplitude_type="A5/2",
    accepts_plain=True,
    phases=("P",),
    delta_range_deg=(20.0, 105.0),
    depth_range_km=(0.0, 800.0),
    period_range_s=(0.1, 3.0),
    correction=_mb,
    scatter=0.34,
)
"""mb of the International Data Centre.

Scatter 0.34: the value that the International Data Centre's processing manual (Le Bras &
Wuster, revision 3, section 7.3.2) gives for screening. The detection factor: a detector
that wants 1-s STA of at least 3.5 times LTA sees a sine of 4.4 standard deviations of the
noise, while the largest half cycle of noise in 6 s is about 2.5 of them.
"""

MS = Scale(
    type="Ms",
    mle_type="msmle",
    amplitude_type="ALR",
    accepts_plain=True,
    phases=("LR",),
    delta_range_deg=(20.0, 100.0),
    depth_range_km=(0.0, 100.0),
    period_range_s=(18.0, 22.0),
    correction=ms_correction,
    scatter=0.23,
    detection_factor=1.5,
    noise_period_s=20.0,
)
"""Ms after Rezapour & Pearce (1998). Scatter 0.23: the same manual as for mb. The detection
factor is an assumption: Rayleigh waves are sought in a window that is known in advance."""


def ml_scale(curve: DistanceCurve | None = None, *, scatter: float = 0.3) -> Scale:
    """Return ML with a curve of its own; by default the global one, to 20 deg.

    The default scatter is an assumption, as the default curve is no calibration.
    """
    chosen = ml_default() if curve is None else curve
    return Scale(
        type="ML",
        amplitude_type="SBSNR",
        divide_by_period=False,
        phases=("Pn", "P", "Pg"),
        delta_range_deg=(0.0, min(20.0, chosen.delta_deg[-1])),
        depth_range_km=(0.0, 40.0),
        correction=partial(curve_correction, chosen),
        scatter=scatter,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StationCorrection:
    """What is added to every magnitude of one type at one station."""

    station: str
    type: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MagnitudeParams:
    """Which magnitudes are computed, and how."""

    scales: tuple[Scale, ...] = field(default_factory=lambda: (MB, ml_scale(), MS))
    corrections: tuple[StationCorrection, ...] = ()
    """None by default: a station correction is a calibration."""
    bound_z: float = 1.645
    """One-sided 95 %, where stations give only bounds."""
    default_depth_sigmas_km: tuple[tuple[float, float], ...] = field(
        default_factory=lambda: ErrorModel().default_depth_sigmas_km
    )
    """(how wrong a default depth may be, weight); that of the location."""

    def correction(self, station: str, type_: str) -> float:
        """Return what is added at a station, 0 where nothing is configured."""
        return sum(c.value for c in self.corrections if (c.station, c.type) == (station, type_))
