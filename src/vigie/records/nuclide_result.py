"""What the analysis of a radionuclide sample finds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from vigie.records.pulse_height import LEAST_FULL_S, LEAST_SAMPLE_S
from vigie.records.reason import Reason


class LineState(StrEnum):
    """How a line of a nuclide stands in a spectrum."""

    SEEN = "seen"
    """Its peak is above the critical level."""
    WEAK = "weak"
    """Too weak to be expected; says nothing."""
    ABSENT = "absent"
    """It ought to be there and is not: counts against the nuclide."""
    SHARED = "shared"
    """Its peak belongs to others as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakShare:
    """What explains a part of a peak."""

    cause: str
    """``nuclide``, ``background``, ``single_escape``, ``double_escape``, ``xray_escape``,
    ``sum``, ``annihilation``, ``neutron``, ``xray`` or ``backscatter``."""
    nuclide: str = ""
    """``Cs-137``; empty where the cause is none."""
    line_kev: float | None = None
    """Energy of the line, or of the line that escaped."""
    counts: float = 0.0
    sigma: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """A peak as it was fitted. Counts are net, before subtraction of a background."""

    channel: float
    """Centroid, in the numbering of the spectrum."""
    channel_sigma: float
    energy_kev: float
    energy_sigma_kev: float
    """That of the calibration included."""
    area: float
    area_sigma: float
    fwhm_kev: float
    baseline: float
    """Counts under the peak, within 1.25 FWHM on both sides."""
    critical_level: float
    """Area that pure baseline exceeds in 5 % of cases, counts."""
    significance: float
    """Height of the matched filter, in standard deviations."""
    chi2_reduced: float
    multiplet: int
    """Number of the group that was fitted together."""
    background_area: float = 0.0
    """Counts that the background explains, scaled to this live time."""
    background_sigma: float = 0.0
    shares: tuple[PeakShare, ...] = ()
    """What explains it; empty where nothing does."""
    unexplained: float = 0.0
    """Counts that nothing explains, where that is certain and more than half of the area."""
    suggested: tuple[str, ...] = ()
    """Nuclides that are not looked for and would explain it, the likeliest first; no detection."""

    @property
    def detectability(self) -> float:
        """Area over critical level: the D of newer IDC software."""
        return self.area / self.critical_level if self.critical_level > 0.0 else float("inf")

    @property
    def explained(self) -> bool:
        """Whether the peak is explained, and not for a smaller part only."""
        return bool(self.shares) and self.unexplained <= 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEvidence:
    """One line of a nuclide: what was expected and what is there."""

    energy_kev: float
    intensity: float
    """Photons per decay of the nuclide named."""
    expected_counts: float
    observed_counts: float | None
    """None where no peak was fitted."""
    observed_sigma: float | None
    state: LineState


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacteristicLimits:
    """Decision threshold, detection limit and best estimate of ISO 11929; unit of the result."""

    decision_threshold: float
    detection_limit: float | None
    """None where no activity would be detected with certainty (k u_rel >= 1)."""
    best_estimate: float
    best_sigma: float
    low: float
    """Probabilistically symmetric coverage interval, 95 %."""
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NuclideResult:
    """Activity and concentration of one nuclide in one sample, with its limits."""

    nuclide: str
    """``Cs-137``, ``Xe-133m``."""
    method: str
    """``peaks``, ``net_counts``, ``matrix`` or ``likelihood``."""
    activity_bq: float | None
    """At the start of the acquisition; may be below 0 where the method allows it. None where the
    efficiency is not known."""
    activity_sigma_bq: float | None
    """Standard error, k = 1; the volume of the air has no part in it."""
    concentration: float | None
    """Mean over the collection, in ``unit``; None where no air was collected."""
    uncertainty: float | None
    """Standard error of the concentration, k = 1: the activity's, and the volume's if stated."""
    unit: str
    """Of concentration and limits: ``uBq/m3``, ``mBq/m3``; ``Bq`` where no air was collected."""
    critical_level: float | None
    """L_C at 5 %, in ``unit``."""
    mdc: float | None
    """Smallest that is found with 95 %, in ``unit``."""
    detected: bool
    low: float | None = None
    """95 % interval, in ``unit``."""
    high: float | None = None
    limits: CharacteristicLimits | None = None
    """By ISO 11929, in ``unit``."""
    p_value: float | None = None
    """Chance of as much where there is none."""
    probability: float | None = None
    """That the identification is right; of peaks."""
    evidence: tuple[LineEvidence, ...] = ()
    mdc_line_kev: float | None = None
    half_life_s: float | None = None
    """Its own. A nuclide that its parent keeps (``supported_by``) was not corrected with it: it
    follows the parent from the collection on (Bateman), and its concentration is the parent's."""
    supported_by: str = ""
    """Parent that keeps it in equilibrium."""
    decay_factors: tuple[float, float, float] | None = None
    """K_c, K_d, K_a: of collection, decay and acquisition."""
    withheld: bool = False
    """Whether nothing is said of the nuclide: no amount, no limit, not that it is absent."""
    remarks: tuple[Reason, ...] = ()

    def without_numbers(self) -> NuclideResult:
        """Return the result withheld: neither found nor absent, without any number or evidence."""
        return replace(
            self,
            activity_bq=None,
            activity_sigma_bq=None,
            concentration=None,
            uncertainty=None,
            critical_level=None,
            mdc=None,
            detected=False,
            withheld=True,
            low=None,
            high=None,
            limits=None,
            p_value=None,
            probability=None,
            evidence=(),
            mdc_line_kev=None,
        )


