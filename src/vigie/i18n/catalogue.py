"""Catalogues of messages: a code and its parameters become a sentence of a language.

The catalogues are gettext files (``locale/<language>/LC_MESSAGES/vigie.po``), whose ``msgid`` is
the code: any tool for translators edits them. They are compiled to ``.mo`` by
``python -m builders.catalogues`` and read with the standard library alone. A message with a
count has its plural forms under the same code; the parameter ``n`` chooses.
"""

from __future__ import annotations

import gettext
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Protocol

from vigie.i18n.formatting import fill
from vigie.i18n.languages import LANGUAGES, Language, language

if TYPE_CHECKING:
    from collections.abc import Mapping

DOMAIN = "vigie"


class Told(Protocol):
    """A code with its parameters, as a ``Reason`` has them."""

    @property
    def code(self) -> str:
        """Key of the catalogue."""

    @property
    def params(self) -> tuple[tuple[str, str | float], ...]:
        """What fills the message."""


@dataclass(frozen=True, slots=True, eq=False)
class Messages:
    """All messages of one language. What a language lacks is said in English.

    Examples
    --------
    >>> messages("es")("category.one_unusual", nuclide="Cs-137")
    'Un solo nucleido pertinente es inusual aquí: Cs-137.'
    """

    spoken: Language
    translations: gettext.NullTranslations

    @property
    def language(self) -> str:
        """Code of the language."""
        return self.spoken.code

    @property
    def direction(self) -> str:
        """Direction of a page, ``ltr`` or ``rtl``."""
        return self.spoken.direction

    def __call__(self, code: str, **params: str | float) -> str:
        """Return the message of a code; the code and its parameters where there is none."""
        return self.tell(code, params)

    def tell(self, code: str, params: Mapping[str, str | float]) -> str:
        """Return the message of a code with its parameters; never raises.

        A record from elsewhere may carry a code that is not known here, or other parameters.
        """
        template = self.template(code, params.get("n"))
        if template is None:
            return _bare(code, params)
        try:
            return fill(template, params, self.spoken, self.term)
        except (KeyError, ValueError, IndexError, TypeError):
            return _bare(code, params)

    def term(self, word: str) -> str:
        """Return a word of a list (``term.<word>``), or the word itself where it has no entry."""
        return self.template(f"term.{word}") or word

    def template(self, code: str, count: str | float | None = None) -> str | None:
        """Return the text of a code with its fields still open; None where there is none."""
        if isinstance(count, (int, float)) and math.isfinite(count):
            found = self.translations.ngettext(code, code, int(count))
            if found != code:
                return found
        found = self.translations.gettext(code)
        return found if found != code else None


@cache
def messages(code: str = "en") -> Messages:
    """Return the messages of a language.

    Raises
    ------
    UnknownModelError
        vigie does not speak the language.
    """
    spoken = language(code)
    found = _compiled(spoken.code)
    if spoken.code != "en":
        found.add_fallback(_compiled("en"))
    return Messages(spoken, found)


def sentence(told: Told, language: str = "en") -> str:
    """Return the sentence of a reason in a language.

    Parameters
    ----------
    told : Reason
        Anything with ``code`` and ``params``.
    language : str
        ``en``, ``fr``, ``es``, ``ru``, ``zh`` or ``ar``.

    Raises
    ------
    UnknownModelError
        vigie does not speak the language.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> sentence(SimpleNamespace(code="gas.no_history", params=(("nuclide", "Xe-133"),)), "es")
    'Xe-133: no hay historial de la estación con el que compararlo.'
    """
    return messages(language).tell(told.code, dict(told.params))


def _compiled(code: str) -> gettext.GNUTranslations:
    place = files("vigie.i18n") / "locale" / code / "LC_MESSAGES" / f"{DOMAIN}.mo"
    with as_file(place) as path, path.open("rb") as stream:
        return gettext.GNUTranslations(stream)


def _bare(code: str, params: Mapping[str, str | float]) -> str:
    told = ", ".join(f"{name} {value}" for name, value in params.items())
    return f"{code} ({told})" if told else code


SPOKEN = tuple(LANGUAGES)
"""Codes of all languages."""
