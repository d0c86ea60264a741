"""Message catalogues: a code and its parameters become a sentence of a language."""

from vigie.i18n.catalogue import SPOKEN, Messages, messages, sentence
from vigie.i18n.languages import LANGUAGES, Language, language

__all__ = ["LANGUAGES", "SPOKEN", "Language", "Messages", "language", "messages", "sentence"]
