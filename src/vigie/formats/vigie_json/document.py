"""The vigie JSON document, described once: reader, writer, JSON Schema and docs follow from it.

A document has a head ``vigie`` that says what it is, ``detections`` and ``events``. Keys
that are not described here may be added by a program; readers pass over them. What is not
known is ``null``; there is no NaN. Times are ISO 8601 UTC with ``Z``, to the nanosecond.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from vigie.formats.vigie_json.detections import DetectionItem  # noqa: TC001 — msgspec reads it
from vigie.formats.vigie_json.units import (  # noqa: TC001 — msgspec reads them
    Azimuth,
    Degrees,
    Kilometres,
    Nanometres,
    Number,
    Seconds,
    Slowness,
    Time,
)

VERSION = 1
"""Of the document; grows when a reader has to change."""


class Head(Struct, kw_only=True):
    """What the document is."""

    document: Literal["detections", "events"]
    version: int = VERSION


class EllipseItem(Struct, kw_only=True):
    """A region that holds the epicentre with a stated probability."""

    kind: Literal["coverage", "confidence", "k_weighted"]
    confidence: Annotated[float, Meta(description="between 0 and 1")]
    semi_major_km: Kilometres
    semi_minor_km: Kilometres
    strike_deg: Annotated[float, Meta(description="of the major axis, deg clockwise from north")]


class RegionItem(Struct, kw_only=True):
    """The smallest region of any shape that holds the epicentre with a stated probability."""

    probability: Annotated[float, Meta(description="between 0 and 1")]
    outlines: Annotated[
        list[list[tuple[float, float]]],
        Meta(description="closed lines of latitude and longitude, deg, around it and its holes"),
    ] = field(default_factory=list)


class ArrivalItem(Struct, kw_only=True):
    """A detection of the event's preferred (or another) origin."""

    station: str
    phase: Annotated[str, Meta(description="the phase it has in this origin")]
    time: Time | None = None
    time_residual_s: Annotated[Seconds | None, Meta(description="observed minus predicted, s")] = (
        None
    )
    azimuth_deg: Annotated[
        Azimuth | None, Meta(description="station to event, deg clockwise from north")
    ] = None
    slowness_s_per_deg: Annotated[Slowness | None, Meta(description="measured, s/deg")] = None
    defining: Annotated[bool, Meta(description="any of its observations located the event")] = False
    detection_id: str = ""
    network: str = ""
    delta_deg: Annotated[Degrees | None, Meta(description="distance, deg")] = None
    event_to_station_azimuth_deg: Azimuth | None = None
    measured_azimuth_deg: Azimuth | None = None
    azimuth_residual_deg: Degrees | None = None
    slowness_residual_s_per_deg: Slowness | None = None
    time_defining: bool = False
    azimuth_defining: bool = False
    slowness_defining: bool = False
    weight: Annotated[Number | None, Meta(description="of the time, 0 to 1")] = None
    time_error_s: Annotated[
        Seconds | None, Meta(description="total standard error of the time, s")
    ] = None
    amplitude_nm: Nanometres | None = None
    period_s: Seconds | None = None
    snr: Number | None = None
    reason: Annotated[str, Meta(description="why it is not defining")] = ""


class OriginItem(Struct, kw_only=True):
    """One hypothesis of place and time."""

    id: str = ""
    time: Time
    latitude: Annotated[float, Meta(description="deg, WGS84", ge=-90.0, le=90.0)]
    longitude: Annotated[float, Meta(description="deg, WGS84", ge=-360.0, le=360.0)]
    depth_km: Kilometres | None = None
    depth_fixed: bool = False
    depth_reason: Annotated[
        str, Meta(description="free, default, operator, depth_phases, surface")
    ] = ""
    time_sigma_s: Annotated[Seconds | None, Meta(description="standard error, s")] = None
    depth_sigma_km: Annotated[
        Kilometres | None,
        Meta(description="standard error, km; of a default depth that of the assumption"),
    ] = None
    ellipse: Annotated[
        EllipseItem | None, Meta(description="the 90 % coverage ellipse, or else the first")
    ] = None
    ellipses: list[EllipseItem] = field(default_factory=list)
    regions: list[RegionItem] = field(default_factory=list)
    covariance: Annotated[
        list[list[float]] | None,
        Meta(
            description="4 x 4: north km, east km, depth km, time s; 0 for what was held by "
            "choice, of a default depth the variance of the assumption alone"
        ),
    ] = None
    gap_deg: Degrees | None = None
    secondary_gap_deg: Degrees | None = None
    min_distance_deg: Degrees | None = None
    max_distance_deg: Degrees | None = None
    rms_s: Seconds | None = None
    weighted_rms: Number | None = None
    n_defining: int | None = None
    n_stations: int | None = None
    time_fixed: bool = False
    epicentre_fixed: bool = False
    model: Annotated[str, Meta(description="earth model")] = ""
    method: str = ""
    author: str = "vigie"
    event_type: Annotated[str, Meta(description="two letters of ISF")] = ""
    analysis: Annotated[str, Meta(description="a automatic, m manual, g guess")] = "a"
    score: Annotated[Number | None, Meta(description="log odds of the event against chance")] = None
    warnings: list[str] = field(default_factory=list)
    simulated: bool = False


