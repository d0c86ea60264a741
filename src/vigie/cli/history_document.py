"""The JSON document of ``vigie samples``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vigie.cli.sample_checks import check_item
from vigie.records import format_iso

if TYPE_CHECKING:
    from vigie.pipeline.radionuclide.checks import DetectorChecks
    from vigie.pipeline.radionuclide.gather import Gathered
    from vigie.pipeline.radionuclide.station_history import DetectorHistory, NuclideHistory
    from vigie.records import SampleAnalysis


def history_document(
    histories: list[DetectorHistory],
    checks: list[DetectorChecks],
    gathered: Gathered,
    splits: list[dict[str, Any]],
    others: list[SampleAnalysis],
) -> dict[str, Any]:
    """Return the JSON document of `vigie samples`; ``others``: what is no sample of the air."""
    return {
        "vigie": {"document": "sample_history", "version": 1},
        "detectors": [
            {
                "station": one.station,
                "detector": one.detector,
                "technology": one.technology,
                "simulated": one.simulated,
                "samples": [_sample(a) for a in one.samples],
                "superseded": [_superseded(*pair) for pair in one.superseded],
                "nuclides": [_nuclide(n) for n in one.nuclides],
            }
            for one in histories
        ],
        "not_of_air": [_other(one) for one in others],
        "splits": splits,
        "quality_control": [check_item(one) for one in checks],
        "skipped": [{"file": file, "reason": reason} for file, reason in gathered.skipped],
        "failed": [{"file": file, "reason": reason} for file, reason in gathered.failed],
    }


def _superseded(one: SampleAnalysis, chosen: SampleAnalysis) -> dict[str, Any]:
    return {
        "sample_id": one.sample_id,
        "full": one.full,
        "live_time_s": one.live_time_s,
        "by": {"full": chosen.full, "live_time_s": chosen.live_time_s},
    }


def _other(one: SampleAnalysis) -> dict[str, Any]:
    return {
        "sample_id": one.sample_id,
        "station": one.station,
        "detector": one.detector,
        "message_type": one.message_type,
    }


def _sample(analysis: SampleAnalysis) -> dict[str, Any]:
    category, stop_ns = analysis.category, analysis.collection_stop_ns
    return {
        "sample_id": analysis.sample_id,
        "collection_stop": None if stop_ns is None else format_iso(stop_ns),
        "category": None if category is None else category.level,
        "full": analysis.full,
        "detected": [n.nuclide for n in analysis.main_results if n.detected],
    }


def _nuclide(one: NuclideHistory) -> dict[str, Any]:
    return {
        "nuclide": one.nuclide,
        "unit": one.unit,
        "samples": len(one.samples),
        "detected": sum(o.detected for o in one.samples),
        "usual_upper": one.upper,
        "unusual": [format_iso(one.samples[i].time_ns) for i in one.unusual],
        "background": [
            {
                "season": b.season,
                "detected": b.detections.n,
                "samples": b.detections.of,
                "quantiles": [
                    {"probability": q.probability, "value": q.value, "low": q.low, "high": q.high}
                    for q in b.quantiles
                ],
            }
            for b in one.background
        ],
        "series": [
            {
                "time": format_iso(o.time_ns),
                "concentration": o.concentration,
                "uncertainty": uncertainty,
                "critical_level": o.critical_level,
                "detected": o.detected,
                "chance": chance,
            }
            for o, uncertainty, chance in zip(
                one.samples, one.uncertainties, one.chances, strict=True
            )
        ],
    }
