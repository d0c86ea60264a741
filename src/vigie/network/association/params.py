"""What the association can be told, and what it chooses itself from the network's geometry."""

from __future__ import annotations

from dataclasses import dataclass, field

from vigie.network.definition import EventDefinition, load_definition


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociateParams:
    """Parameters of ``associate``; None means chosen from the data.

    Every default holds for networks of any size: lengths are measured in distances between
    stations, rates come from the detections.
    """

    definition: EventDefinition = field(default_factory=lambda: load_definition("default"))
    """What counts as an event; see ``vigie.network.definition``."""
    min_log_odds: float = 0.0
    """Least log odds of an event against chance, all trials counted (Arora et al. 2013 keep
    at 0 too). Measured amid 300 % Poisson noise: none false beside 153 events, one beside 72;
    four of twelve scenes of small networks gave one false event, of log odds 0.1 to 2."""
    events_per_hour: float = 4.6
    """Expected rate of events (Arora et al. 2013: 0.001266 per s, world-wide), until the events
    found tell better."""
    max_depth_km: float = 700.0
    """Deepest event (Arora et al. 2013)."""
    shallow_scale_km: float = 35.0
    """Nine events of ten lie in an exponential of this scale, the rest anywhere deeper."""
    reading_sigma_s: float | None = None
    """Standard error of a time that states none; None: from the spacing of stations, 0.1-1 s."""
    model_sigma_scale: float = 1.0
    """Factor on the predictor's model errors."""
    region_margin: float = 0.5
    """How far beyond its stations a network looks, in apertures; world-wide networks look
    everywhere."""
    max_distance_deg: float = 180.0
    """How far a network looks that need not look everywhere; its own region, by
    ``region_margin``, it always does."""
    cell_fraction: float = 0.2
    """Radius of a grid cell over the distance to its fourth-nearest station."""
    prior_noise_interval_s: float = 1200.0
    """Time between noise detections of a station about which nothing is known yet."""
    coda_rate: float = 0.15
    """Detections that coda adds, per natural logarithm of lapse time (Omori-like law). Up to half
    of all arrivals are coda (Arora et al. 2013)."""
    max_candidates: int = 20_000
    """Hypotheses looked at per window, best first."""
    relocate: bool = True
    """Whether the network locator gives the final origin."""
