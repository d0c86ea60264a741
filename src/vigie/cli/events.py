"""Options and text that the commands which make events share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.pipeline.events import NetworkParams
    from vigie.records import Bulletin, Event


def event_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --definition."""
    decorator: Any = click.option(
        "--definition",
        default="default",
        show_default=True,
        help="What counts as an event: default, sel, reb, or a TOML file of such criteria.",
    )
    decorated: Callable[..., None] = decorator(command)
    return decorated


def network_params(definition: str) -> NetworkParams:
    """Return the parameters of network processing with an event definition.

    Raises
    ------
    VigieError
        There is no such definition.
    """
    from dataclasses import replace

    from vigie.network.definition import load_definition
    from vigie.pipeline.events import NetworkParams

    params = NetworkParams()
    chosen = load_definition(definition)
    return replace(params, associate=replace(params.associate, definition=chosen))


def bulletin_text(bulletin: Bulletin) -> str:
    """Return a bulletin as lines for a terminal."""
    lines = [line for event in bulletin.events for line in _event_lines(event)]
    return "\n".join([*lines, f"{len(bulletin.events)} events"])


def _event_lines(event: Event) -> list[str]:
    from vigie.records import format_iso

    origin = event.origin
    if origin is None:
        return [f"{event.id}: no origin"]
    depth = "depth unknown" if origin.depth_km is None else f"depth {origin.depth_km:.0f} km"
    if origin.depth_fixed:
        depth += f" (fixed: {origin.depth_reason})"
    lines = [
        (
            f"{format_iso(origin.time_ns, digits=2)}  {_place(origin.latitude, 'N', 'S')} "
            f"{_place(origin.longitude, 'E', 'W')}  {depth}  {event.region.title()}"
        )
    ]
    ellipse = origin.ellipse
    if ellipse is not None:
        lines.append(
            f"  {ellipse.confidence:.0%} ellipse {ellipse.semi_major_km:.1f} x "
            f"{ellipse.semi_minor_km:.1f} km, strike {ellipse.strike_deg:.0f}"
        )
    stations = {a.station for a in origin.associations if a.defining}
    lines.append(f"  {len(origin.associations)} arrivals, {len(stations)} defining stations")
    lines += [
        f"  {m.type} {m.bound}{m.value:.1f}"
        + ("" if m.sigma is None else f" +- {m.sigma:.1f}")
        + ("" if m.n_stations is None else f" ({m.n_stations} stations)")
        for m in event.magnitudes
    ]
    lines += [f"  {s.reason}" for s in event.screening if s.criterion == "combined"]
    return lines


def _place(degrees: float, positive: str, negative: str) -> str:
    return f"{abs(degrees):.3f} {positive if degrees >= 0 else negative}"
