"""Detections in the vigie JSON document: what was found at one station, and what of its record."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from vigie.formats.vigie_json.units import (  # noqa: TC001 — msgspec reads them
    Azimuth,
    ChannelCode,
    Degrees,
    Hertz,
    MetresPerSecond,
    Nanometres,
    Number,
    Seconds,
    Slowness,
    Time,
)


class MaskItem(Struct, kw_only=True):
    """An interval of a channel that is not to be trusted."""

    channel: ChannelCode
    start: Time
    end: Annotated[str, Meta(description="time just after the last bad sample")]
    kind: Annotated[
        str,
        Meta(description="gap, overlap, dead, taper, spike, clipped, step, noisy or analyst"),
    ]
    method: Annotated[str, Meta(description="what found it")] = ""
    author: str = "vigie"
    n_samples: int | None = None


class ExcludedItem(Struct, kw_only=True):
    """An array element that was left out."""

    element: str
    reason: str


class AmplitudeItem(Struct, kw_only=True):
    """One amplitude measurement."""

    type: Annotated[str, Meta(description="A5/2, SBSNR, ALR, noise:A5/2 ...")]
    value: float
    unit: Annotated[str, Meta(description="nm, nm/s, Pa or count")]
    sigma: float | None = None
    period_s: Seconds | None = None
    time: Time | None = None
    band_hz: tuple[float, float] | None = None
    snr: Number | None = None
    clipped: bool = False


class BandFeatureItem(Struct, kw_only=True):
    """One number measured of a hydroacoustic signal in one band."""

    name: str
    value: float
    band_hz: tuple[float, float]


class ChargeAtDepthItem(Struct, kw_only=True):
    """The charge that would make a bubble period at one depth."""

    depth_m: Annotated[float, Meta(description="of the explosion, m")]
    charge_kg: Annotated[float, Meta(description="kg of TNT that make this bubble")]
    low_kg: Annotated[float, Meta(description="lower end of the 90 % interval at that depth")]
    high_kg: Annotated[float, Meta(description="upper end")]
    grazing_deg: Annotated[
        Degrees | None,
        Meta(
            description="angle at the source from the horizontal that the ghost implies, if any can"
        ),
    ] = None


class DetectionItem(Struct, kw_only=True):
    """A signal found at one station; with a phase name, an arrival."""

    id: str = ""
    station: str
    network: str = ""
    channel: ChannelCode | None = None
    time: Time
    time_sigma: Annotated[Seconds | None, Meta(description="standard error, s")] = None
    phase: str | None = None
    azimuth_deg: Annotated[
        Azimuth | None, Meta(description="station to source, deg clockwise from north")
    ] = None
    azimuth_deg_sigma: Degrees | None = None
    slowness_s_per_deg: Slowness | None = None
    slowness_s_per_deg_sigma: Slowness | None = None
    amplitude_nm: Nanometres | None = None
    amplitude_nm_sigma: Nanometres | None = None
    period_s: Seconds | None = None
    period_s_sigma: Seconds | None = None
    freq_hz: Hertz | None = None
    freq_hz_sigma: Hertz | None = None
    snr: Number | None = None
    snr_sigma: Number | None = None
    duration_s: Seconds | None = None
    duration_s_sigma: Seconds | None = None
    rectilinearity: Annotated[Number | None, Meta(description="0 to 1")] = None
    rectilinearity_sigma: Number | None = None
    first_motion: Annotated[str | None, Meta(description="c (up) or d (down)")] = None
    onset: Annotated[str | None, Meta(description="i impulsive, e emergent, q questionable")] = None
    analysis: Annotated[str, Meta(description="a automatic, m by a person")] = "a"
    elements: list[str] = field(default_factory=list)
    excluded_elements: list[ExcludedItem] = field(default_factory=list)
    masks: list[MaskItem] = field(default_factory=list)
    remarks: Annotated[
        list[str], Meta(description="why a value is missing or uncertain, in words")
    ] = field(default_factory=list)
    wave_type_probabilities: Annotated[
        dict[str, float], Meta(description="of N noise, T teleseismic, P and S regional")
    ] = field(default_factory=dict)
    amplitudes: list[AmplitudeItem] = field(default_factory=list)
    technology: Annotated[
        Literal["seismic", "hydroacoustic", "infrasound", "radionuclide"],
        Meta(description="of the station"),
    ] = "seismic"
    trace_velocity_m_s: MetresPerSecond | None = None
    trace_velocity_m_s_sigma: MetresPerSecond | None = None
    band_hz: Annotated[
        tuple[float, float] | None, Meta(description="lowest and highest frequency found, Hz")
    ] = None
    p_value: Annotated[
        Number | None, Meta(description="chance that noise is as coherent, all trials counted")
    ] = None
    consistency_s: Annotated[
        Seconds | None, Meta(description="rms closure of delays between elements, s")
    ] = None
    correlation: Annotated[Number | None, Meta(description="mean over pairs of elements")] = None
    family_size: Annotated[
        int | None, Meta(description="pixels of time and frequency that make the signal")
    ] = None
    fisher_ratio: Annotated[
        Number | None, Meta(description="power of the beam over what is left on the elements")
    ] = None
    n_elements: Annotated[
        int | None, Meta(description="elements that took part, where their names are not known")
    ] = None
    pseudo_period_s: Annotated[
        Seconds | None, Meta(description="pseudo-period of PMCC bulletins, s")
    ] = None
    class_probabilities: Annotated[
        dict[str, float], Meta(description="of H explosion in water, T earthquake, N noise")
    ] = field(default_factory=dict)
    bubble_period_s: Seconds | None = None
    bubble_period_s_sigma: Seconds | None = None
    ghost_delay_s: Annotated[
        Seconds | None, Meta(description="reflection from the sea surface behind the direct wave")
    ] = None
    ghost_delay_s_sigma: Seconds | None = None
    charge_locus: Annotated[
        list[ChargeAtDepthItem],
        Meta(description="charge against depth of the bubble period, from the least depth down"),
    ] = field(default_factory=list)
    band_features: list[BandFeatureItem] = field(default_factory=list)
    method: str = ""
    author: str = "vigie"
    event: Annotated[
        str | None, Meta(description="event by which the source grouped it, if it did")
    ] = None
    simulated: bool = False