class StationMagnitudeItem(Struct, kw_only=True):
    """What one station says of the size."""

    station: str
    type: str
    value: float
    sigma: float | None = None
    detection_id: str | None = None
    delta_deg: Degrees | None = None
    phase: str | None = None
    bound: Annotated[str, Meta(description="< where nothing was heard")] = ""
    defining: bool = True
    reason: str = ""


class MagnitudeItem(Struct, kw_only=True):
    """A network magnitude."""

    type: Annotated[str, Meta(description="mb, mbmle, ML, Ms ...")]
    value: float
    sigma: Annotated[
        float | None, Meta(description="standard error, that of the depth included")
    ] = None
    sigma_from_depth: Annotated[
        float | None, Meta(description="the part of it that an uncertain depth makes")
    ] = None
    stations: Annotated[int | None, Meta(description="number of stations")] = None
    bound: Annotated[str, Meta(description="< upper bound, > lower bound")] = ""
    origin_id: str | None = None
    author: str = "vigie"
    number: Annotated[
        int, Meta(description="place among the magnitudes of all origins, from 1; 0: in order")
    ] = 0
    station_magnitudes: list[StationMagnitudeItem] = field(default_factory=list)


class HypothesisItem(OriginItem, kw_only=True):
    """One of all origins of an event, with its arrivals and magnitudes."""

    arrivals: Annotated[
        list[ArrivalItem] | None,
        Meta(description="null for the preferred origin: they stand in the event's `arrivals`"),
    ] = None
    magnitudes: Annotated[
        list[MagnitudeItem] | None,
        Meta(description="null for the preferred origin: they stand in the event's `magnitudes`"),
    ] = None


class ScreeningItem(Struct, kw_only=True):
    """The answer of one screening criterion."""

    criterion: Annotated[str, Meta(description="ms_mb, depth, regional_ps, combined")]
    score: Annotated[
        Number | None,
        Meta(description="standard deviations from the line; positive: earthquake"),
    ] = None
    verdict: Literal["screened_out", "not_screened_out", "insufficient_data", "not_considered"]
    reason: Annotated[str, Meta(description="one plain English sentence")] = ""
    score_sigma: Number | None = None
    code: Annotated[str, Meta(description="key of the sentence in the catalogues")] = ""
    params: Annotated[dict[str, str | float], Meta(description="what fills the sentence")] = field(
        default_factory=dict
    )
    data: Annotated[list[str], Meta(description="ids or stations of what was used")] = field(
        default_factory=list
    )


class YieldItem(Struct, kw_only=True):
    """What one relation says of the size, if the event was an explosion of that kind."""

    relation: Annotated[str, Meta(description="kinney_graham, lanl, stevens, aftac")]
    kind: Annotated[str, Meta(description="chemical or nuclear: what is supposed")]
    quantity: Annotated[str, Meta(description="what was read: amplitude or period")]
    low_kt: Annotated[Number, Meta(description="kilotons of TNT")]
    median_kt: Annotated[Number | None, Meta(description="null beside a bound")] = None
    high_kt: Number | None = None
    probability: Annotated[
        Number, Meta(description="that the yield lies between `low_kt` and `high_kt`")
    ] = 0.9
    sigma_log10: Annotated[Number | None, Meta(description="of log10 of the yield")] = None
    bound: Annotated[str, Meta(description='">": at least `low_kt`')] = ""
    stations: Annotated[list[str], Meta(description="of the readings")] = field(
        default_factory=list
    )
    atmosphere: Annotated[str, Meta(description="whence the winds, where they enter")] = ""
    source: Annotated[str, Meta(description="of the relation")] = ""
    origin_id: str | None = None


class EventItem(Struct, kw_only=True):
    """One thing that happened."""

    id: str = ""
    region: str = ""
    origin: Annotated[
        OriginItem | None, Meta(description="the preferred origin; null where there is none yet")
    ] = None
    arrivals: Annotated[list[ArrivalItem], Meta(description="of the preferred origin")] = field(
        default_factory=list
    )
    magnitudes: Annotated[
        list[MagnitudeItem],
        Meta(description="of the preferred origin, and those that name no origin of the event"),
    ] = field(default_factory=list)
    screening: Annotated[list[ScreeningItem], Meta(description="of the preferred origin")] = field(
        default_factory=list
    )
    yields: Annotated[
        list[YieldItem],
        Meta(description="by infrasound at the preferred origin, had it been an explosion"),
    ] = field(default_factory=list)
    origins: Annotated[list[HypothesisItem], Meta(description="all origins, in order")] = field(
        default_factory=list
    )
    preferred_id: Annotated[
        str | None, Meta(description="id of the preferred origin; null: the last")
    ] = None
    detections: Annotated[
        list[DetectionItem], Meta(description="those that any origin is associated with")
    ] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


class Document(Struct, kw_only=True):
    """A vigie JSON document."""

    vigie: Head
    name: Annotated[str, Meta(description="of the bulletin")] = ""
    author: str = ""
    events: list[EventItem] = field(default_factory=list)
    detections: Annotated[
        list[DetectionItem], Meta(description="those that belong to no event")
    ] = field(default_factory=list)


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **msgspec.json.schema(Document),
    }
