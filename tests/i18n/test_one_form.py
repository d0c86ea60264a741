"""One form of a word or sign in a language, across its catalogue."""

from __future__ import annotations

import re

import pytest
from builders.catalogues import key, read_catalogue

NOT_USED = {
    # Numbers have a point in all languages, as in tables and lists.
    "es": ["(?<!radio)núclido", "fichero", "[0-9],[0-9]"],
    "fr": ["écarts?-types?", "[0-9],[0-9]"],
    "ru": ["[0-9],[0-9]"],
    "zh": ["[0-9}][ \u00a0\u202f]%"],
    "ar": ["[0-9}][ \u00a0\u202f]%", "ارتياب"],
}
"""Of two forms of one word, the one that is not used."""


@pytest.mark.parametrize("language", sorted(NOT_USED))
def test_a_catalogue_has_one_form_of_a_word(language: str) -> None:
    found = []
    for message in read_catalogue(language):
        text = message.string if isinstance(message.string, str) else " ".join(message.string or ())
        if message.id and any(re.search(p, text, re.IGNORECASE) for p in NOT_USED[language]):
            found.append(key(message.id))
    assert found == []
