"""Parameters of the location. Corrections of paths and stations are the predictor's."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from math import log10
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from vigie.errors import ParameterError
from vigie.network.location.kinds import Case

if TYPE_CHECKING:
    from vigie.earth.base import FloatArray

MAX_HELD_DEPTH_KM = 800.0
"""Where travel-time tables end."""


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
    prior_weight: float = 8.0
    """How many readings these errors are worth against the residuals of a class of phases; as K of
    the k-weighted ellipse of SNL-GMS. Infinite: they are taken as they are."""

    def of_snr(self, snr: float) -> float:
        """Return the standard error of an onset time with this SNR, s."""
        span = log10(self.strong_snr / self.weak_snr)
        share = min(max(log10(max(snr, 1e-3) / self.weak_snr) / span, 0.0), 1.0)
        return float(self.weak_time_s * (self.strong_time_s / self.weak_time_s) ** share)


class Field(NamedTuple):
    """One way in which errors of the model may hang together."""

    length_km: float
    power: float
    """1 for a rough field of errors, 2 for a smooth one."""
    own_share: float
    """Share of the variance that is a station's own."""
    weight: float
    """Prior."""


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
    fields: tuple[Field, ...] = (
        Field(300.0, 1.0, 0.7, 0.25),
        Field(1200.0, 1.0, 0.5, 0.2),
        Field(3000.0, 1.0, 0.3, 0.15),
        Field(1000.0, 2.0, 0.2, 0.2),
        Field(3500.0, 2.0, 0.1, 0.2),
    )
    scales: tuple[tuple[float, float], ...] = (
        (0.45, 0.15), (0.7, 0.3), (1.0, 0.3), (1.5, 0.2), (2.5, 0.05),
    )  # fmt: skip
    """(true error of the model over the stated one, weight); the last, as in Student's t, for
    events with so few readings that their residuals tell nothing of it."""
    default_depth_sigmas_km: tuple[tuple[float, float], ...] = ((15.0, 0.85), (200.0, 0.15))
    """(how wrong a default depth may be, weight): a crustal event, or one that may be deep."""
    common_time_share: float = 0.5
    """Of the model's standard error, what all paths of an event have in common, as mean residuals
    of source regions differ; it belongs to the origin time alone. About 0.6 s for far stations."""
    outlier_fraction: float = 0.05
    """Prior share of readings that have nothing to do with the event's phase."""
    outlier_sigma_s: float = 20.0
    """Spread of such readings."""

    def __post_init__(self) -> None:
        for name in ("fields", "scales", "default_depth_sigmas_km"):
            table = getattr(self, name)
            if not table or min(x for row in table for x in row) < 0.0:
                raise ParameterError(
                    name=name, value=str(table), expected="rows of values, none negative"
                )

    def cases(
        self,
        *,
        depth_is_default: bool,
        depth_sigmas_km: tuple[tuple[float, float], ...] | None = None,
    ) -> tuple[list[Case], FloatArray]:
        """Return all possibilities and their prior weights (sum 1)."""
        wrong = depth_sigmas_km or self.default_depth_sigmas_km
        cases, weights = _cases(self, wrong if depth_is_default else ((0.0, 1.0),))
        return list(cases), weights.copy()


@lru_cache(maxsize=64)
def _cases(
    errors: ErrorModel, depths: tuple[tuple[float, float], ...]
) -> tuple[tuple[Case, ...], FloatArray]:
    sizes = [(1.0, 0.0, 1.0, 0.0, 1.0)]
    if errors.correlated:
        sizes = [
            (scale, f.length_km, f.power, f.own_share, a * f.weight)
            for f in errors.fields
            for scale, a in errors.scales
        ]
    cases = tuple(Case(*size[:4], z) for size in sizes for z, _ in depths)
    weights = np.array([a * b for *_, a in sizes for _, b in depths])
    return cases, weights / weights.sum()


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
    search: Literal["global", "local"] = "global"
    """``local``: only the least-squares minimum next to the start that is given, as classic
    solvers find it."""
    default_depth_km: float = 0.0
    """IDC practice: an event whose depth is not resolved is put at the surface."""
    max_depth_km: float = 700.0
    free_depth_max_sigma_km: float = 20.0
    """Depth counts as constrained when its standard error is below this."""
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
    confidences: tuple[float, ...] = (0.90, 0.95)
    k_weight: float = 8.0
    """Number of observations that the stated errors are worth in the k-weighted ellipse."""

    def __post_init__(self) -> None:
        if self.phases not in ("keep", "identify"):
            raise ParameterError(name="phases", value=self.phases, expected="keep or identify")
        if self.search not in ("global", "local"):
            raise ParameterError(name="search", value=self.search, expected="global or local")
        if isinstance(self.depth, str):
            if self.depth not in ("auto", "default", "free"):
                raise ParameterError(
                    name="depth", value=self.depth, expected="auto, default, free or km"
                )
        elif not 0.0 <= self.depth <= MAX_HELD_DEPTH_KM:
            raise ParameterError(
                name="depth",
                value=self.depth,
                expected=f"free, or 0 to {MAX_HELD_DEPTH_KM:g} km",
            )
        if not all(0.0 < c < 1.0 for c in self.confidences):
            raise ParameterError(
                name="confidences", value=str(self.confidences), expected="between 0 and 1"
            )
