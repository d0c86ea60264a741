"""Instrument response files of CSS 3.0 (``fap``, ``paz``, ``fir``, also several stages in one).

A stage: a line ``theoretical|measured <number> <what> fap|paz|fir|pazfir <source>``, then for
``fap`` the number of entries and lines of frequency (Hz), amplitude, phase (deg) and errors; for
``paz`` the factor A0, the poles and the zeros (rad/s); for ``fir`` the sample rate, numerator and
denominator. ``#`` begins a comment; tabs and blanks separate.

Source: NNSA KB Core schema; checked on the 1365 files of IMS stations.
"""

from __future__ import annotations

import cmath
import math
from itertools import pairwise
from typing import TYPE_CHECKING

from vigie.formats.fixed_columns import text_lines
from vigie.records import ResponseStage

if TYPE_CHECKING:
    from collections.abc import Sequence

_ORIGINS = ("theoretical", "measured")
_RULER = "=-*_"
"""Lines of only these are decoration."""
_MAX_DIGITS = 10


class _Words:
    """The words of a file, line by line, with a place for messages."""

    def __init__(self, data: bytes) -> None:
        lines = enumerate(text_lines(data), 1)
        self._lines = [(n, line.split()) for n, line in lines if _is_content(line)]
        self._at = 0
        self.remarks: list[str] = []

    @property
    def is_done(self) -> bool:
        return self._at >= len(self._lines)

    def line(self) -> list[str]:
        """Return the next line's words.

        Raises
        ------
        ValueError
            There is none.
        """
        if self.is_done:
            raise ValueError("it ends before its last stage does")
        self._at += 1
        return self._lines[self._at - 1][1]

    def count(self) -> int:
        """Return the number on the next line, of the lines that follow; no more than there are."""
        word = self.line()[0]
        if not (word.isascii() and word.isdecimal() and len(word) < _MAX_DIGITS):
            raise ValueError(f"{self.place}: {word!r} is not a number of lines")
        n_left = len(self._lines) - self._at
        if int(word) > n_left:
            self.remarks.append(f"{self.place}: {word} lines are declared, {n_left} follow")
        return min(int(word), n_left)

    def numbers(self, at_least: int) -> list[float]:
        """Return the numbers of the next line."""
        words = self.line()
        try:
            values = [float(word) for word in words]
        except ValueError:
            values = []
        if len(values) < at_least or not all(map(math.isfinite, values)):
            raise ValueError(f"{self.place}: {' '.join(words)[:40]!r} is not {at_least} numbers")
        return values

    @property
    def place(self) -> str:
        return f"line {self._lines[self._at - 1][0]}"


def _is_content(line: str) -> bool:
    bare = line.strip()
    return bool(bare.strip(_RULER)) and not bare.startswith("#")


def read_response_stages(data: bytes) -> tuple[tuple[ResponseStage, ...], list[str]]:
    """Return the stages of a response file, in order; and remarks.

    A table that is shorter than declared at the end of the file is kept, with a remark.

    Raises
    ------
    ValueError
        The file breaks its rules; the text says on which line.
    """
    words = _Words(data)
    stages: list[ResponseStage] = []
    while not words.is_done:
        head = words.line()
        if len(head) < 4 or head[0].lower() not in _ORIGINS:
            raise ValueError(f"{words.place}: {' '.join(head)[:40]!r} does not begin a stage")
        stages += _stage(head[3].lower(), words)
    if not stages:
        raise ValueError("it has no stage")
    return tuple(stages), words.remarks


