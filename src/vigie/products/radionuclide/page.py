"""A product as one HTML page that needs nothing from elsewhere, in any of six languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.i18n import messages
from vigie.products.radionuclide.blocks import (
    Code,
    Number,
    Pairs,
    Sentences,
    Slot,
    Table,
)
from vigie.products.radionuclide.speaking import Speaker
from vigie.products.report import html

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.products.figures import Drawing
    from vigie.products.radionuclide.blocks import Cell, Document, Part, Section

_MOST_OPEN = 25
"""Longer tables are folded."""


def page(
    document: Document,
    *,
    language: str = "en",
    figures: Mapping[str, Sequence[Drawing]] | None = None,
) -> str:
    """Return a document as a page.

    Parameters
    ----------
    document : Document
    language : str
        Of the page; Arabic is written from right to left, numbers and codes in it are not.
    figures : mapping of slot to drawings, optional
        Slots: ``spectrum``, ``results``, ``peaks``, ``histogram``, ``ratios``, ``calibration``,
        ``field_of_regard``. A section that is empty but for a slot is shown if it has figures.

    Raises
    ------
    UnknownModelError
        vigie does not speak the language.
    """
    speaker = Speaker(messages(language))
    drawings = figures or {}
    title = speaker.title(document)
    head = [f'<header><h1 id="summary">{_isolated(title)}</h1>']
    head.append(html.paragraph(speaker.messages(f"rn.kind.{document.kind}"), "lead"))
    if document.simulated:
        head.append(html.paragraph(speaker.messages("rn.simulated"), "alert"))
    head.append("</header>")
    sections = [_section(section, speaker, drawings) for section in document.sections]
    footer = html.paragraph(f"{document.id} · {document.schema}", "note")
    return html.document(
        title,
        "\n".join([*head, *sections, footer]),
        language=language,
        direction=speaker.messages.direction,
        skip=speaker.messages("rn.skip"),
    )


def _isolated(text: str) -> str:
    return html.Markup(html.paragraph(text)[3:-4]).text


def _section(section: Section, speaker: Speaker, drawings: Mapping[str, Sequence[Drawing]]) -> str:
    parts = [_part(part, speaker, drawings) for part in section.parts]
    return html.section(section.name, speaker.section(section.name), *parts)


def _part(part: Part, speaker: Speaker, drawings: Mapping[str, Sequence[Drawing]]) -> str:
    if isinstance(part, Slot):
        return "\n".join(html.figure(one) for one in drawings.get(part.name, ()))
    if isinstance(part, Sentences):
        texts = speaker.sentences(part)
        if part.emphasis:
            return "\n".join(html.paragraph(text, "verdict") for text in texts)
        return html.bullets(texts)
    if isinstance(part, Pairs):
        rows = [(speaker.label(label), _cell(cell, speaker)) for label, cell in part.rows]
        return html.pairs(rows)
    return _table(part, speaker)


def _table(part: Table, speaker: Speaker) -> str:
    numeric = [
        all(isinstance(row[k], Number) for row in part.rows) for k in range(len(part.columns))
    ]
    rows = [[_cell(cell, speaker) for cell in row] for row in part.rows]
    # A word joiner keeps units such as mBq/m3 on one line.
    heads = [speaker.label(label).replace("/", "/\u2060") for label in part.columns]
    caption = speaker.caption(part.name)
    # The first cell of a row is its head, at the start of the line whatever it holds.
    texts = [k for k, is_number in enumerate(numeric) if k == 0 or not is_number]
    made = html.table(caption, heads, rows, text_columns=texts)
    if len(rows) <= _MOST_OPEN:
        return made
    return f"<details><summary>{_isolated(caption)}</summary>\n{made}</details>"


def _cell(cell: Cell, speaker: Speaker) -> html.Cell:
    said = speaker.cell(cell)
    return html.code(said) if isinstance(cell, (Code, Number)) else said
