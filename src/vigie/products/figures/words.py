"""In which language a figure can be written here, and with which fonts.

Letters that no font has are drawn as boxes, and Arabic whose letters are not joined cannot be
read: a figure is then written in English, whatever the language of the page around it.
"""

from __future__ import annotations

from functools import cache

from vigie.i18n import Messages, language, messages

HAN_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)
"""Fonts with Chinese characters that systems have, the best first."""


def figure_language(code: str) -> str:
    """Return the language in which a figure can be drawn: the one wanted, or else English.

    Raises
    ------
    UnknownModelError
        vigie does not speak the language.

    Examples
    --------
    >>> figure_language("fr")
    'fr'
    """
    wanted = language(code).code
    if wanted == "zh" and not _han_font():
        return "en"
    if wanted == "ar" and not _joins_letters():
        return "en"
    return wanted


def figure_words(code: str) -> Messages:
    """Return the messages of the language in which a figure is drawn."""
    return messages(figure_language(code))


def figure_fonts(code: str) -> tuple[str, ...]:
    """Return the families of fonts of a figure; later ones have the letters that earlier lack."""
    more = (_han_font(),) if figure_language(code) == "zh" else ()
    return ("sans-serif", *more)


@cache
def _han_font() -> str:
    """Return an installed font with Chinese characters; empty where there is none."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return next((name for name in HAN_FONTS if name in installed), "")


@cache
def _joins_letters() -> bool:
    """Tell whether matplotlib joins and orders Arabic letters, as it does with libraqm (3.11)."""
    from matplotlib import ft2font

    return hasattr(ft2font, "__libraqm_version__")