def _stage(kind: str, words: _Words) -> Sequence[ResponseStage]:
    if kind == "fap":
        entries = [words.numbers(3) for _ in range(words.count())]
        table = tuple((f, amplitude, phase) for f, amplitude, phase, *_ in entries)
        if not table or any(b[0] <= a[0] for a, b in pairwise(table)):
            raise ValueError(f"{words.place}: the frequencies do not rise")
        return [ResponseStage(kind="fap", fap=table)]
    if kind == "paz":
        norm_factor = words.numbers(1)[0]
        poles, zeros = _roots(words), _roots(words)
        return [ResponseStage(kind="paz", poles=poles, zeros=zeros, norm_factor=norm_factor)]
    if kind in ("fir", "iir"):
        return [_filter(words)]
    raise ValueError(f"{words.place}: {kind!r} is not fap, paz or fir")


def _filter(words: _Words) -> ResponseStage:
    rate_hz = words.numbers(1)[0]
    numerator, denominator = _coefficients(words), _coefficients(words)
    # One coefficient delays nothing: a gain, which the scale at calper swallows.
    if len(numerator) + len(denominator) < 2:
        return ResponseStage(kind="gain")
    if rate_hz <= 0.0 or not numerator:
        raise ValueError(f"{words.place}: a digital filter without rate or numerator")
    return ResponseStage(
        kind="digital",
        numerator=numerator,
        denominator=denominator if len(denominator) > 1 else (),
        rate_hz=rate_hz,
    )


def _coefficients(words: _Words) -> tuple[float, ...]:
    return tuple(words.numbers(1)[0] for _ in range(words.count()))


def _roots(words: _Words) -> tuple[complex, ...]:
    pairs = [words.numbers(2) for _ in range(words.count())]
    return tuple(complex(real, imaginary) for real, imaginary, *_ in pairs)


def amplitude_at(stages: Sequence[ResponseStage], freq_hz: float) -> float:
    """Return the amplitude of stages in series; tables are interpolated in log-log.

    Raises
    ------
    ValueError
        The frequency lies outside a table, or an amplitude there is not above 0.
    """
    amplitude = 1.0
    for stage in stages:
        if stage.kind == "fap":
            amplitude *= _table_amplitude(stage.fap, freq_hz)
        elif stage.kind == "paz":
            s = 2j * math.pi * freq_hz
            above = math.prod(abs(s - zero) for zero in stage.zeros)
            below = math.prod(abs(s - pole) for pole in stage.poles)
            if below == 0.0:
                raise ValueError("a pole lies at the calibration frequency")
            amplitude *= stage.norm_factor * above / below
        elif stage.kind == "digital":
            amplitude *= _filter_amplitude(stage, freq_hz) / _filter_amplitude(stage, 0.0)
    if not (math.isfinite(amplitude) and amplitude > 0.0):
        raise ValueError("its amplitude at the calibration period is not above 0")
    return amplitude


def _filter_amplitude(stage: ResponseStage, freq_hz: float) -> float:
    turn = -2j * math.pi * freq_hz / (stage.rate_hz or math.nan)
    above, below = (
        abs(sum(c * cmath.exp(turn * k) for k, c in enumerate(row)))
        for row in (stage.numerator, stage.denominator or (1.0,))
    )
    if below == 0.0 or not (above > 0.0 or freq_hz > 0.0):
        raise ValueError("a digital filter stops what it should pass")
    return above / below


def _table_amplitude(table: Sequence[tuple[float, float, float]], freq_hz: float) -> float:
    # Frequencies in files are rounded, so the ends reach a little further.
    if not table[0][0] * 0.99 <= freq_hz <= table[-1][0] * 1.01:
        raise ValueError(f"its table does not reach {freq_hz:g} Hz")
    upper = next((i for i, entry in enumerate(table) if entry[0] >= freq_hz), len(table) - 1)
    if upper == 0 or len(table) == 1:
        return table[upper][1]
    (f0, a0, _), (f1, a1, _) = table[upper - 1], table[upper]
    if min(a0, a1) <= 0.0:
        return a1 if freq_hz == f1 else 0.0
    part = math.log(freq_hz / f0) / math.log(f1 / f0)
    return math.exp(math.log(a0) + part * math.log(a1 / a0))
