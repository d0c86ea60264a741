"""The languages of the treaty, and how each writes numbers and lines.

Plural forms: Unicode CLDR 47 (Unicode-3.0 licence; facts). Digits are Latin in all languages, in
Arabic too (CLDR numbering system ``latn``), and the decimal sign is a point in all, as in tables,
lists and figures: a number in a sentence is found again in its table as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from vigie.errors import UnknownModelError


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language that vigie speaks."""

    code: str
    """ISO 639-1."""
    name: str
    """As its speakers call it."""
    direction: str
    """``ltr`` or ``rtl``, of a page."""


LANGUAGES: dict[str, Language] = {
    one.code: one
    for one in (
        Language(code="en", name="English", direction="ltr"),
        Language(code="fr", name="français", direction="ltr"),
        Language(code="es", name="español", direction="ltr"),
        Language(code="ru", name="русский", direction="ltr"),
        Language(code="zh", name="中文", direction="ltr"),
        Language(code="ar", name="العربية", direction="rtl"),
    )
}
"""By code; the six languages in which the treaty is authentic."""


def language(code: str) -> Language:
    """Return a language by its code; a region behind it (``fr-CA``) is passed over.

    Raises
    ------
    UnknownModelError
        vigie does not speak it.

    Examples
    --------
    >>> language("ar").direction, language("fr_CA").name
    ('rtl', 'français')
    """
    wanted = code.replace("_", "-").split("-")[0].lower()
    if wanted not in LANGUAGES:
        raise UnknownModelError(kind="language", name=code, known=", ".join(LANGUAGES))
    return LANGUAGES[wanted]
