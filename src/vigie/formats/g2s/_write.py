"""A profile to G2S text."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from vigie.errors import UnwritableError
from vigie.file_text import utf8
from vigie.formats.g2s._header import CLIMATOLOGY_MARK, COLUMNS, DEFAULT, SCALES
from vigie.records import AtmosphereSource, format_iso

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.records import AtmosphereProfile

_LETTERS = {name: letter.upper() for letter, name in reversed(COLUMNS.items())}
_UNITS = {"k": "K"}
_SCALES = {name: Decimal(str(SCALES[name][unit])) for name, unit in DEFAULT}


def write_profile(profiles: Sequence[AtmosphereProfile]) -> bytes:
    """Return the text of exactly one profile.

    Raises
    ------
    UnwritableError
        There is none, or there are several.
    """
    if len(profiles) != 1:
        raise UnwritableError(
            format="G2S text",
            what=f"{len(profiles)} atmosphere profiles",
            remedy="Give it exactly one.",
        )
    return utf8("\n".join((*_header(profiles[0]), *_rows(profiles[0]))) + "\n")


def _header(profile: AtmosphereProfile) -> Iterator[str]:
    model = profile.model
    if profile.source is AtmosphereSource.CLIMATOLOGY:
        model = CLIMATOLOGY_MARK + model
    if model:
        yield f"# Data Source: {model}"
    if profile.time_ns is not None:
        yield f"# Model Time = {format_iso(profile.time_ns)}"
    if profile.latitude is not None:
        yield f"# Location = [ {profile.latitude!r}, {profile.longitude!r} ]"
    columns = [f"{_LETTERS[name]}({_UNITS.get(unit, unit)})" for name, unit in DEFAULT]
    yield f"# Fields = [ {', '.join(columns)} ]"
    yield f"# Ground Height = {profile.ground_km!r}"


def _rows(profile: AtmosphereProfile) -> Iterator[str]:
    scales = list(_SCALES.values())
    table = [getattr(profile, name).tolist() for name in _SCALES]
    for row in zip(*table, strict=True):
        pairs = zip(row, scales, strict=True)
        yield " ".join(str(Decimal(repr(value)) / scale) for value, scale in pairs)
