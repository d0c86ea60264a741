"""Origins: hypotheses of place and time, with their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import log, sqrt

from vigie.records.detection import Association


class EllipseKind(StrEnum):
    """Which errors an ellipse expresses (Jordan & Sverdrup 1981)."""

    COVERAGE = "coverage"
    """The stated errors are known exactly."""
    CONFIDENCE = "confidence"
    """Only the residuals tell the size of the errors."""
    K_WEIGHTED = "k_weighted"
    """Between the two: stated errors worth K observations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ellipse:
    """A region of the surface that holds the epicentre with a stated probability."""

    kind: EllipseKind
    confidence: float
    """Between 0 and 1."""
    semi_major_km: float
    semi_minor_km: float
    strike_deg: float
    """Of the major axis, clockwise from north, 0 to 180."""

    def __post_init__(self) -> None:
        if not self.semi_major_km >= self.semi_minor_km >= 0.0:
            raise ValueError(f"the axes must be ordered and not negative: {self}")
        if not 0.0 < self.confidence < 1.0:
            raise ValueError(f"confidence lies between 0 and 1: {self}")

    @property
    def area_km2(self) -> float:
        """Area on the surface taken as flat."""
        return 3.141592653589793 * self.semi_major_km * self.semi_minor_km

    def at_confidence(self, confidence: float) -> Ellipse:
        """Return the ellipse of another confidence.

        In two dimensions the axes grow with sqrt(-2 ln(1 - confidence)), as far as the errors
        are normal and their size is known.
        """
        if abs(confidence - self.confidence) < 1e-9:
            return self
        scale = sqrt(log(1.0 - confidence) / log(1.0 - self.confidence))
        return replace(
            self,
            confidence=confidence,
            semi_major_km=self.semi_major_km * scale,
            semi_minor_km=self.semi_minor_km * scale,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CredibleRegion:
    """The smallest region of the surface that holds the epicentre with a stated probability."""

    probability: float
    """Between 0 and 1."""
    outlines: tuple[tuple[tuple[float, float], ...], ...]
    """Closed lines of latitude and longitude, deg, the first point not repeated; counter-clockwise
    around what is inside, clockwise around holes. Longest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One hypothesis of place and time."""

    id: str
    time_ns: int
    latitude: float
    """Geographic (WGS84), -90 to 90."""
    longitude: float
    """-180 <= value < 180 where vigie computed it."""
    depth_km: float | None
    time_fixed: bool = False
    epicentre_fixed: bool = False
    depth_fixed: bool = False
    depth_reason: str = ""
    """Where it comes from: ``free``, ``default``, ``operator``, ``depth_phases``, ``surface``."""
    time_sigma_s: float | None = None
    """One standard error."""
    depth_sigma_km: float | None = None
    """One standard error: of the solution, or of what was assumed (``default``); None where the
    depth was held by choice."""
    covariance: tuple[tuple[float, ...], ...] | None = None
    """4 x 4: north km, east km, depth km, time s. Rows of what was held by choice are 0; a depth
    that is assumed (``default``) has the variance of the assumption, ``depth_sigma_km`` squared.
    What that error does to the epicentre and the time is in their own terms; cross terms of an
    assumed depth are not stated (0)."""
    ellipses: tuple[Ellipse, ...] = ()
    regions: tuple[CredibleRegion, ...] = ()
    """Of any shape, where the method gives them (infrasound)."""
    rms_s: float | None = None
    """Root mean square of the defining time residuals."""
    weighted_rms: float | None = None
    n_defining: int | None = None
    """Defining observations: times, azimuths and slownesses each count. As read from a bulletin
    that counts phases (ISF, GSE, CSS3.0, QuakeML of others), the number that stands there."""
    n_stations: int | None = None
    gap_deg: float | None = None
    secondary_gap_deg: float | None = None
    min_distance_deg: float | None = None
    max_distance_deg: float | None = None
    associations: tuple[Association, ...] = ()
    author: str = "vigie"
    method: str = ""
    model: str = ""
    """Earth model, e.g. ``ak135``."""
    event_type: str = ""
    """Two letters of ISF, e.g. ``ke``; empty where unknown."""
    analysis: str = "a"
    """``a`` automatic, ``m`` manual, ``g`` guess."""
    score: float | None = None
    """Log odds of the event against chance, where the associator gave one."""
    warnings: tuple[str, ...] = ()
    simulated: bool = False

    def __post_init__(self) -> None:
        if not -90.0 <= self.latitude <= 90.0:
            raise ValueError(f"latitude lies between -90 and 90, got {self.latitude}")
        if not -360.0 <= self.longitude <= 360.0:
            raise ValueError(f"longitude lies between -360 and 360, got {self.longitude}")

    @property
    def ellipse(self) -> Ellipse | None:
        """The 90 % coverage ellipse, or else the first; None where there is none."""
        coverage_90 = (
            e
            for e in self.ellipses
            if e.kind is EllipseKind.COVERAGE and abs(e.confidence - 0.9) < 1e-9
        )
        return next(coverage_90, self.ellipses[0] if self.ellipses else None)
