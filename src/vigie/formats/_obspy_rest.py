"""What QuakeML has no place for, kept beside each of its elements in vigie's own namespace.

``<vigie:record>`` in a pick, origin, arrival, magnitude or event holds JSON with keys of the
vigie JSON document. Only keys listed here are ever read from it: what QuakeML itself can say
is read from QuakeML, so that a change made there by another program counts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

if TYPE_CHECKING:
    from vigie.formats._obspy_guard import Untyped

NAMESPACE = "urn:vigie:record:1"
TAG = "record"

DETECTION = frozenset(
    {
        "analysis", "amplitude_nm_sigma", "amplitudes", "author", "channel", "duration_s",
        "duration_s_sigma", "elements", "event", "excluded_elements", "freq_hz", "freq_hz_sigma",
        "masks", "network", "period_s", "period_s_sigma", "rectilinearity",
        "rectilinearity_sigma", "remarks", "simulated", "snr", "snr_sigma",
        "wave_type_probabilities",
    }
)  # fmt: skip
ORIGIN = frozenset(
    {
        "analysis", "author", "covariance", "depth_fixed", "depth_reason", "ellipses",
        "event_type", "method", "model", "n_defining", "score", "simulated", "warnings",
        "weighted_rms",
    }
)  # fmt: skip
ARRIVAL = frozenset({"azimuth_deg", "weight", "time_error_s", "reason", "station"})
MAGNITUDE = frozenset({"bound", "author", "origin_id", "sigma_from_depth"})
STATION_MAGNITUDE = frozenset({"detection_id", "delta_deg", "phase", "bound", "defining", "reason"})
EVENT = frozenset({"screening", "yields", "unassociated", "preferred_by_place"})
CATALOG = frozenset({"detections"})

Item = TypeVar("Item", bound=msgspec.Struct)


def keep_rest(
    twin: Untyped, full: msgspec.Struct, read_back: msgspec.Struct, keys: frozenset[str]
) -> None:
    """Keep beside an ObsPy object what reading it back would lose.

    Parameters
    ----------
    twin : ObsPy event object
        Gets the ``extra`` element.
    full, read_back : msgspec.Struct
        The item of the record, and that of the record which the object alone gives.
    keys : frozenset of str
        Keys that may be kept.
    """
    mine, theirs = msgspec.to_builtins(full), msgspec.to_builtins(read_back)
    rest = {key: mine[key] for key in mine if key in keys and mine[key] != theirs[key]}
    if rest:
        keep_values(twin, rest)


def keep_values(twin: Untyped, values: dict[str, Any]) -> None:
    """Keep values beside an ObsPy object."""
    from obspy.core import AttribDict

    twin.extra = AttribDict(
        {TAG: {"value": json.dumps(values), "namespace": NAMESPACE, "type": "element"}}
    )


def kept_values(twin: Untyped, keys: frozenset[str]) -> dict[str, Any]:
    """Return what was kept beside an ObsPy object; empty where nothing can be read."""
    element = (getattr(twin, "extra", None) or {}).get(TAG)
    if not element or element.get("namespace") != NAMESPACE:
        return {}
    try:
        values = json.loads(element.get("value") or "{}")
    except (TypeError, ValueError, RecursionError):
        return {}
    if not isinstance(values, dict):
        return {}
    return {key: value for key, value in values.items() if key in keys}


def with_rest(item: Item, twin: Untyped, keys: frozenset[str]) -> Item | None:
    """Return an item completed by what was kept; None where there is nothing (usable)."""
    rest = kept_values(twin, keys)
    if not rest:
        return None
    try:
        return msgspec.convert({**msgspec.to_builtins(item), **rest}, type(item))
    except msgspec.ValidationError:
        return None
