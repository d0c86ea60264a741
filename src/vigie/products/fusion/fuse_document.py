"""The JSON document of events with samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vigie.products.transport.background_document import background_item, sample_item
from vigie.products.transport.source_document import reason_item
from vigie.records import format_iso

if TYPE_CHECKING:
    from vigie.products.fusion.fuse_view import EventAssessment, FusionView, SampleSays, Weighed

VERSION = 1
"""Of the document; grows when a reader has to change."""


def fuse_document(view: FusionView) -> dict[str, Any]:
    """Return the document; what could not be weighed has null."""
    return {
        "vigie": {"document": "fuse", "version": VERSION},
        "simulated": view.simulated,
        "nuclides": list(view.nuclides),
        "reference_nuclide": view.reference,
        "prior": _prior(view),
        "events": [_event(view, one) for one in view.events],
        "background": [background_item(one) for one in view.backgrounds]
        if view.emitters_named
        else None,
        "samples_without_sensitivity": list(view.samples_alone),
        "sensitivities_without_sample": list(view.fields_alone),
        "samples_unusable": [{"sample": name, "reason": why} for name, why in view.unusable],
        "remarks": [reason_item(reason) for reason in view.remarks],
    }


def _prior(view: FusionView) -> dict[str, Any]:
    return {
        "least_bq": view.params.least_bq,
        "most_bq": view.params.most_bq,
        "prompt_weight": view.delay.prompt_weight,
        "prompt_h": view.delay.prompt_h,
        "seepage_mean_d": view.delay.seepage_mean_d,
        "longest_d": view.delay.longest_d,
        "model_error": view.params.model_error,
        "place_error_km_per_day": view.place_error_km_per_day,
        "false_alarm": view.params.false_alarm,
        "odds": view.prior_odds,
    }


def _event(view: FusionView, one: EventAssessment) -> dict[str, Any]:
    origin, weighed = one.origin, one.weighed
    return {
        "event_id": one.event_id,
        "time": None if origin is None else format_iso(origin.time_ns),
        "latitude": None if origin is None else origin.latitude,
        "longitude": None if origin is None else origin.longitude,
        "depth_km": None if origin is None else origin.depth_km,
        "magnitude": None
        if one.magnitude is None
        else {"type": one.magnitude[0], "value": one.magnitude[1]},
        "ellipse": _ellipse(one),
        "log10_bayes_factor": None if weighed is None else one.log10_bayes_factor,
        "decision": one.decision,
        "probability": view.probability(one),
        "most_bq": one.most_bq,
        **_release(weighed),
        "region_km": one.region_km,
        "samples_reached": 0 if weighed is None else weighed.reached,
        "samples": [] if weighed is None else [_says(says) for says in weighed.says],
        "next_samples": [
            {
                "station": sample.station,
                "collection_stop": format_iso(sample.stop_ns),
                "expected_bq_m3": sample.expected_bq_m3,
                "of_critical_level": sample.of_limit,
            }
            for sample in one.next_samples
        ],
        "reasons": [reason_item(reason) for reason in one.reasons],
    }


def _ellipse(one: EventAssessment) -> dict[str, Any] | None:
    where = one.epicentre
    if where is None:
        return None
    major, minor = where.semi_axes_km(0.9)
    return {
        "probability": 0.9,
        "semi_major_km": major,
        "semi_minor_km": minor,
        "strike_deg": where.strike_deg,
        "stated": where.stated,
    }


def _release(weighed: Weighed | None) -> dict[str, Any]:
    if weighed is None:
        names = ("released_bq", "released_bq_interval", "delay_s", "delay_s_interval")
        return {**dict.fromkeys(names), "best_delay_s": None, "compositions": None}
    amount, *amounts = weighed.evidence.amount_interval()
    delay, *delays = weighed.evidence.delay_interval(weighed.delay_edges_s)
    shares = weighed.evidence.by_composition.tolist()
    return {
        "released_bq": amount,
        "released_bq_interval": amounts,
        "delay_s": delay,
        "delay_s_interval": delays,
        "best_delay_s": weighed.best_delay_s,
        "compositions": dict(zip(weighed.compositions, shares, strict=True)),
    }


def _says(says: SampleSays) -> dict[str, Any]:
    observed = says.sample.pair.observation
    known = sample_item(says.sample.background)
    return {
        "station": known["station"],
        "sample_id": known["sample_id"],
        "collection_stop": known["collection_stop"],
        "nuclide": says.sample.nuclide,
        "detected": observed.detected,
        "concentration_bq_m3": observed.value,
        "critical_level_bq_m3": observed.critical_level,
        "delta_log10": says.delta_log10,
        "background_median_bq_m3": known["median_bq_m3"],
        "background_p_value": known["p_value"],
    }
