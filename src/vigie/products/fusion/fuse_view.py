"""What samples say of waveform events, as products show it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.fusion.delay import DelayPrior
from vigie.fusion.evidence import Evidence, FusionParams
from vigie.fusion.place import Epicentre
from vigie.products.transport.background_view import BackgroundView
from vigie.records import Origin, Reason

if TYPE_CHECKING:
    from vigie.products.transport.background_view import SampleBackground
    from vigie.products.transport.source_pair import Pair

FloatArray = NDArray[np.float64]
SAYS_SOMETHING = 0.1
"""log10 of a factor; a sample that says less is not named."""
DECIDES_LOG10 = math.log10(3.0)
"""Within this factor nothing is decided."""


class FusedSample(NamedTuple):
    """One nuclide of one sample."""

    pair: Pair
    nuclide: str
    background: SampleBackground

    @property
    def name(self) -> str:
        """Station, end of the collection and nuclide."""
        return f"{self.pair.name} {self.nuclide}"


class SampleSays(NamedTuple):
    """What one sample says of one event."""

    sample: FusedSample
    delta_log10: float
    """By how much log10 of the Bayes factor would be less without it."""


class NextSample(NamedTuple):
    """A sample that would decide: its air is known, and its content is not."""

    station: str
    stop_ns: int
    expected_bq_m3: float
    """Of the reference nuclide, for the median amount, over the posterior of delay and place."""
    of_limit: float
    """That over the median critical level of the samples at hand."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Weighed:
    """The evidence for a release at an event and on what it stands."""

    evidence: Evidence
    delay_edges_s: FloatArray
    """Of the steps, shape (T + 1,)."""
    compositions: tuple[str, ...]
    says: tuple[SampleSays, ...]
    """All samples that could have been reached in time, those that say most first."""
    reached: int
    """Number of them that some release within the ellipse reaches."""

    @property
    def best_delay_s(self) -> float:
        """Middle of the likeliest step, by its probability per time."""
        edges = self.delay_edges_s
        step = int((self.evidence.joint.sum(axis=1) / np.diff(edges)).argmax())
        return float(0.5 * (edges[step] + edges[step + 1]))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EventAssessment:
    """One event with what the samples say of it."""

    event_id: str
    origin: Origin | None
    magnitude: tuple[str, float] | None
    """Type and value of the one that was looked at."""
    epicentre: Epicentre | None
    most_bq: float
    weighed: Weighed | None
    """None where nothing could be weighed."""
    region_km: float | None = None
    """From the ellipse to the 90 % region of a source that explains the samples; 0 inside."""
    next_samples: tuple[NextSample, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def log10_bayes_factor(self) -> float:
        """Of a release at the event against background alone; 0 where nothing was weighed."""
        return 0.0 if self.weighed is None else self.weighed.evidence.log10_bayes_factor

    @property
    def decision(self) -> str:
        """``for``, ``against`` or ``not_decidable``."""
        if self.weighed is None or abs(self.log10_bayes_factor) <= DECIDES_LOG10:
            return "not_decidable"
        return "for" if self.log10_bayes_factor > 0.0 else "against"


@dataclass(slots=True, eq=False, kw_only=True)
class FusionView:
    """All events."""

    events: tuple[EventAssessment, ...]
    samples: tuple[FusedSample, ...]
    nuclides: tuple[str, ...]
    reference: str
    params: FusionParams
    place_error_km_per_day: float
    delay: DelayPrior
    prior_odds: float | None
    backgrounds: tuple[BackgroundView, ...]
    emitters_named: bool
    samples_alone: tuple[str, ...] = ()
    fields_alone: tuple[str, ...] = ()
    unusable: tuple[tuple[str, str], ...] = ()
    region_rings: tuple[FloatArray, ...] = ()
    """Outline of the 90 % region of a source, longitude and latitude, deg."""
    remarks: list[Reason] = field(default_factory=list)

    @property
    def simulated(self) -> bool:
        """Whether a sample or an event is simulated."""
        own = [one.origin.simulated for one in self.events if one.origin is not None]
        return any(one.pair.simulated for one in self.samples) or any(own)

    def probability(self, one: EventAssessment) -> float | None:
        """Return the posterior probability of a release at an event; None without prior odds."""
        if self.prior_odds is None or one.weighed is None:
            return None
        log10 = one.log10_bayes_factor + math.log10(self.prior_odds)
        return 1.0 / (1.0 + 10.0**-log10) if log10 > -300.0 else 0.0
