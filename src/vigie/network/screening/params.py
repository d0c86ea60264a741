"""Thresholds of event screening, versioned, each with its source."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

VERSION = "2026-1"
"""Of the default thresholds; it changes whenever one of them does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MsMbParams:
    """Ms:mb. Screened out where Ms - mb + offset is more than z of its sigmas above 0.

    The line Ms = mb - 0.64 is that of Selby, Marshall & Bowers (2012, Bull. Seismol. Soc.
    Am. 102, 88-97), in operation at the International Data Centre since 2010. The form, z,
    the scatters and the factor on mb are those of section 7.3.2 of its processing manual
    (Le Bras & Wuster, revision 3, 2022), read through a public program that implements it:
    sigma^2 = 1.25^2 0.34^2 / N_mb + 0.23^2 / N_Ms; screened out above 1.96 sigma. The 1.25
    is the slope of the line before 2010; it is kept, as it errs to the cautious side.
    """

    offset: float = 0.64
    z: float = 1.96
    """One-sided 97.5 %."""
    mb_sigma_factor: float = 1.25
    mb_scatter: float = 0.34
    """Of one station."""
    ms_scatter: float = 0.23
    min_ms_stations: int = 2
    """The same program."""
    min_mb: float = 3.5
    """Smaller events are not considered (recalled from the practice of the IDC)."""
    max_depth_km: float = 100.0
    """Surface waves of deeper events are no measure of size (range of Ms)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthParams:
    """Depth. Screened out where it is below 10 km at 97.5 %, and confirmed.

    Threshold and confidence recalled from the practice of the International Data Centre
    (Fisk, Jepsen & Murphy 2002, Pure Appl. Geophys. 159, 865-888), not seen in print; no
    borehole or mine reaches 10 km except one (Kola, 12.3 km), which held no cavity. What
    counts as confirmation is vigie's own choice.
    """

    threshold_km: float = 10.0
    z: float = 1.96
    """One-sided 97.5 %."""
    depth_phases: tuple[str, ...] = ("pP", "sP", "pwP", "sS", "pPKP", "sPKP", "pPn", "sPn")
    min_depth_phase_stations: int = 2
    near_distance_factor: float = 1.5
    """A station nearer than this many depths, with a defining P, ties the depth."""
    near_min_stations: int = 2
    """How many such stations confirm it without depth phases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhasePath:
    """How one regional phase decays (Walter & Taylor 2001, MDAC)."""

    phase: str
    spreading: float
    """Exponent of distance beyond ``reference_km``."""
    reference_km: float
    """Spherical spreading up to here."""
    q0: float
    """Quality factor at 1 Hz."""
    gamma: float
    """Q = q0 f^gamma."""
    velocity_km_s: float

    def log10_decay(self, distance_km: float, freq_hz: float) -> float:
        """Return log10 of geometrical spreading and absorption, relative to 1 km."""
        near_km = min(distance_km, self.reference_km)
        spread = -math.log10(near_km) - self.spreading * math.log10(distance_km / near_km)
        quality: float = self.q0 * freq_hz**self.gamma
        absorbed = math.pi * freq_hz * distance_km / (quality * self.velocity_km_s)
        return spread - absorbed * math.log10(math.e)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionalModel:
    """What an earthquake's P/S ratio should be in a region.

    Values of the default are typical of an active continent (recalled from Walter & Taylor
    2001, UCRL-ID-146882, western United States) and not calibrated anywhere: hence the large
    calibration error, with which the criterion screens out little. A calibrated region
    states its own paths and a smaller error.
    """

    name: str = "uncalibrated"
    paths: tuple[PhasePath, ...] = (
        PhasePath(
            phase="Pn", spreading=1.1, reference_km=1.0, q0=210.0, gamma=0.65, velocity_km_s=7.9
        ),
        PhasePath(
            phase="Pg", spreading=0.5, reference_km=100.0, q0=190.0, gamma=0.45, velocity_km_s=6.0
        ),
        PhasePath(
            phase="Sn", spreading=1.1, reference_km=1.0, q0=360.0, gamma=0.65, velocity_km_s=4.5
        ),
        PhasePath(
            phase="Lg", spreading=0.5, reference_km=100.0, q0=200.0, gamma=0.54, velocity_km_s=3.5
        ),
    )
    source_log10_ps: float = -0.84
    """P over S radiated by a double couple with equal corners: (0.44/0.60) (3.5/6.0)^3."""
    calibration_sigma: float = 0.30
    """Error of the prediction that is common to all stations, log10."""
    station_sigma: float = 0.25
    """Scatter of one station, log10."""
    site_log10_ps: tuple[tuple[str, float], ...] = ()
    """Station and what its site adds to log10 P/S."""

    def path(self, phase: str) -> PhasePath | None:
        """Return how a phase decays; None where the region does not say."""
        return next((p for p in self.paths if p.phase == phase), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionalParams:
    """Regional P/S. Screened out where P/S is too small for an explosion at 97.5 %.

    The excess of an explosion, +0.40 in log10 over earthquakes of the same place, is that
    of Kim, Simpson & Richards (1993, Geophys. Res. Lett. 20, 1507-1510): mean P/Lg 0.5 and
    1.25 over 1-25 Hz in eastern North America. Its own scatter is an assumption.
    """

    model: RegionalModel = field(default_factory=RegionalModel)
    pairs: tuple[tuple[str, str], ...] = (("Pn", "Lg"), ("Pn", "Sn"), ("Pg", "Lg"))
    bands_hz: tuple[tuple[float, float], ...] = ((6.0, 8.0), (4.0, 6.0), (8.0, 10.0), (2.0, 4.0))
    """In the order of preference; below 4 Hz the two kinds of source overlap."""
    min_snr: float = 2.0
    """A phase below it is a bound, not a measurement."""
    distance_range_deg: tuple[float, float] = (1.5, 15.0)
    max_depth_km: float = 40.0
    """Deeper events radiate no Lg."""
    min_stations: int = 1
    explosion_excess: float = 0.40
    explosion_sigma: float = 0.15
    z: float = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedParams:
    """How the criteria are put together.

    One criterion that screens out is enough (practice of the International Data Centre),
    unless another, that applies, speaks against it with more than ``contradiction_z``
    standard deviations: then a person must look. A confirmed depth is never contradicted,
    as deep earthquakes excite weak surface waves.
    """

    contradiction_z: float = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningParams:
    """All thresholds of screening."""

    version: str = VERSION
    ms_mb: MsMbParams = field(default_factory=MsMbParams)
    depth: DepthParams = field(default_factory=DepthParams)
    regional_ps: RegionalParams = field(default_factory=RegionalParams)
    combined: CombinedParams = field(default_factory=CombinedParams)
