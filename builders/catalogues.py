"""Keep the message catalogues: compile them, and say what is missing.

``python -m builders.catalogues`` compiles every ``vigie.po`` to ``vigie.mo`` (Babel), renews the
English text that stands beside each code for translators, and lists codes that a language
lacks. With ``--check`` nothing is written; the exit status is 1 where something would be.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from vigie.i18n.languages import LANGUAGES

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LOCALE = Path(__file__).resolve().parents[1] / "src" / "vigie" / "i18n" / "locale"
DOMAIN = "vigie"


def po_path(language: str) -> Path:
    """Return where the catalogue of a language is kept."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalogue(language: str) -> Catalog:
    """Read the catalogue of a language."""
    with po_path(language).open("rb") as stream:
        return read_po(stream, locale=language, domain=DOMAIN)


def compiled(catalogue: Catalog) -> bytes:
    """Return the compiled form of a catalogue."""
    stream = io.BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def with_english(catalogue: Catalog, english: Catalog) -> bytes:
    """Return a catalogue as text, sorted by code, the English text beside each."""
    for message in catalogue:
        if not message.id:
            continue
        own = english.get(message.id if isinstance(message.id, str) else message.id[0])
        texts = [] if own is None else own.string
        shown = [texts] if isinstance(texts, str) else list(texts or ())
        # Comments are one line each, so that what was folded is not folded anew at each run.
        message.auto_comments = [" | ".join(shown)] if catalogue.locale_identifier != "en" else []
    stream = io.BytesIO()
    write_po(stream, catalogue, width=0, sort_output=True)
    return stream.getvalue()


def key(message_id: object) -> str:
    """Return the code of a message, plural or not."""
    return str(message_id[0] if isinstance(message_id, (tuple, list)) else message_id)


def codes(catalogue: Catalog) -> set[str]:
    """Return the codes that a catalogue translates."""
    told = set()
    for message in catalogue:
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if message.id and all(texts):
            told.add(key(message.id))
    return told


def main(arguments: list[str]) -> int:
    """Compile, or check; return the exit status."""
    check = "--check" in arguments
    english = read_catalogue("en")
    wanted, stale = codes(english), []
    for language in LANGUAGES:
        catalogue = read_catalogue(language)
        if missing := sorted(wanted - codes(catalogue)):
            stale.append(f"{language} lacks {', '.join(missing)}")
        path = po_path(language)
        for target, data in (
            (path, with_english(catalogue, english)),
            (path.with_suffix(".mo"), compiled(catalogue)),
        ):
            if target.exists() and target.read_bytes() == data:
                continue
            if check:
                stale.append(f"{target.relative_to(LOCALE)} is out of date")
            else:
                target.write_bytes(data)
    sys.stderr.write("".join(f"{line}\n" for line in stale))
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