class RatioKind(StrEnum):
    """Shape of the set of ratios that the data allow."""

    BOUNDED = "bounded"
    """Between ``low`` and ``high``."""
    LOWER = "lower"
    """At least ``low``: the denominator may be zero."""
    UPPER = "upper"
    """At most ``high``."""
    EXCLUSIVE = "exclusive"
    """Everything but what lies between ``low`` and ``high``."""
    UNBOUNDED = "unbounded"
    """Anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IsotopeRatio:
    """Ratio of two activities, at one time."""

    numerator: str
    denominator: str
    value: float | None
    kind: RatioKind
    low: float | None = None
    high: float | None = None
    probability: float = 0.95
    at_ns: int | None = None
    """Time for which it holds."""
    remarks: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroTime:
    """When two nuclides were made, if they were made together at once."""

    numerator: str
    denominator: str
    scenario: str
    """``pure_decay``, ``full_ingrowth``, ``fractionated``, ``parent_daughter``."""
    time_ns: int | None
    earliest_ns: int | None
    """None where unbounded."""
    latest_ns: int | None
    probability: float = 0.95
    remarks: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFlag:
    """One check of a sample against its limit."""

    name: str
    """``collection_time``, ``k40_position``, ..."""
    passed: bool | None
    """None where it could not be checked."""
    value: float | None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    low_included: bool = True
    """Whether the limit itself passes."""
    high_included: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """Level of a sample and why."""

    level: str
    """``1`` to ``5`` of particulates; ``A`` to ``C`` of noble gas."""
    rule: str
    """The rule that decided, by its id in the rules file."""
    rules_version: str
    nuclides: tuple[str, ...] | None = None
    """Those that the station's history calls unusual, where it is long enough to tell; None where
    nobody says which, as of a level that a person gave."""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAnalysis:
    """Everything that one analysis says of one sample."""

    station: str
    detector: str
    sample_id: str
    technology: str
    """``particulate`` or ``noble_gas``."""
    collection_start_ns: int | None
    collection_stop_ns: int | None
    acquisition_start_ns: int | None
    air_volume_m3: float | None
    """That the concentrations were computed with."""
    nuclides: tuple[NuclideResult, ...]
    """Detected ones first, by name; then those with limits only."""
    peaks: tuple[Peak, ...] = ()
    ratios: tuple[IsotopeRatio, ...] = ()
    zero_times: tuple[ZeroTime, ...] = ()
    covariance: tuple[tuple[float, ...], ...] = ()
    """Of the concentrations of the main method, in the order of ``nuclides``; noble gas."""
    flags: tuple[QualityFlag, ...] = ()
    category: Category | None = None
    remarks: tuple[Reason, ...] = ()
    """What was repaired, missing, or left out."""
    inputs: tuple[tuple[str, str], ...] = ()
    """Role and SHA-256 of each message that entered."""
    simulated: bool = False
    version: str = ""
    """Of vigie."""
    message_type: str = ""
    """``SAMPLEPHD``, ``SPIKEPHD``, ...; empty of a spectrum alone, or where it is not stated."""
    full: bool | None = None
    """False of a preliminary message; None where it is not stated."""
    live_time_s: float | None = None
    """Of the acquisition."""
    air_volume_sigma_m3: float | None = None
    """Standard error of the air volume; None where none is stated."""

    @property
    def of_air(self) -> bool:
        """Whether it is a sample of the air, so that it has a category and a place in history."""
        return self.message_type in ("", "SAMPLEPHD")

    @property
    def short_count(self) -> bool:
        """Whether a full message of the air was counted so shortly that its times are doubtful."""
        live_s = self.live_time_s
        if not self.of_air or self.full is not True or live_s is None:
            return False
        return LEAST_SAMPLE_S <= live_s < LEAST_FULL_S

    @property
    def main_results(self) -> tuple[NuclideResult, ...]:
        """Each nuclide once, by its main (first) method."""
        first: dict[str, NuclideResult] = {}
        for one in self.nuclides:
            first.setdefault(one.nuclide, one)
        return tuple(first.values())

    def nuclide(self, name: str, method: str | None = None) -> NuclideResult | None:
        """Return the result of a nuclide, by its main (first) method or the one named."""
        for one in self.nuclides:
            if one.nuclide == name and method in (None, one.method):
                return one
        return None
