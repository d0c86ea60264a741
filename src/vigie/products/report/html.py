"""Small pieces of HTML: text is escaped once, here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.products.figures import Drawing


@dataclass(frozen=True, slots=True)
class Markup:
    """Text that is HTML already."""

    text: str


Cell = str | Markup


def code(text: str) -> Markup:
    """Mark a code (station, phase): never translated, always left to right."""
    return Markup(f'<bdi dir="ltr">{escape(text)}</bdi>')


def _inner(cell: Cell) -> str:
    return cell.text if isinstance(cell, Markup) else escape(cell)


def table(
    caption: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    text_columns: Sequence[int],
) -> str:
    """Return a table; the first cell of a row is its head, numbers stand right."""
    texts = set(text_columns)
    head = "".join(
        f'<th scope="col"{_align(i in texts)}>{escape(h)}</th>' for i, h in enumerate(heads)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{_inner(cell)}</th>'
            if i == 0
            else f"<td{_align(i in texts)}>{_inner(cell)}</td>"
            for i, cell in enumerate(row)
        )
        + "</tr>\n"
        for row in rows
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table><caption><span>{escape(caption)}</span></caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}</tbody></table></div>"
    )


def _align(is_text: bool) -> str:
    return "" if is_text else ' class="n"'


def pairs(items: Sequence[tuple[str, Cell]]) -> str:
    """Return a list of terms and what is said of them."""
    inner = "".join(f"<dt>{escape(term)}</dt><dd>{_inner(text)}</dd>\n" for term, text in items)
    return f"<dl>\n{inner}</dl>"


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def bullets(texts: Sequence[str]) -> str:
    """Return a list; nothing where there is nothing."""
    if not texts:
        return ""
    return "<ul>" + "".join(f"<li>{escape(t)}</li>" for t in texts) + "</ul>"


def figure(drawing: Drawing | None, note: str = "") -> str:
    """Return a figure with its words; empty where there is none."""
    if drawing is None:
        return ""
    label = escape(drawing.alt, quote=True)
    svg = drawing.inline_svg().replace("<svg ", f'<svg aria-label="{label}" ', 1)
    caption = escape(drawing.alt + (f" {note}" if note else ""))
    return (
        f'<figure class="{escape(drawing.name)}">{svg}<figcaption>{caption}</figcaption></figure>'
    )


def section(identifier: str, title: str, *parts: str) -> str:
    """Return a section under its heading."""
    inner = "\n".join(part for part in parts if part)
    return (
        f'<section aria-labelledby="{identifier}">\n<h2 id="{identifier}">{escape(title)}</h2>\n'
        f"{inner}\n</section>"
    )


def document(title: str, body: str, *, language: str, direction: str, skip: str) -> str:
    """Return a whole page that needs nothing from elsewhere."""
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}" dir="{escape(direction)}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>\n{page_style()}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#summary">{escape(skip)}</a>\n<main>\n{body}\n</main>\n</body>\n'
        "</html>\n"
    )


@cache
def page_style() -> str:
    """Return the style of all pages; colours of figures are variables of the same names."""
    return (files("vigie.products.report") / "page.css").read_text(encoding="utf-8")
