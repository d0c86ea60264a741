"""What an SPE states besides what the library reads: its number of channels, widths of peaks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vigie.formats.numbers import number_of
from vigie.records import CalibrationPoint

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog

_BLOCK = r"(?:^|[\r\n])\${}:[ \t]*[\r\n]+([^$]*)"
N_POINTS = 9
_WIDEST_KEV = 300.0
"""No gamma detector's peak."""


def tell_channels(data: bytes, n_channels: int, log: IssueLog) -> None:
    """Note where a spectrum has not the channels that it declares: it may be cut off."""
    words = _words(data, "DATA", most=2)
    if len(words) == 2 and all(word.isdecimal() for word in words):
        declared = int(words[1]) - int(words[0]) + 1
        if declared != n_channels:
            expected = f"that of the counts there are, {n_channels}"
            text = f"{declared} channels"
            log.suspect("$DATA", field_name="number of channels", text=text, expected=expected)


def stated_energies(data: bytes) -> str:
    """Return the words of the energy calibration, be it without use; empty where there is none."""
    return " ".join(_words(data, "MCA_CAL", most=4)[1:] or _words(data, "ENER_FIT", most=2))


def resolution_of(
    data: bytes, coefficients: tuple[float, ...], n_channels: int
) -> tuple[CalibrationPoint, ...]:
    """Return FWHM in keV at some energies, from the parabola in channels of ``$SHAPE_CAL``.

    Parameters
    ----------
    data : bytes
    coefficients : tuple of float
        Of the energy curve.
    n_channels : int
    """
    words = _words(data, "SHAPE_CAL", most=4)
    terms = [number_of(word) for word in words[1:]]
    shape = [term for term in terms if term is not None]
    if not coefficients or not any(shape) or len(shape) < len(terms):
        return ()
    points = []
    for k in range(1, N_POINTS + 1):
        channel = k * n_channels / (N_POINTS + 1)
        width = sum(term * channel**power for power, term in enumerate(shape))
        gain = sum(p * one * channel ** (p - 1) for p, one in enumerate(coefficients) if p)
        energy = sum(one * channel**power for power, one in enumerate(coefficients))
        points.append(CalibrationPoint(energy_kev=energy, value=width * gain))
    sound = all(p.energy_kev > 0.0 and 0.0 < p.value < _WIDEST_KEV for p in points)
    return tuple(points) if sound else ()


def _words(data: bytes, block: str, *, most: int) -> list[str]:
    match = re.search(_BLOCK.format(block).encode(), data)
    return match[1].decode("latin-1").split(maxsplit=most)[:most] if match else []
