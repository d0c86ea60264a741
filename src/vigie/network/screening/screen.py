"""Screen an event by every criterion, and by all together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie import registry
from vigie.network.screening.base import GROUP, Criterion
from vigie.network.screening.combined import combine
from vigie.network.screening.depth import DEPTH
from vigie.network.screening.ms_mb import MS_MB
from vigie.network.screening.params import ScreeningParams
from vigie.network.screening.regional_ps import REGIONAL_PS

if TYPE_CHECKING:
    from vigie.records import Event, Screening

CRITERIA: tuple[Criterion, ...] = (MS_MB, DEPTH, REGIONAL_PS)
"""vigie's own, in the order of the report."""


def criteria() -> tuple[Criterion, ...]:
    """Return vigie's own criteria, then those of plug-ins (entry points ``vigie.screening``)."""
    return (*CRITERIA, *(registry.load(GROUP, name) for name in registry.names(GROUP)))


def screen_event(event: Event, params: ScreeningParams | None = None) -> tuple[Screening, ...]:
    """Return the answer of each criterion and, last, the combined one.

    Parameters
    ----------
    event : Event
        With magnitudes (``vigie.network.magnitude.size_event``) and, for regional P/S,
        detections that carry amplitudes of type ``regional:Pn`` ...
    params : ScreeningParams, optional
        Thresholds; ``params.version`` names them.

    Examples
    --------
    >>> from vigie.records import Event
    >>> [s.verdict.value for s in screen_event(Event(id="1", origins=()))]
    ['insufficient_data', 'insufficient_data', 'insufficient_data', 'insufficient_data']
    """
    params = params or ScreeningParams()
    results = tuple(criterion.screen(event, params) for criterion in criteria())
    stamp = ("version", params.version)
    return tuple(
        replace(r, params=(*r.params, stamp)) for r in (*results, combine(results, params.combined))
    )
