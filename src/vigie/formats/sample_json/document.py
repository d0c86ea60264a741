"""The JSON document of radionuclide samples: what its keys are.

Peaks, evidence, limits and flags stand as in their records; the items here differ from the
records in that times are texts and reasons carry their sentence.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from vigie.formats.vigie_json.units import Number, Time  # noqa: TC001 — msgspec reads them
from vigie.records import (  # noqa: TC001 — msgspec reads them
    CharacteristicLimits,
    LineEvidence,
    Peak,
    QualityFlag,
    RatioKind,
)

VERSION = 1
"""Of the document; grows when a reader has to change."""
Limit = Annotated[float | None, Meta(description="in `unit`")]


class Head(Struct, kw_only=True):
    """What the document is."""

    document: Literal["samples"]
    version: int = VERSION


class ReasonItem(Struct, kw_only=True):
    """Why something is as it is."""

    code: Annotated[str, Meta(description="stable key")]
    params: Annotated[dict[str, str | float], Meta(description="what fills the sentence")] = field(
        default_factory=dict
    )
    text: Annotated[str, Meta(description="the sentence in English")] = ""


class NuclideItem(Struct, kw_only=True):
    """Activity and concentration of one nuclide by one method."""

    nuclide: Annotated[str, Meta(description="`Cs-137`, `Xe-133m`")]
    method: Annotated[str, Meta(description="peaks, net_counts, matrix, likelihood")]
    activity_bq: Annotated[
        float | None,
        Meta(description="at the start of the acquisition, Bq; null without an efficiency"),
    ]
    activity_sigma_bq: Annotated[float | None, Meta(description="standard error, Bq")]
    concentration: Annotated[
        float | None, Meta(description="mean over the collection, in `unit`; null without air")
    ] = None
    uncertainty: Annotated[float | None, Meta(description="its standard error, in `unit`")] = None
    unit: Annotated[str, Meta(description="uBq/m3, mBq/m3, or Bq where no air was collected")]
    critical_level: Annotated[float | None, Meta(description="L_C at 5 %, in `unit`")] = None
    mdc: Annotated[float | None, Meta(description="found with 95 %, in `unit`")] = None
    detected: bool
    low: Annotated[float | None, Meta(description="of the 95 % interval, in `unit`")] = None
    high: Limit = None
    limits: Annotated[CharacteristicLimits | None, Meta(description="by ISO 11929, in `unit`")] = (
        None
    )
    p_value: Annotated[Number | None, Meta(description="chance of as much where there is none")] = (
        None
    )
    probability: Annotated[Number | None, Meta(description="of the identification")] = None
    evidence: Annotated[
        list[LineEvidence], Meta(description="each line: what was expected, what is there")
    ] = field(default_factory=list)
    mdc_line_kev: Annotated[float | None, Meta(description="line of the MDC, keV")] = None
    half_life_s: Annotated[
        Annotated[float, Meta(gt=0.0)] | None, Meta(description="s, above 0")
    ] = None
    supported_by: Annotated[str, Meta(description="parent that keeps it in equilibrium")] = ""
    decay_factors: Annotated[
        tuple[float, float, float] | None, Meta(description="K_c, K_d, K_a")
    ] = None
    withheld: Annotated[
        bool, Meta(description="nothing is said of it, not even that it is absent: remarks tell")
    ] = False
    remarks: list[ReasonItem] = field(default_factory=list)


class RatioItem(Struct, kw_only=True):
    """Ratio of two activities, as a set of values that the data allow."""

    numerator: str
    denominator: str
    value: Number | None = None
    kind: Annotated[RatioKind, Meta(description="shape of the set")]
    low: Number | None = None
    high: Number | None = None
    probability: Number = 0.95
    at: Annotated[Time | None, Meta(description="time for which it holds")] = None
    remarks: list[ReasonItem] = field(default_factory=list)


class ZeroTimeItem(Struct, kw_only=True):
    """When two nuclides were made, if together and at once."""

    numerator: str
    denominator: str
    scenario: Annotated[
        str, Meta(description="pure_decay, full_ingrowth, fractionated, parent_daughter")
    ]
    time: Time | None = None
    earliest: Annotated[Time | None, Meta(description="null where unbounded")] = None
    latest: Time | None = None
    probability: Number = 0.95
    remarks: list[ReasonItem] = field(default_factory=list)


class InputItem(Struct, kw_only=True):
    """A message that entered the analysis."""

    role: str
    sha256: str


class SampleItem(Struct, kw_only=True):
    """One analysis of one sample."""

    file: Annotated[str, Meta(description="path of the sample's file, where known")] = ""
    station: str
    detector: str = ""
    sample_id: str = ""
    technology: Literal["particulate", "noble_gas"]
    collection_start: Time | None = None
    collection_stop: Time | None = None
    acquisition_start: Time | None = None
    air_volume_m3: Annotated[
        float | None, Meta(description="with which concentrations were computed, m3")
    ] = None
    category: Annotated[
        str | None, Meta(description="1 to 5, or A to C; null where it was not judged")
    ] = None
    category_rule: Annotated[str, Meta(description="id of the rule that decided")] = ""
    rules_version: str = ""
    category_nuclides: Annotated[
        list[str] | None,
        Meta(description="unusual by a history long enough to tell; null where nobody says which"),
    ] = None
    reasons: Annotated[list[ReasonItem], Meta(description="of the category")] = field(
        default_factory=list
    )
    flags: Annotated[list[QualityFlag], Meta(description="quality checks")] = field(
        default_factory=list
    )
    nuclides: Annotated[
        list[NuclideItem], Meta(description="detected ones first; of a gas the main method first")
    ] = field(default_factory=list)
    covariance: Annotated[
        list[list[float]], Meta(description="of the main method's concentrations, in order")
    ] = field(default_factory=list)
    ratios: list[RatioItem] = field(default_factory=list)
    zero_times: list[ZeroTimeItem] = field(default_factory=list)
    peaks: Annotated[list[Peak], Meta(description="all that were fitted")] = field(
        default_factory=list
    )
    remarks: Annotated[
        list[ReasonItem], Meta(description="what was repaired, missing or left out")
    ] = field(default_factory=list)
    inputs: list[InputItem] = field(default_factory=list)
    simulated: bool = False
    version: Annotated[str, Meta(description="of vigie")] = ""
    message_type: Annotated[
        str, Meta(description="SAMPLEPHD, SPIKEPHD ...; empty where it is not stated")
    ] = ""
    full: Annotated[
        bool | None, Meta(description="false of a preliminary message; null where not stated")
    ] = None
    live_time_s: Annotated[float | None, Meta(description="of the acquisition, s")] = None
    air_volume_sigma_m3: Annotated[
        float | None, Meta(description="standard error, m3; null where none is stated")
    ] = None


class Document(Struct, kw_only=True):
    """A document of samples."""

    vigie: Head
    samples: list[SampleItem] = field(default_factory=list)


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **msgspec.json.schema(Document),
    }
