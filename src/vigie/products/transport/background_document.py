"""The background of samples in a JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vigie.facts.emitters import VERSION
from vigie.records import format_iso

if TYPE_CHECKING:
    from vigie.products.transport.background_view import BackgroundView, SampleBackground
    from vigie.records import Emitter


def background_item(view: BackgroundView) -> dict[str, Any]:
    """Return emitters and what they leave in each sample."""
    seen = {id(part.emitter) for one in view.samples for part in one.expected.parts}
    return {
        "table_version": VERSION,
        "emitters_looked_at": len(view.emitters),
        "emitters": [_emitter(one) for one in view.emitters if id(one) in seen],
        "samples": [sample_item(one) for one in view.samples],
    }


def sample_item(one: SampleBackground) -> dict[str, Any]:
    """Return what emitters leave in one sample; quantiles are 5, 50 and 95 %."""
    low, median, high = one.expected.quantiles
    explained = one.explained
    return {
        "station": one.pair.station,
        "sample_id": one.pair.sample_id,
        "collection_stop": format_iso(one.pair.stop_ns),
        "low_bq_m3": low,
        "median_bq_m3": median,
        "high_bq_m3": high,
        "mean_bq_m3": one.expected.mean,
        "p_value": one.p_value,
        "detection_probability": one.ought_to_be_seen,
        "explained_share": None
        if explained is None
        else {"low": explained[0], "median": explained[1], "high": explained[2]},
        "contributions": [
            {
                "emitter": part.emitter.name,
                "share": one.expected.share_of(part),
                "mean_bq_m3": part.expected,
            }
            for part in one.contributors
        ],
        "release_not_known": [part.emitter.name for part in one.expected.unknown],
    }


def _emitter(one: Emitter) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": one.kind,
        "latitude": one.latitude,
        "longitude": one.longitude,
        "median_bq_per_day": one.median_bq_per_day,
        "geometric_standard_deviation": one.spread,
        "holds_days": one.holds_days,
        "from": None if one.from_ns is None else format_iso(one.from_ns),
        "to": None if one.to_ns is None else format_iso(one.to_ns),
        "source": one.source,
    }
