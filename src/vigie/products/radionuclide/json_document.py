"""A product as JSON: codes, numbers and times; sentences beside their codes, in English or else.

Keys are the names of labels, with the unit behind them (``air_volume_m3``). What is not known is
null. NaN and infinity are never written; times are ISO 8601, UTC.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from vigie.i18n import messages
from vigie.products.radionuclide.blocks import (
    Code,
    Listed,
    Moment,
    Number,
    Pairs,
    Sentences,
    Table,
    Term,
    Words,
)
from vigie.products.radionuclide.speaking import Speaker
from vigie.records.time import format_iso

if TYPE_CHECKING:
    from vigie.products.radionuclide.blocks import Cell, Document, Label, Section

VERSION = 1
"""Of the form of the document; a change that readers must know of raises it."""


def json_product(document: Document, *, language: str = "en") -> str:
    """Return a document as JSON text.

    Parameters
    ----------
    document : Document
    language : str
        Of the sentences that stand beside codes.

    Raises
    ------
    UnknownModelError
        vigie does not speak the language.
    """
    speaker = Speaker(messages(language))
    made: dict[str, object] = {
        "vigie": {"document": document.kind.lower(), "version": VERSION},
        "schema": document.schema,
        "id": document.id,
        "subject": document.subject,
        "language": language,
        "simulated": document.simulated,
        "sections": [_section(section, speaker) for section in document.sections],
    }
    return json.dumps(made, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _section(section: Section, speaker: Speaker) -> dict[str, object]:
    values: dict[str, object] = {}
    tables: dict[str, object] = {}
    told: list[object] = []
    for part in section.parts:
        if isinstance(part, Pairs):
            values.update({_key(label): _value(cell) for label, cell in part.rows})
        elif isinstance(part, Table):
            keys = [_key(label) for label in part.columns]
            tables[part.name] = [
                {key: _value(cell) for key, cell in zip(keys, row, strict=True)}
                for row in part.rows
            ]
        elif isinstance(part, Sentences):
            told += [
                {
                    **({"about": part.about} if part.about else {}),
                    "code": reason.code,
                    "params": {k: _finite(v) for k, v in reason.params},
                    "text": speaker.sentence(reason),
                }
                for reason in part.told
            ]
    found: dict[str, object] = {"section": section.name}
    found.update({k: v for k, v in (("values", values), ("tables", tables), ("told", told)) if v})
    return found


def _key(label: Label) -> str:
    name = label.name.removeprefix("=")
    unit = label.unit.replace("/", "_per_").replace("uBq", "ubq").lower()
    return f"{name}_{unit}" if unit else name


def _value(cell: Cell) -> object:
    if isinstance(cell, Number):
        return _finite(cell.value)
    if isinstance(cell, Moment):
        return None if cell.time_ns is None else format_iso(cell.time_ns)
    if isinstance(cell, (Code, Words)):
        return cell.text or None
    if isinstance(cell, Term):
        return cell.word.rpartition(".")[2] or None
    if isinstance(cell, Listed):
        return [_value(item) for item in cell.items]
    return {"code": cell.code, "params": {k: _finite(v) for k, v in cell.params}}


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
