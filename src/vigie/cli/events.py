"""Options and text that the commands which make events share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.pipeline.events import NetworkParams
    from vigie.records import Bulletin

IN_WORDS = 3
"""Bulletins of so many events, or fewer, are told in words as well."""


def event_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --definition."""
    decorator: Any = click.option(
        "--definition",
        default="default",
        show_default=True,
        help="What counts as an event: default, sel or reb; FILE.toml#NAME for your own.",
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

    from vigie.exchange.files import source_of
    from vigie.network.definition import load_definition
    from vigie.pipeline.events import NetworkParams

    params = NetworkParams()
    path, _, name = definition.rpartition("#")
    text = source_of(path).data.decode("utf-8", errors="replace") if path else None
    chosen = load_definition(name, text)
    return replace(params, associate=replace(params.associate, definition=chosen))


def bulletin_text(bulletin: Bulletin) -> str:
    """Return a bulletin for a terminal: a table, and a few events in words too."""
    from vigie.products.bulletin_summary import bulletin_summary
    from vigie.products.report.summary import answers
    from vigie.products.report.words import Catalogue

    blocks = [bulletin_summary(bulletin)]
    if len(bulletin.events) <= IN_WORDS:
        for event in bulletin.events:
            said = answers(event, Catalogue())
            wide = max(len(question) for question, _ in said)
            blocks.append("\n".join(f"  {q:<{wide}}  {text}" for q, text in said))
    return "\n\n".join(blocks)
