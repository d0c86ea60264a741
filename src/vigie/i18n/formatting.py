"""Templates are filled in: numbers with a point in every language, codes kept apart.

A template is a text with named fields as of ``str.format``. ``{unit!t}`` translates the value (a
word of the catalogue, ``term.<value>``). Numbers without a format have four significant digits.
In a language that is written from right to left every code is isolated (Unicode U+2068, U+2069),
so that ``Cs-137`` or ``-0.3`` keep their order within the sentence.
"""

from __future__ import annotations

import math
import string
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vigie.i18n.languages import Language

_FIRST_STRONG, _POP = "\u2068", "\u2069"
_UNKNOWN = "–"


class _Term(str):
    """A word of the language itself: it runs in the language's direction."""

    __slots__ = ()


class _Filler(string.Formatter):
    """Formatter of one language."""

    def __init__(self, spoken: Language, term: Callable[[str], str]) -> None:
        self.spoken = spoken
        self.term = term

    def get_value(
        self,
        key: int | str,
        args: Any,  # noqa: ANN401 — as string.Formatter declares it
        kwargs: Mapping[str, Any],
    ) -> Any:  # noqa: ANN401
        if isinstance(key, int):
            raise KeyError(key)
        return kwargs[key]

    def convert_field(self, value: object, conversion: str | None) -> object:
        if conversion == "t":
            return _Term(self.term(str(value)))
        return super().convert_field(value, conversion)

    def format_field(self, value: object, format_spec: str) -> str:
        if isinstance(value, _Term):
            return format(str(value), format_spec)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return self._isolated(self._number(value, format_spec))
        return self._isolated(format(value, format_spec))

    def _number(self, value: float, format_spec: str) -> str:
        if not math.isfinite(value):
            return _UNKNOWN
        plain = isinstance(value, int) or float(value).is_integer()
        usual = "d" if plain and abs(value) < 1e6 else ".4g"
        spec = format_spec or usual
        return format(int(value) if spec == "d" else value, spec)

    def _isolated(self, text: str) -> str:
        if self.spoken.direction == "ltr" or not text:
            return text
        return f"{_FIRST_STRONG}{text}{_POP}"


def fill(
    template: str,
    params: Mapping[str, str | float],
    spoken: Language,
    term: Callable[[str], str],
) -> str:
    """Return a template with its fields filled.

    Parameters
    ----------
    template : str
    params : mapping of name to value
    spoken : Language
    term : callable
        Translates a word, for fields with ``!t``.

    Raises
    ------
    KeyError
        The template has a field without a value.
    ValueError
        A value does not go with the field's format.

    Examples
    --------
    >>> from vigie.i18n.languages import LANGUAGES
    >>> fill("{x} µBq/m³, {n} fois", {"x": 0.51234, "n": 3}, LANGUAGES["fr"], str)
    '0.5123 µBq/m³, 3 fois'
    """
    return _Filler(spoken, term).vformat(template, (), dict(params))


def fields_of(template: str) -> set[str]:
    """Return the names of a template's fields.

    Examples
    --------
    >>> sorted(fields_of("{n} of {total:.1f} {unit!t}"))
    ['n', 'total', 'unit']
    """
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}
