"""Which background belongs to a sample: the one named by a person, or by the sample's header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.errors import ParameterError
from vigie.records import PhdType, PulseHeight, Reason, Spectrum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.pipeline.radionuclide.gather import Gathered, Measurement

BACKGROUNDS = {
    PhdType.DETECTOR_BACKGROUND,
    PhdType.GAS_BACKGROUND,
    PhdType.BLANK,
    PhdType.QUALITY_CONTROL,
}
"""Messages that are no samples: they serve those that are."""
STRANGE_BACKGROUND = "sample.strange_background"
"""Remark on a background of another kind or detector than it should be."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Backgrounds:
    """What is subtracted from a sample; None where there is none."""

    detector: PulseHeight | Spectrum | None = None
    gas: PulseHeight | None = None
    blank: PulseHeight | Spectrum | None = None


NO_BACKGROUNDS = Backgrounds()
"""Nothing was given by a person."""


def backgrounds_of(
    message: PulseHeight, gathered: Gathered, given: Backgrounds
) -> tuple[Backgrounds, tuple[Reason, ...]]:
    """Return the backgrounds of a sample, and what there is to say of how they were found.

    A background that a person gave counts before one that the header names. Of a particulate
    sample the header names its blank or its detector background in one place.
    """
    named = {
        "detector": _with_id(message.detector_background_id, message, gathered.messages),
        "gas": _with_id(message.gas_background_id, message, gathered.messages),
    }
    detector, blank = given.detector, given.blank
    found = named["detector"]
    if found is not None and found.type is PhdType.BLANK and blank is None:
        blank = found
    elif found is not None and detector is None:
        detector = found
    chosen = Backgrounds(detector=detector, gas=given.gas or named["gas"], blank=blank)
    return chosen, tuple(_told(message, chosen, given))


def _told(message: PulseHeight, chosen: Backgrounds, given: Backgrounds) -> list[Reason]:
    """Say where a background that a person gave is not the one that the header names."""
    pairs = (
        (given.detector, message.detector_background_id),
        (given.gas, message.gas_background_id),
    )
    strange = [_strange(message, chosen.detector, PhdType.DETECTOR_BACKGROUND)]
    strange += [_strange(message, chosen.gas, PhdType.GAS_BACKGROUND)]
    return [one for one in strange if one is not None] + [
        Reason.of("sample.other_background", given=one.measurement_id, named=wanted)
        for one, wanted in pairs
        if isinstance(one, PulseHeight)
        and is_id(wanted)
        and one.measurement_id
        and one.measurement_id != wanted
    ]


def _strange(
    message: PulseHeight, background: PulseHeight | Spectrum | None, kind: PhdType
) -> Reason | None:
    """Say where a background is of another kind or another detector than it should be.

    Raises
    ------
    ParameterError
        It is the sample itself: nothing would be left.
    """
    if not isinstance(background, PulseHeight):
        return None
    name = background.measurement_id or background.sample_id
    if background is message or (
        message.raw_sha256 and message.raw_sha256 == background.raw_sha256
    ):
        raise ParameterError(name="background", value=name, expected="another than the sample")
    kinds = {kind, PhdType.BLANK} if kind is PhdType.DETECTOR_BACKGROUND else {kind}
    if background.type in kinds and background.detector == message.detector:
        return None
    return Reason.of(
        STRANGE_BACKGROUND, given=name, type=background.type, detector=background.detector
    )


def is_id(text: str) -> bool:
    """Tell whether a header names a measurement; ``0`` stands for none."""
    return text.strip("0- ") != ""


def _with_id(
    wanted: str, message: PulseHeight, messages: Sequence[Measurement]
) -> PulseHeight | None:
    if not is_id(wanted):
        return None
    for one in messages:
        other = one.message
        if other is not None and other is not message and other.measurement_id == wanted:
            return other
    return None


def samples_among(gathered: Gathered) -> tuple[list[Measurement], list[Measurement]]:
    """Return what is to be analysed, and what only serves it.

    Where there are samples, messages of backgrounds and check sources serve them; where there are
    none, everything is analysed, for somebody wants to see it.
    """
    serving = [
        one
        for one in gathered.measurements
        if one.message is not None and one.message.type in BACKGROUNDS
    ]
    wanted = [one for one in gathered.measurements if one not in serving]
    return (wanted, serving) if wanted else (serving, [])
