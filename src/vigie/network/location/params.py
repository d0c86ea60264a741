"""Parameters of the location, and the hooks for corrections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import log10
from typing import Literal

from vigie.earth.base import Hypocentre
from vigie.errors import ParameterError

TimeCorrection = Callable[[str, str, Hypocentre], tuple[float, float | None] | None]
"""Source-specific station correction: (station, phase, source) to (seconds to add to the
predicted time, standard error of the model with it in s or None to keep the model's own),
or None where there is none."""

SlownessAzimuthCorrection = Callable[
    [str, float | None, float | None], tuple[float, float, float, float] | None
]
"""Slowness-azimuth station correction (SASC): (station, measured azimuth in deg, measured
slowness in s/deg) to (deg and s/deg to subtract from them, standard errors of both in deg
and s/deg), or None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """Corrections to what the earth model predicts."""

    time: TimeCorrection | None = None
    slowness_azimuth: SlownessAzimuthCorrection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingErrors:
    """Standard errors of readings that state none.

    Time by SNR: log-linear between two ends, as in the detection settings of SNL-GMS PI27.
    Azimuth and slowness: SNL-GMS default model errors for arrays.
    """

    time_s: float = 0.5
    """Of a first onset without SNR."""
    later_time_s: float = 1.0
    """Of an S or other later onset without SNR."""
    weak_time_s: float = 1.0
    weak_snr: float = 5.0
    strong_time_s: float = 0.1
    strong_snr: float = 50.0
    azimuth_deg: float = 15.0
    slowness_s_per_deg: float = 2.5

    def of_snr(self, snr: float) -> float:
        """Return the standard error of an onset time with this SNR, s."""
        span = log10(self.strong_snr / self.weak_snr)
        share = min(max(log10(max(snr, 1e-3) / self.weak_snr) / span, 0.0), 1.0)
        return float(self.weak_time_s * (self.strong_time_s / self.weak_time_s) ** share)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorModel:
    """How the errors of the earth model hang together.

    Neighbouring stations see the same mantle, so their travel-time errors are alike:
    correlation exp(-d / length) between first onsets at stations a distance d apart, after
    the variograms of Bondar & McLaughlin (2009, BSSA 99, 172-193). Neither the length nor
    the size is known for one event, so both are averaged over, weighted by how well each
    explains the residuals.
    """

    correlated: bool = True
    """False: errors are independent, as LocSAT and LocOO3D assume by default."""
    lengths_km: tuple[float, ...] = (50.0, 250.0, 700.0, 1500.0, 3000.0)
    length_weights: tuple[float, ...] = (0.15, 0.2, 0.25, 0.25, 0.15)
    scales: tuple[float, ...] = (0.4, 0.6, 0.8, 1.0, 1.25, 1.6)
    """True error of the model over the stated one."""
    scale_weights: tuple[float, ...] = (0.08, 0.16, 0.24, 0.26, 0.18, 0.08)
    outlier_fraction: float = 0.05
    """Prior share of readings that have nothing to do with the event's phase."""
    outlier_sigma_s: float = 10.0
    """Spread of such readings."""

    def __post_init__(self) -> None:
        if len(self.lengths_km) != len(self.length_weights):
            raise ParameterError(
                name="length_weights", value=str(self.length_weights), expected="one per length"
            )
        if len(self.scales) != len(self.scale_weights):
            raise ParameterError(
                name="scale_weights", value=str(self.scale_weights), expected="one per scale"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class LocateParams:
    """How an event is located.

    Defaults: singular-value cut-off, convergence, size and share of outliers as the
    published run logs of LocOO3D 1.11 show them; K of the k-weighted ellipse as SNL-GMS.
    """

    phases: Literal["keep", "identify"] = "identify"
    """``keep``: names as given, those without a name are identified; ``identify``: all are."""
    depth: float | Literal["auto", "default", "free"] = "auto"
    """km: held there; ``default``: held at the default; ``free``: solved for; ``auto``: free
    where the data constrain it, otherwise the default."""
    default_depth_km: float = 0.0
    """IDC practice: an event whose depth is not resolved is put at the surface."""
    default_depth_sigma_km: float = 15.0
    """How wrong the default may be; it widens the covariance."""
    max_depth_km: float = 700.0
    free_depth_max_sigma_km: float = 20.0
    """Depth counts as constrained when its standard error is below this."""
    free_depth_min_gain: float = 9.0
    """... or when freeing it lowers chi-square by more than this (3 sigma)."""
    use_azimuth: bool = True
    use_slowness: bool = True
    big_residual_sigma: float = 3.0
    max_outlier_fraction: float = 0.2
    singular_value_cutoff: float = 1e-6
    convergence: float = 1e-4
    """Relative change of the weighted sum of squares, twice in a row."""
    max_iterations: int = 50
    errors: ErrorModel = field(default_factory=ErrorModel)
    reading_errors: ReadingErrors = field(default_factory=ReadingErrors)
    corrections: Corrections = field(default_factory=Corrections)
    confidences: tuple[float, ...] = (0.90, 0.95)
    k_weight: float = 8.0
    """Number of observations that the stated errors are worth in the k-weighted ellipse."""

    def __post_init__(self) -> None:
        if self.phases not in ("keep", "identify"):
            raise ParameterError(name="phases", value=self.phases, expected="keep or identify")
        if isinstance(self.depth, str):
            if self.depth not in ("auto", "default", "free"):
                raise ParameterError(
                    name="depth", value=self.depth, expected="auto, default, free or km"
                )
        elif not 0.0 <= self.depth <= self.max_depth_km:
            raise ParameterError(
                name="depth",
                value=self.depth,
                expected=f"free, or 0 to {self.max_depth_km:g} km",
            )
        if not all(0.0 < c < 1.0 for c in self.confidences):
            raise ParameterError(
                name="confidences", value=str(self.confidences), expected="between 0 and 1"
            )
