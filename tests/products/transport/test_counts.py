"""Counts in the words of sources and events: one and several, as each language has them."""

from __future__ import annotations

import pytest

from vigie.i18n import messages

HEAD: dict[str, str | float] = {"nuclide": "Xe-133", "detections": 1}


@pytest.mark.parametrize(
    ("language", "counted"),
    [
        ("en", {1: "1 sample,", 2: "2 samples,"}),
        ("fr", {1: "1 échantillon,", 2: "2 échantillons,"}),
        ("es", {1: "1 muestra,", 2: "2 muestras,"}),
        ("ru", {1: "1 проба,", 3: "3 пробы,", 5: "5 проб,", 21: "21 проба,"}),
        ("zh", {1: "1 个样品，", 5: "5 个样品，"}),
        ("ar", {1: "عينة واحدة،", 2: "عينتان،", 3: "عينات،", 11: "عينة،"}),
    ],
)
@pytest.mark.parametrize("code", ["source.text.head", "source.figure.posterior"])
def test_samples_are_counted(code: str, language: str, counted: dict[int, str]) -> None:
    for n, told in counted.items():
        assert told in messages(language)(code, n=n, **HEAD)


@pytest.mark.parametrize(
    ("code", "one", "two"),
    [
        ("source.several_models", "1 échantillon a ", "2 échantillons ont "),
        ("source.text.samples_alone", "1 échantillon sans", "2 échantillons sans"),
        ("source.text.fields_alone", "1 sensibilité sans", "2 sensibilités sans"),
        ("source.text.background", "1 émetteur connu,", "2 émetteurs connus,"),
        ("fuse.not_background", "la détection", "des 2 détections"),
        ("plume.figure.days_alt", "1 jour ", "2 jours "),
    ],
)
def test_french_has_one_and_several(code: str, one: str, two: str) -> None:
    params = {"names": "x", "name": "x"}
    assert one in messages("fr")(code, n=1, **params)
    assert two in messages("fr")(code, n=2, **params)
