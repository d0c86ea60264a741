"""What the association of hydroacoustic arrivals can be told."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.network.definition import EventDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class HydroParams:
    """Parameters of ``associate_hydro``; chosen where no source is named."""

    definition: EventDefinition | None = None
    """What counts as an event; the default one if left out."""
    h_sigma_s: float = 2.0
    """Standard error of an H time that states none (1 to 5 s are usual)."""
    t_sigma_s: float = 10.0
    """Of a T time that states none: the beginning of a spindle of 10 to 300 s."""
    coupling_sigma_s: float = 15.0
    """Beside the predictor's error of T, in the search alone: where it enters the water."""
    azimuth_sigma_deg: float = 3.0
    """Standard error of an azimuth that states none."""
    noise_classes: tuple[float, float, float] = (0.1, 0.3, 0.6)
    """Shares of H, T and N among detections that are of no event at hand."""
    label_trust: float = 0.8
    """Chance that a phase name without class probabilities is right."""
    class_floor: float = 0.02
    """No class is less likely than this, whatever the classifier says."""
    prior_noise_interval_s: float = 3600.0
    """Time between detections of a station about which nothing is known yet."""
    hearing: float = 0.6
    """Chance that a working hydrophone hears an explosion in the sea to which its path is open."""
    t_hearing: float = 0.2
    """Chance that a station hears the T of an earthquake; its silence tells nothing."""
    seismic_hearing: float = 0.15
    """Chance that a seismic station has the P of an event that hydrophones found."""
    water_share: float = 0.02
    """Of seismic events that are in the water."""
    rock_share: float = 0.25
    """Of seismic events that have T (a quarter of those of the Reviewed Event Bulletin: Hanson et
    al. 2001, Pure Appl. Geophys. 158, 425-456)."""
    other_phase: float = 0.1
    """Share of T among arrivals of a source in the water, and of H of one in rock."""
    min_gain: float = 1.5
    """Least gain of each arrival that joins."""
    min_log_odds: float = 0.0
    """Least log odds of an event of hydroacoustic arrivals against noise."""
    events_per_day: float = 5.0
    """Expected events in all seas that two hydroacoustic stations hear as H."""
    merge_km: float = 60.0
    """Candidates closer than this are one."""
    max_candidates: int = 400
    """Places that are settled, best first."""
    water_depth_km: float = 10.0
    """Deeper sources make no H; no sea is as deep (phase windows of the IDC)."""
    t_depth_km: float = 300.0
    """Deeper sources make no T that the IDC's phase windows allow."""
