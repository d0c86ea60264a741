"""What the processing of a hydrophone station can be told."""

from __future__ import annotations

from dataclasses import dataclass, field

from vigie.hydroacoustic.cepstrum import CepstrumParams
from vigie.signal.pmcc import FamilyParams, PmccBand, PmccParams
from vigie.signal.quality import QualityParams


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorParams:
    """How signals are found in the power of bands."""

    cycles: float = 4.0
    """Time times bandwidth of the short mean, within the limits:"""
    short_s: tuple[float, float] = (0.4, 2.0)
    long_s: float = 20.0
    noise_window_s: float = 1200.0
    """Twenty minutes; a T phase lasts a quarter of that."""
    noise_step_s: float = 30.0
    noise_quantile: float = 0.3
    """Lower than the median: signals of up to half the window do little."""
    false_alarms_per_hour: float = 0.5
    """Of one hydrophone in one band, in Gaussian noise."""
    least_short_db: float = 3.0
    least_long_db: float = 1.5
    """Whatever the law says: the level of the sea is not that constant."""
    low_probability: float = 0.02
    """Noise exceeds the level at which a signal ends with this chance."""
    join_short_s: float = 1.5
    join_long_s: float = 10.0
    """Shorter pauses do not end a signal."""
    min_hydrophones: int = 2
    """That must hear a signal within the time it takes to cross, where so many record."""
    alone_false_alarms_per_hour: float = 1e-3
    """Where one hydrophone records: as seldom as two agree by chance ..."""
    alone_short_db: float = 6.0
    alone_long_db: float = 3.0
    """... and above what the sea itself does at one place."""
    impulse_share: float = 0.6
    """Share of a long signal's energy in short ones from which it is a series of those."""
    impulse_cover: float = 0.4
    """They then fill less than this share of its time."""
    max_length_s: float = 900.0
    """Longer signals are cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionParams:
    """How azimuth and speed are measured, and when they are believed."""

    timing_sigma_s: float = 0.001
    """Of one hydrophone: clock, and sway within a signal."""
    station_sigma_deg: float = 0.5
    """Sway of moorings and bent paths; until located events of the triplet say otherwise."""
    speed_km_s: tuple[float, float] = (1.4, 1.6)
    """Gate; distant sound in the channel crosses at 1.45 to 1.52."""
    usual_speed_km_s: float = 1.483
    speed_is_local: bool = True
    """Whether the usual speed is instead the climatological one of the channel's axis at the
    station: 1.463 (Crozet) to 1.490 km/s (Diego Garcia) at those of the IMS."""
    usual_speed_sigma_km_s: float = 0.006
    """Of the true sound speed at the hydrophones about the usual one."""
    min_correlation: float = 0.15
    max_closure_s: float = 0.005
    """Closure of delays that one wave may have beyond the errors of correlation."""
    window_s: tuple[float, float] = (1.0, 20.0)
    """Least and greatest window of correlation, past the onset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassParams:
    """When a class is named."""

    min_probability: float = 0.6
    """Below it the phase is N, whatever is most probable."""
    context_s: float = 150.0
    """Before and after a signal, in which repetitions are looked for."""


PMCC_WINDOW_S = 4.0
"""PMCC compares the same window at all hydrophones: twice the time in which sound crosses them.
In shorter ones (0.1-0.5 s were tried) pulses leave the window and azimuths are wrong by 20 deg."""


def hydro_pmcc_bands() -> tuple[PmccBand, ...]:
    """Return the octaves from 2 to 60 Hz."""
    lows = (2.0, 4.0, 8.0, 16.0, 32.0)
    return tuple(PmccBand(low, min(2.0 * low, 60.0), PMCC_WINDOW_S) for low in lows)


@dataclass(frozen=True, slots=True, kw_only=True)
class HydroRecipe:
    """All parameters of the processing of one hydrophone station."""

    name: str = "default"
    detector: DetectorParams = field(default_factory=DetectorParams)
    direction: DirectionParams = field(default_factory=DirectionParams)
    cepstrum: CepstrumParams = field(default_factory=CepstrumParams)
    classes: ClassParams = field(default_factory=ClassParams)
    pmcc: PmccParams = field(
        default_factory=lambda: PmccParams(
            bands=hydro_pmcc_bands(),
            step=0.1,
            consistency=0.1,
            least_consistency_s=0.003,
            crossing=0.02,
            min_velocity_km_s=1.4,
            max_velocity_km_s=1.6,
        )
    )
    """Late arrivals and changes of direction through the wave train."""
    families: FamilyParams = field(
        default_factory=lambda: FamilyParams(
            time_windows=3.0, velocity_share=0.05, azimuth_deg=4.0, min_pixels=5
        )
    )
    quality: QualityParams = field(default_factory=QualityParams)
    piece_s: float = 3600.0
    """Records are filtered in pieces, to keep little in memory."""

    @property
    def history_s(self) -> float:
        """Record before an instant that its detections depend on."""
        return self.detector.noise_window_s + self.detector.max_length_s
