"""Detections: signals found at one station. With a phase name, an arrival."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vigie.records.mask import Mask
from vigie.records.station import Technology
from vigie.records.waveform import ChannelId


@dataclass(frozen=True, slots=True)
class ExcludedElement:
    """An array element that was left out, and why."""

    element: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amplitude:
    """One amplitude measurement of a detection, or noise at a predicted arrival."""

    type: str
    """``A5/2``, ``SBSNR``, ``ALR``, ``noise:A5/2`` ..."""
    value: float
    unit: str
    """``nm``, ``nm/s``, ``Pa`` or ``count``."""
    sigma: float | None = None
    period_s: float | None = None
    time_ns: int | None = None
    band_hz: tuple[float, float] | None = None
    snr: float | None = None
    clipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BandFeature:
    """One number measured of a hydroacoustic signal in one band."""

    name: str
    """As in Annex 2 of the Treaty's Protocol where it names it, ``wide_band_energy_db`` ..."""
    value: float
    band_hz: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeAtDepth:
    """The charge that would make a bubble period at one depth, kg of TNT."""

    depth_m: float
    charge_kg: float
    low_kg: float
    """Lower end of the 90 % interval at that depth."""
    high_kg: float
    grazing_deg: float | None = None
    """Angle at the source, from the horizontal, at which the surface ghost has its delay; None
    without a ghost, and where it is too shallow for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """A signal found at one station, with what was measured of it.

    A measured value that is None was not measured. Each has a ``_sigma`` twin, its
    standard error in the same unit. The phase is the station's own; an association may
    name another.
    """

    id: str
    station: str
    time_ns: int
    time_sigma_s: float | None = None
    phase: str | None = None
    network: str = ""
    channel: ChannelId | None = None
    """Channel or beam on which the onset was read."""
    azimuth_deg: float | None = None
    """From the station to the source (back azimuth), clockwise from north."""
    azimuth_deg_sigma: float | None = None
    slowness_s_per_deg: float | None = None
    slowness_s_per_deg_sigma: float | None = None
    amplitude_nm: float | None = None
    """Zero to peak, at ``period_s``; ground displacement."""
    amplitude_nm_sigma: float | None = None
    period_s: float | None = None
    period_s_sigma: float | None = None
    freq_hz: float | None = None
    freq_hz_sigma: float | None = None
    snr: float | None = None
    snr_sigma: float | None = None
    duration_s: float | None = None
    duration_s_sigma: float | None = None
    rectilinearity: float | None = None
    rectilinearity_sigma: float | None = None
    first_motion: str | None = None
    """``c`` (up) or ``d`` (down)."""
    onset: str | None = None
    """``i`` impulsive, ``e`` emergent, ``q`` questionable."""
    analysis: str = "a"
    """``a`` automatic, ``m`` read by a person; empty where unknown."""
    wave_type_probabilities: tuple[tuple[str, float], ...] = ()
    """Of N (noise), T (teleseismic), P and S (regional); they sum to 1."""
    technology: Technology = Technology.SEISMIC
    trace_velocity_m_s: float | None = None
    """Speed with which the wave crosses an array of sound sensors."""
    trace_velocity_m_s_sigma: float | None = None
    band_hz: tuple[float, float] | None = None
    """Lowest and highest frequency at which the signal was found."""
    p_value: float | None = None
    """Chance that noise is as coherent, all that was searched counted."""
    consistency_s: float | None = None
    """Rms closure of the delays between elements."""
    correlation: float | None = None
    """Mean over the pairs of elements."""
    family_size: int | None = None
    """Pixels of time and frequency that make the signal."""
    fisher_ratio: float | None = None
    """Power of the beam over that of what is left on the elements, at the strongest."""
    n_elements: int | None = None
    """How many elements took part, where their names are not known."""
    pseudo_period_s: float | None = None
    """As PMCC bulletins give it; its definition is not published."""
    class_probabilities: tuple[tuple[str, float], ...] = ()
    """Of H (in-water explosion), T (earthquake through the water) and N (noise); they sum to 1."""
    bubble_period_s: float | None = None
    bubble_period_s_sigma: float | None = None
    ghost_delay_s: float | None = None
    """Of the reflection from the sea surface behind the direct wave."""
    ghost_delay_s_sigma: float | None = None
    charge_locus: tuple[ChargeAtDepth, ...] = ()
    """Charges of the bubble period against depth, from the least possible depth down."""
    band_features: tuple[BandFeature, ...] = ()
    amplitudes: tuple[Amplitude, ...] = ()
    elements: tuple[str, ...] = ()
    """Array elements, or components, that took part."""
    excluded_elements: tuple[ExcludedElement, ...] = ()
    masks: tuple[Mask, ...] = ()
    """Masks of the detection's channels within its window."""
    remarks: tuple[str, ...] = ()
    """What whoever uses its values must know, in words: why one is missing or uncertain."""
    author: str = "vigie"
    method: str = ""
    group: str | None = None
    """Event by which the source grouped it, if it did."""
    simulated: bool = False

    def with_phase(self, phase: str | None) -> Detection:
        """Return the same detection under another phase name."""
        return replace(self, phase=phase)


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """A detection tied to an origin, with the phase it has there."""

    detection_id: str
    station: str
    phase: str
    delta_deg: float | None = None
    seaz_deg: float | None = None
    """Azimuth from the station to the event."""
    esaz_deg: float | None = None
    """Azimuth from the event to the station."""
    time_residual_s: float | None = None
    """Observed minus predicted, corrections applied."""
    azimuth_residual_deg: float | None = None
    slowness_residual_s_per_deg: float | None = None
    time_defining: bool = False
    azimuth_defining: bool = False
    slowness_defining: bool = False
    weight: float | None = None
    """Of the time in the location, 0 to 1."""
    time_error_s: float | None = None
    """Total standard error of the time: measurement and model."""
    reason: str = ""
    """Why it is not defining, in a word, where it is not."""

    @property
    def defining(self) -> bool:
        """Whether any of its observations helped to locate the event."""
        return self.time_defining or self.azimuth_defining or self.slowness_defining
