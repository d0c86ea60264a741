"""What the location and grouping of infrasound can be told."""

from __future__ import annotations

from dataclasses import dataclass, field

from vigie.network.infrasound.hearing import Sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundLocateParams:
    """Parameters of ``locate_infrasound``.

    The first three stand in for what a detection does not state; they are chosen. The others are
    chosen too, and the coverage of the regions measured with them (docs/methods).
    """

    time_sigma_s: float = 10.0
    """Standard error of a time that states none: half of a usual window of 20 s."""
    azimuth_sigma_deg: float = 3.0
    """Standard error of an azimuth that states none."""
    least_azimuth_sigma_deg: float = 0.5
    """No measured azimuth is believed more than this: position and height of the elements."""
    outlier_probability: float = 0.03
    """Chance that a detection is not of the event."""
    outlier_window_s: float = 3600.0
    """Length over which the time of such a detection is even; its azimuth is even all around."""
    coda_share: float = 0.5
    """Chance that a later detection of an array is the end of the wave train before it rather than
    a phase of its own, so that its time tells nothing of the path: where as many come later as
    phases of their own are expected."""
    further_phases: float | None = 0.25
    """Later detections of an array that are phases of their own, as expected. What else comes later
    at the arrays of an event tells how much coda it sends, and raises the chance; None for
    ``coda_share`` always."""
    coda_s: float = 600.0
    """Half of them come so long after the first detection of the array; later ones are the rarer
    with the square of the time. With none later than this, 63 % of 90 % regions of three arrays and
    more held the truth amid coda of 15 minutes (35 simulated events)."""
    coda_deviation_deg: float = 40.0
    """Further standard error of the azimuth of such a later detection, phase or coda, so that it
    tells hardly more than the first did: coda of Humming Roadrunner 5 was 14 deg off at W420."""
    same_phase_s: float = 30.0
    """Detections of an array so near one another are one phase in several bands: their path errs
    alike, and together they tell its time once."""
    max_range_km: float = 20_100.0
    """The antipode."""
    sizes: Sizes = field(default_factory=Sizes)
    """How far events are heard: arrays that heard it draw the place toward them."""
    path_deviation_deg: float = 1.0
    """Standard error of the azimuth beside what a profile and its winds tell: those along the path
    differ. The likeliest for 2,849 simulated azimuths, of which 88.3 % then lie in their 90 %, as
    they should with 2 % strays; with 1.5, 56 % lay in their 50 %."""
    celerity_common_s_per_km: float = 0.04
    """Standard error of reciprocal celerity that all paths have in common: winds of one day. Of
    standard residuals of 1,400 simulated times those of one event correlate by 0.01 to 0.02."""
    confidences: tuple[float, ...] = (0.5, 0.9, 0.95)
    """Of regions and ellipses."""
    max_cells: int = 3000
    """Triangles kept from level to level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupParams:
    """Parameters of the grouping; chosen where no source is named."""

    max_range_km: float = 3000.0
    """Farther sources are not looked for; they must be large to be heard by two arrays."""
    fast_s_per_km: float = 2.8
    """Reciprocal celerity of the fastest arrivals (tropospheric, 0.36 km/s)."""
    mean_s_per_km: float = 3.4
    slow_s_per_km: float = 4.5
    """Of the slowest looked for (thermospheric, 0.22 km/s; the peer's search ends there too)."""
    deviation_sigma_deg: float = 4.0
    """Of azimuths, by crosswinds."""
    merge_km: float = 60.0
    """Candidates closer than this are one."""
    events_per_day: float = 24.0
    """Expected within the reach of the arrays, until the events found tell better."""
    prior_noise_interval_s: float = 3600.0
    """Time between detections of an array about which nothing is known yet."""
    hearings: tuple[float, ...] = (0.7,)
    """Chance that an array beside an event hears it, by kind of event ..."""
    scales_km: tuple[float, ...] = (1500.0,)
    """... which falls by e over so many km ..."""
    shares: tuple[float, ...] = (1.0,)
    """... and the share of the kind."""
    each_array_once: bool = False
    """Whether of several detections of an array only the best counts: its later ones of a train of
    hours tell nothing new."""
    by_train: bool = False
    """Whether noise is counted by wave train and by side, not by detection (``noise``)."""
    min_log_odds: float = -1.0
    """Least log odds of an event against noise."""
    min_gain: float = 1.0
    """Least gain of each of its detections."""

    @property
    def gate_s(self) -> float:
        """Longest travel time."""
        return self.max_range_km * self.slow_s_per_km


FAR = GroupParams(
    max_range_km=20_040.0,
    fast_s_per_km=2.9,
    slow_s_per_km=4.1,
    hearings=(0.7, 0.7, 0.35, 0.7, 0.35),
    scales_km=(1500.0, 6000.0, 6000.0, 20_000.0, 20_000.0),
    shares=(0.984, 0.008, 0.008, 2e-4, 2e-4),
    each_array_once=True,
    by_train=True,
    min_log_odds=2.0,
)
"""Of events of any size, heard as far as the antipode. Shares fall with the third power of the
scale (``hearing``): at 24 events a day three a year are heard everywhere. Of the large ones half
are heard by half the arrays: Chelyabinsk was by 20 of 44, Hunga by all."""
LEAST_ARRAYS = 4
"""That a far event must be heard by: three azimuths with some time cross somewhere by chance."""
