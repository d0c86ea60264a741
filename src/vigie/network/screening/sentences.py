"""The sentences of screening, by code. English; other languages translate the codes.

No sentence says what an event was. It says what is and is not consistent with an
earthquake, and why; people conclude.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: dict[str, str] = {
    "ms_mb.screened_out": (
        "The surface waves (Ms {ms:.2f}) are as large as those of an earthquake of mb {mb:.2f}: "
        "{score:.1f} standard deviations above the screening line Ms = mb - {offset:.2f}, where "
        "{z:.2f} are needed."
    ),
    "ms_mb.not_screened_out": (
        "The surface waves (Ms {ms:.2f}) are not large enough for mb {mb:.2f} to rule out an "
        "explosion: {score:.1f} standard deviations from the screening line "
        "Ms = mb - {offset:.2f}, where more than {z:.2f} are needed."
    ),
    "ms_mb.bound_explosion": (
        "No surface waves were found. The upper bound Ms < {ms:.2f} lies {score:.1f} standard "
        "deviations from the screening line Ms = mb - {offset:.2f} (mb {mb:.2f}): weaker than an "
        "earthquake would usually make, consistent with an explosion."
    ),
    "ms_mb.bound_no_help": (
        "No surface waves were found, and the upper bound Ms < {ms:.2f} is too high to tell an "
        "explosion from an earthquake of mb {mb:.2f}."
    ),
    "ms_mb.no_mb": "There is no mb.",
    "ms_mb.no_ms": "There is no Ms.",
    "ms_mb.few_stations": ("Ms {ms:.2f} rests on {n:.0f} station, where {needed:.0f} are needed."),
    "ms_mb.too_small": "mb {mb:.2f} is below {min_mb:.1f}: the criterion does not apply.",
    "ms_mb.too_deep": (
        "At {depth_km:.0f} km surface waves are no measure of size (limit {max_depth_km:.0f} km)."
    ),
    "depth.screened_out": (
        "The event lies {depth_km:.0f} km deep, below {threshold_km:.0f} km with more than 97.5 % "
        "confidence (standard error {sigma_km:.1f} km), confirmed by {confirmation}. No one can "
        "place an explosion there."
    ),
    "depth.not_screened_out": (
        "The depth, {depth_km:.0f} km with a standard error of {sigma_km:.1f} km, does not lie "
        "below {threshold_km:.0f} km with 97.5 % confidence."
    ),
    "depth.unconfirmed": (
        "The computed depth of {depth_km:.0f} km (standard error {sigma_km:.1f} km) lies below "
        "{threshold_km:.0f} km, but neither depth phases nor near stations confirm it."
    ),
    "depth.fixed": "The depth was fixed at {depth_km:.0f} km, so it says nothing.",
    "depth.unknown": "The depth or its standard error is unknown.",
    "regional_ps.screened_out": (
        "At regional stations P is too weak against S for an explosion: log10 P/S lies "
        "{excess:+.2f} from that of earthquakes ({pairs}, {low_hz:g}-{high_hz:g} Hz), {score:.1f} "
        "standard deviations below that of explosions, where {z:.2f} are needed."
    ),
    "regional_ps.not_screened_out": (
        "The ratio of P to S at regional stations does not rule out an explosion: log10 P/S lies "
        "{excess:+.2f} from that of earthquakes ({pairs}, {low_hz:g}-{high_hz:g} Hz), {score:.1f} "
        "standard deviations from that of explosions, where more than {z:.2f} are needed."
    ),
    "regional_ps.bound_low": (
        "S was not seen at any regional station that saw P: log10 P/S exceeds that of "
        "earthquakes by at least {excess:+.2f} ({pairs}, {low_hz:g}-{high_hz:g} Hz)."
    ),
    "regional_ps.no_data": (
        "No station between {near_deg:g} and {far_deg:g} degrees has measured regional P and S."
    ),
    "regional_ps.too_deep": (
        "At {depth_km:.0f} km regional S waves are not those of a crustal event "
        "(limit {max_depth_km:.0f} km)."
    ),
    "combined.screened_out": (
        "The event is consistent with an earthquake: screened out by {criteria}."
    ),
    "combined.contradicted": (
        "{criteria} would screen the event out, but {against} speaks against it: not screened "
        "out, a person must look."
    ),
    "combined.not_screened_out": (
        "No criterion screens the event out ({criteria}): an explosion cannot be ruled out by "
        "these data."
    ),
    "combined.insufficient_data": "The data do not suffice for any criterion that applies.",
    "combined.not_considered": "No criterion applies to this event.",
}
"""Code to sentence; every parameter in braces is in the record's ``params``."""

CRITERION_NAMES: dict[str, str] = {
    "ms_mb": "Ms:mb",
    "depth": "depth",
    "regional_ps": "regional P/S",
    "combined": "all together",
}
"""How a criterion is called in a sentence."""


def sentence(code: str, params: Mapping[str, str | float]) -> str:
    """Return the English sentence of a code.

    Examples
    --------
    >>> sentence("ms_mb.too_small", {"mb": 3.2, "min_mb": 3.5})
    'mb 3.20 is below 3.5: the criterion does not apply.'
    """
    return SENTENCES[code].format_map(params)
