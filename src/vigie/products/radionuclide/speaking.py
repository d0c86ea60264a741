"""Cells, labels and titles of a document in a language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.i18n import Messages
from vigie.products.radionuclide.blocks import Code, Label, Listed, Moment, Number, Term, Words
from vigie.records.time import format_iso

if TYPE_CHECKING:
    from vigie.products.radionuclide.blocks import Cell, Document, Sentences
    from vigie.records.reason import Reason

_BEFORE_SUBJECT = ":\uff1a \u00a0\u202f"
"""Colons and blanks with which languages lead over to a subject."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says what a document holds in one language."""

    messages: Messages

    def cell(self, cell: Cell) -> str:
        """Return a cell as text; numbers with a point, times as ISO 8601, dashes for nothing."""
        if isinstance(cell, Number):
            return cell.text
        if isinstance(cell, Moment):
            return "–" if cell.time_ns is None else format_iso(cell.time_ns, digits=0)
        if isinstance(cell, (Code, Words)):
            return cell.text or "–"
        if isinstance(cell, Term):
            return self.term(cell.word)
        if isinstance(cell, Listed):
            return ", ".join(dict.fromkeys(self.cell(item).strip() for item in cell.items)) or "–"
        return self.sentence(cell)

    def term(self, word: str) -> str:
        """Return a word of a list; its last part where the catalogue does not know it."""
        return self.messages.template(f"term.{word}") or word.rpartition(".")[2].replace("_", " ")

    def sentence(self, reason: Reason) -> str:
        """Return the sentence of a reason."""
        return self.messages.tell(reason.code, dict(reason.params))

    def sentences(self, part: Sentences) -> list[str]:
        """Return the sentences of a part, each with what it is about."""
        told = [self.sentence(reason) for reason in part.told]
        if not part.about:
            return told
        return [self.messages("rn.about", what=part.about, text=text) for text in told]

    def label(self, label: Label) -> str:
        """Return a label with its unit; a name behind ``=`` stands for itself."""
        if label.name.startswith("="):
            return label.name[1:]
        said = self.messages(f"rn.label.{label.name}")
        if not label.unit:
            return said
        return f"{said} ({self.messages.term(label.unit)})"

    def section(self, name: str) -> str:
        """Return the title of a section."""
        return self.messages(f"rn.section.{name}")

    def caption(self, name: str) -> str:
        """Return the caption of a table."""
        return self.messages(f"rn.table.{name}")

    def title(self, document: Document) -> str:
        """Return the title of a document; without a subject no colon behind it."""
        said = self.messages(f"rn.title.{document.kind}", subject=document.subject)
        return said if document.subject else said.rstrip(_BEFORE_SUBJECT)
