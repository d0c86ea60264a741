"""The largest release that an event of a size allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.fusion.composition import bq_per_kt
from vigie.records import Reason

if TYPE_CHECKING:
    from vigie.fusion.evidence import FusionParams
    from vigie.records import Event

SIGMA_MB = 0.3
"""Standard error of a magnitude that states none: an assumption."""
N_SIGMA = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MagnitudeYield:
    """mb = a + b log10(Y in kt): a relation that the user states."""

    a: float
    b: float

    def kt(self, magnitude: float) -> float:
        """Return the yield.

        Examples
        --------
        >>> round(MagnitudeYield(a=4.45, b=0.75).kt(4.45), 6)
        1.0
        """
        return float(10.0 ** min((magnitude - self.a) / self.b, 300.0))


def magnitude_of(event: Event) -> tuple[str, float, float | None] | None:
    """Return type, value and standard error of the body-wave magnitude, or else of the first."""
    own = event.preferred_magnitudes
    body = [one for one in own if one.type.lower().startswith("mb")]
    for one in (*body, *own):
        return one.type, one.value, one.sigma
    return None


def most_released(
    event: Event, reference: str, params: FusionParams, relation: MagnitudeYield | None
) -> tuple[float, list[Reason]]:
    """Return the largest amount that is thought possible, and why; it may be below the least.

    A yield of infrasound counts as its upper end; else a body-wave magnitude with a relation that
    is given, two standard errors up.
    """
    most_bq = params.most_bq
    per_kt = bq_per_kt(reference)
    if per_kt <= 0.0:
        return most_bq, []
    heard = [one for one in event.yields if one.kind == "nuclear" and one.high_kt is not None]
    kt = max((one.high_kt or 0.0 for one in heard), default=None)
    source = "infrasound"
    magnitude = magnitude_of(event)
    if kt is None and relation is not None and magnitude is not None:
        kind, value, sigma = magnitude
        if kind.lower().startswith("mb"):
            kt = relation.kt(value + N_SIGMA * (SIGMA_MB if sigma is None else sigma))
            source = f"{kind} {value:.2g}"
    if kt is None:
        return most_bq, [Reason.of("fuse.no_yield", most=f"{most_bq:.2g}")]
    bound = kt * per_kt
    if bound >= most_bq:
        return most_bq, []
    said = {"kt": f"{kt:.2g}", "bq": f"{bound:.2g}", "source": source}
    if bound < params.least_bq:
        return bound, [Reason.of("fuse.yield_below", least=f"{params.least_bq:.2g}", **said)]
    return bound, [Reason.of("fuse.yield_bound", **said)]
