"""The JSON document of a source region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.i18n import sentence
from vigie.products.transport.background_document import background_item
from vigie.records import format_iso

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.products.transport.source_view import SourceView
    from vigie.records import LatLonGrid, Reason

    FloatArray = NDArray[np.float64]

VERSION = 1
"""Of the document; grows when a reader has to change."""
DIGITS = 4
"""Of the values on the map."""
HELD = 0.999
"""Probability that the listed cells of the posterior hold."""


def source_document(view: SourceView) -> dict[str, Any]:
    """Return the document; keys of methods that were not asked for, or gave nothing, are null."""
    located = view.posterior
    return {
        "vigie": {"document": "source", "version": VERSION},
        "nuclide": view.nuclide,
        "simulated": view.simulated,
        "methods": list(view.done),
        "left_out": {name: reason_item(reason) for name, reason in view.left_out.items()},
        "domain": _domain(view),
        "map": _map(view),
        "regions": None if located is None else _regions(view),
        "released_bq": None if located is None else located.amount_bq[0],
        "released_bq_interval": None if located is None else list(located.amount_bq[1:]),
        **_times(view),
        "psr": _psr(view),
        "nnls": _nnls(view),
        "cost": _cost(view),
        "background": None if view.background is None else background_item(view.background),
        "diagnostics": _diagnostics(view),
    }


def reason_item(reason: Reason) -> dict[str, Any]:
    """Return a reason with its sentence in English."""
    return {"code": reason.code, "params": dict(reason.params), "text": sentence(reason)}


def grid_item(grid: LatLonGrid) -> dict[str, Any]:
    """Return a grid; cell number = row * longitudes + column, rows to the north."""
    return {
        "first_latitude": grid.first_latitude,
        "latitude_step": grid.latitude_step,
        "latitudes": grid.n_latitude,
        "first_longitude": grid.first_longitude,
        "longitude_step": grid.longitude_step,
        "longitudes": grid.n_longitude,
    }


def _domain(view: SourceView) -> dict[str, Any]:
    edges = view.domain.edges_ns
    return {
        "box": None if view.box is None else list(view.box),
        "cells": len(view.domain.cells),
        "area_km2": float(view.areas_km2.sum()),
        "from": format_iso(int(edges[0])),
        "to": format_iso(int(edges[-1])),
        "interval_s": float(edges[1] - edges[0]) / 1e9,
        "intervals": len(edges) - 1,
        "least_bq": view.amounts_bq[0],
        "most_bq": view.amounts_bq[1],
    }


def _map(view: SourceView) -> dict[str, Any]:
    """Return the layers: numbers of cells of the grid, and values; what is 0 is left out."""
    layers: dict[str, Any] = {}
    if view.posterior is not None:
        probability = view.posterior.posterior.probability
        order = np.argsort(-probability, kind="stable")
        n = int(np.searchsorted(np.cumsum(probability[order]), HELD)) + 1
        chosen = np.zeros(len(probability), dtype=np.bool_)
        chosen[order[:n]] = True
        layers["posterior"] = _layer(view, probability, chosen)
    if view.psr is not None:
        correlation = view.psr.found.correlation
        layers["psr"] = _layer(view, correlation, correlation > 0.0)
    for name, values in (("for", view.regard), ("mmfor", view.models)):
        if values is not None:
            layers[name] = _layer(view, values, values > 0.0)
    if view.cost is not None:
        layers["cost"] = _layer(view, view.cost.cost, np.isfinite(view.cost.cost))
    if view.regression is not None:
        chi2, reached = view.regression.chi2, view.regression.total_bq > 0.0
        layers["nnls"] = _layer(view, chi2, reached)
    return {"grid": grid_item(view.domain.grid), **layers}


def _layer(view: SourceView, values: FloatArray, chosen: NDArray[np.bool_]) -> dict[str, Any]:
    shown = values[chosen].tolist()
    return {
        "cell": view.domain.cells[chosen].tolist(),
        "value": [float(f"{value:.{DIGITS}g}") for value in shown],
    }


def _regions(view: SourceView) -> list[dict[str, Any]]:
    located = view.posterior
    assert located is not None
    return [
        {
            "probability": region.level,
            "area_km2": region.area_km2,
            "cells": int(region.inside.sum()),
            "polygon": [np.round(ring, 6).tolist() for ring in rings],
        }
        for region, rings in zip(located.regions, located.outlines, strict=True)
    ]


def _times(view: SourceView) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name in ("start", "stop"):
        times = None if view.posterior is None else getattr(view.posterior, f"{name}_ns")
        out[f"release_{name}"] = None if times is None else format_iso(times[0])
        interval = None if times is None else [format_iso(one) for one in times[1:]]
        out[f"release_{name}_interval"] = interval
    return out


def place_item(view: SourceView, index: int) -> dict[str, float]:
    """Return where a cell of the domain is."""
    latitude, longitude = view.place(index)
    return {"latitude": latitude, "longitude": longitude}


def _psr(view: SourceView) -> dict[str, Any] | None:
    if view.psr is None:
        return None
    found, best = view.psr.found, int(view.psr.found.correlation.argmax())
    edges = view.domain.edges_ns
    p_value = found.p_value
    return {
        "kind": found.kind.value,
        "samples": found.n_samples,
        "maximum": {
            "correlation": float(found.correlation[best]),
            "p_value": float(p_value[best]),
            **place_item(view, best),
            "from": format_iso(int(edges[found.step[best]])),
            "to": format_iso(int(edges[found.step[best] + 1])),
        },
        "permutation_p_value": view.psr.chance,
        "permutations": view.psr.permutations,
        "cells_p_below_0_05": int((p_value < 0.05).sum()),
        "area_p_below_0_05_km2": float(view.areas_km2[p_value < 0.05].sum()),
        "bootstrap": {
            "cells_in_half": int((view.psr.share >= 0.5).sum()),
            "area_in_half_km2": float(view.areas_km2[view.psr.share >= 0.5].sum()),
            "within": 0.1,
        },
    }


def _near(view: SourceView, method: str) -> dict[str, Any]:
    near = view.near_best[method]
    return {"cells_near": int(near.sum()), "area_near_km2": float(view.areas_km2[near].sum())}


def _nnls(view: SourceView) -> dict[str, Any] | None:
    if view.regression is None:
        return None
    best = int(view.regression.chi2.argmin())
    return {
        "chi2": float(view.regression.chi2[best]),
        "released_bq": float(view.regression.total_bq[best]),
        **_near(view, "nnls"),
        **place_item(view, best),
    }


def _cost(view: SourceView) -> dict[str, Any] | None:
    if view.cost is None:
        return None
    best = int(view.cost.cost.argmin())
    edges = view.domain.edges_ns
    return {
        "cost": float(view.cost.cost[best]),
        "released_bq": float(view.cost.released_bq[best]),
        **_near(view, "cost"),
        "release_start": format_iso(int(edges[view.cost.start[best]])),
        **place_item(view, best),
    }


def _diagnostics(view: SourceView) -> dict[str, Any]:
    located = view.posterior
    posterior = None
    if located is not None:
        found = located.posterior
        posterior = {
            "summed_exactly": True,
            "cells": len(found.probability),
            "cells_summed": found.cells_summed,
            "left_out_below_log_likelihood": located.params.negligible,
            "effective_cells": located.effective_cells,
            "log10_bayes_factor_against_background": found.log10_bayes_factor,
            "probability_at_bounds": located.bounds,
            "longest_release_s": located.params.longest_steps
            * float(view.domain.edges_ns[1] - view.domain.edges_ns[0]) / 1e9,
            "model_error": located.params.model_error,
            "place_error_km_per_day": view.place_error_km_per_day,
            "false_alarm": located.params.false_alarm,
        }  # fmt: skip
    return {
        "posterior": posterior,
        "samples_used": len(view.pairs),
        "detections": view.detections,
        "non_detections": len(view.pairs) - view.detections,
        "samples": _samples(view),
        "samples_without_sensitivity": list(view.samples_alone),
        "sensitivities_without_sample": list(view.fields_alone),
        "samples_unusable": [{"sample": name, "reason": why} for name, why in view.unusable],
        "files": _files(view),
        "remarks": [reason_item(reason) for reason in view.remarks],
    }


def _samples(view: SourceView) -> list[dict[str, Any]]:
    rows = []
    for k, pair in enumerate(view.pairs):
        row: dict[str, Any] = {
            "station": pair.station,
            "sample_id": pair.sample_id,
            "collection_stop": format_iso(pair.stop_ns),
            "detected": pair.observation.detected,
            "concentration_bq_m3": pair.observation.value,
            "uncertainty_bq_m3": pair.observation.sigma,
            "critical_level_bq_m3": pair.observation.critical_level,
            "mdc_bq_m3": pair.mdc,
            "stops_apart_s": pair.apart_s,
            "models": [{"model": one.model, "file": one.path} for one in pair.fields],
            "predicted_bq_m3": None,
        }
        if view.posterior is not None:
            one = view.posterior.predictions[k]
            row["predicted_bq_m3"] = {
                "median": one.median, "low": one.low, "high": one.high,
                "probability_below": one.below,
            }  # fmt: skip
        rows.append(row)
    return rows


def _files(view: SourceView) -> list[dict[str, Any]]:
    files: dict[str, dict[str, Any]] = {}
    for one in (one for pair in view.pairs for one in pair.fields):
        files.setdefault(
            one.path,
            {
                "file": one.path,
                "station": one.record.station,
                "model": one.model,
                "layer_depth_m": one.record.layer_depth_m,
                "spread": one.record.spread is not None,
                "decided": [
                    {"place": issue.place, "code": issue.code, "text": issue.text}
                    for issue in one.issues
                ],
            },
        )
    return list(files.values())
