"""The elements of an array on one time axis, as they were judged, for f-k and GLR."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.records import Station, Technology, Waveform
from vigie.records.time import add_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.infrasound.judged import JudgedArray  # noqa: TC004 (a type only)
    from vigie.signal.elements import ElementData  # noqa: TC004 (a type only)

FloatArray = NDArray[np.float64]

NOT_JUDGED = "elements not judged"
AROUND_S = 20.0
"""Elements are asked so long before and after a window: not all that is coherent was judged."""


@dataclass(frozen=True, slots=True, eq=False)
class ArrayElements:
    """Elements of an array."""

    data: ElementData
    """Without those that are wrong, where they are."""
    names: tuple[str, ...]
    notes: tuple[str, ...]
    """What was left out, and what is in doubt."""
    judged: JudgedArray | None = None
    """Of an infrasound array."""
    heights_km: FloatArray | None = None
    """That its times are corrected for, shape (n,)."""
    height_sigmas_km: FloatArray | None = None
    """Of heights that are not known."""

    def doubt_over(self, span_ns: tuple[int, int]) -> tuple[str, tuple[tuple[str, ...], ...]]:
        """Return why no direction of a window can be trusted, and which elements may be right.

        Empty where elements agree; else those that are right under each hypothesis that is left.
        """
        if self.judged is None:
            return "", ()
        first_ns, last_ns = span_ns
        around = (add_seconds(first_ns, -AROUND_S), add_seconds(last_ns, AROUND_S))
        verdict = self.judged.verdict_over(around)
        return verdict.doubt, verdict.hypotheses


def elements_of(
    waveforms: Sequence[Waveform], station: Station, technology: Technology
) -> ArrayElements:
    """Return the elements of an array as detection uses them.

    Raises
    ------
    ArrayGeometryError, ParameterError
        Too few recorded.
    """
    if technology is Technology.INFRASOUND:
        return _sound(waveforms, station)
    from vigie.seismic.arrays import array_of
    from vigie.seismic.conditioning import condition
    from vigie.signal.elements import element_data
    from vigie.signal.quality import QualityParams

    setup = array_of(station, condition(waveforms, station, QualityParams()))
    if setup is None:
        raise ParameterError(
            name="station",
            value=station.code,
            expected="vertical recordings of three elements or more",
        )
    data = element_data(*setup.runs())
    names = tuple(c.station for c in data.channels)
    return ArrayElements(data, names, (f"{NOT_JUDGED}: of seismic arrays each signal's are",))


def refuse_short(elements: ArrayElements, code: str, window_s: float) -> None:
    """Refuse recordings that are shorter than one window.

    Raises
    ------
    ParameterError
    """
    length_s = elements.data.samples.shape[1] / elements.data.rate_hz
    if length_s < window_s:
        raise ParameterError(
            name="window", value=f"{window_s:g} s",
            expected=f"shorter than the recordings: {code} has {length_s:.3g} s; give a shorter "
            "--window, or more of the recordings",
        )  # fmt: skip


def none_whole(code: str, window_s: float) -> str:
    """Return a note that the GLR found no window to search."""
    return (
        f"{code}: no window of {window_s:g} s that all elements recorded without a gap, and that "
        "is not near the ends of the recordings, which cannot be made white: give a shorter "
        "--window, more of the recordings, or --method fk"
    )


def _sound(waveforms: Sequence[Waveform], station: Station) -> ArrayElements:
    from vigie.infrasound.array import sound_array
    from vigie.infrasound.bursts import without_bursts
    from vigie.infrasound.heights import with_heights
    from vigie.infrasound.judged import judged_array, pieces_of
    from vigie.infrasound.recipe import InfrasoundRecipe
    from vigie.signal.elements import element_data

    recipe = InfrasoundRecipe()
    array, left_out = sound_array(waveforms, station, recipe.quality)
    recipe = with_heights(recipe, array)
    array, _ = without_bursts(array, pieces_of(array, recipe.piece_s), recipe.bursts)
    judged = judged_array(array, recipe)
    used = judged.used
    data = element_data(*used.runs())
    known = dict(zip((e.channel for e in used.elements), used.names, strict=True))
    notes = [*left_out, *judged.notes]
    if judged.not_judged:
        which = ", ".join(judged.not_judged)
        why = "nothing coherent enough was recorded, or too few elements"
        notes.append(f"{NOT_JUDGED} ({which}): {why}")
    names = tuple(known[c] for c in data.channels)
    of = dict(zip(used.names, used.elements, strict=True))
    heights = np.array([of[n].height_km for n in names])
    sigmas = np.array([of[n].height_sigma_km for n in names])
    return ArrayElements(data, names, tuple(dict.fromkeys(notes)), judged, heights, sigmas)
