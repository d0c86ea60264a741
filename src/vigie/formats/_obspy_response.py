"""Instrument responses to ObsPy's classes and back.

Poles and zeros are kept in rad/s: those given in Hz are multiplied by 2 pi, their norm factor
by (2 pi)^(poles - zeros). Digital filters keep all their coefficients: halves of symmetric ones
are completed, and poles and zeros in the z plane are multiplied out. Input units that are a part or
a multiple of ours (nm/s, kPa) are turned into ours by the gain of the first stage.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.records import Response, ResponseStage

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.formats._obspy_guard import Untyped

_MOTIONS = {"M": "m", "M/S": "m/s", "M/S**2": "m/s**2", "M/S/S": "m/s**2", "M/(S**2)": "m/s**2"}
_LENGTHS = {"": 1.0, "N": 1e9, "U": 1e6, "M": 1e3, "C": 1e2}
_UNITS = {
    **{
        f"{part}{name}": (unit, per_metre)
        for name, unit in _MOTIONS.items()
        for part, per_metre in _LENGTHS.items()
    },
    **dict.fromkeys(("PA", "PASCAL", "PASCALS"), ("Pa", 1.0)),
    **dict.fromkeys(("UPA", "MICROPASCAL", "MICROPASCALS"), ("Pa", 1e6)),
    "HPA": ("Pa", 1e-2),
    "MBAR": ("Pa", 1e-2),
    "UBAR": ("Pa", 10.0),
    "KPA": ("Pa", 1e-3),
}
"""Unit to ours, and how many of it are one of ours."""
_AS_WRITTEN = {"mPa": ("Pa", 1e3), "MPa": ("Pa", 1e-6)}
"""Units that capital letters alone would not tell apart."""
_MICRO = str.maketrans({"\N{MICRO SIGN}": "u", "\N{GREEK SMALL LETTER MU}": "u"})


def response_from_obspy(
    response: Untyped, complain: Callable[[str], None] = lambda _: None
) -> Response | None:
    """Return a response; None where there are neither stages nor a sensitivity.

    Parameters
    ----------
    response : obspy Response or None
        Of a channel.
    complain : callable
        Is told in words of each stage that is not kept whole.

    Raises
    ------
    ValueError
        The input unit is not ground motion or pressure, or a stage is of a kind that has no
        twin (a polynomial, analogue coefficients).
    """
    if response is None:
        return None
    total = response.instrument_sensitivity
    has_total = total is not None and total.value is not None
    if not response.response_stages and not has_total:
        return None
    unit, per_ours = _input_unit(response)
    stages = [_stage(stage, complain) for stage in response.response_stages]
    if stages and per_ours != 1.0:
        stages[0] = replace(stages[0], gain=stages[0].gain * per_ours)
    return Response(
        input_unit=unit,
        stages=tuple(stages),
        sensitivity=float(total.value) * per_ours if has_total else None,
        sensitivity_freq_hz=float(total.frequency) if has_total and total.frequency else None,
    )


def _input_unit(response: Untyped) -> tuple[str, float]:
    stated = []
    if response.response_stages:
        stated.append(response.response_stages[0].input_units)
    if response.instrument_sensitivity is not None:
        stated.append(response.instrument_sensitivity.input_units)
    for unit in stated:
        name = (unit or "").strip().translate(_MICRO)
        if name in _AS_WRITTEN:
            return _AS_WRITTEN[name]
        if name.upper() in _UNITS:
            return _UNITS[name.upper()]
    raise ValueError(
        f"its input unit {stated[0] if stated else None!r} is not ground motion or pressure: "
        "write that of the sensor (M, M/S, M/S**2, Pa, uPa, mPa, kPa ...)"
    )


def _stage(stage: Untyped, complain: Callable[[str], None]) -> ResponseStage:
    from obspy.core.inventory import (
        PolesZerosResponseStage,
        PolynomialResponseStage,
        ResponseListResponseStage,
    )

    if isinstance(stage, PolynomialResponseStage):
        raise ValueError("a polynomial stage is not linear")  # noqa: TRY004 — of the file, not of a caller
    gain = float(stage.stage_gain) if stage.stage_gain is not None else 1.0
    frequency = stage.stage_gain_frequency
    gain_freq_hz = float(frequency) if frequency is not None else None
    if isinstance(stage, ResponseListResponseStage):
        fap = tuple(
            (float(e.frequency), float(e.amplitude), float(e.phase))
            for e in stage.response_list_elements
        )
        return ResponseStage(kind="fap", gain=gain, gain_freq_hz=gain_freq_hz, fap=fap)
    if isinstance(stage, PolesZerosResponseStage) and "DIGITAL" not in _transfer(stage):
        return _paz(stage, gain, gain_freq_hz)
    numerator, denominator = _coefficients(stage)
    # One coefficient delays nothing and passes all: a gain, as of a digitiser.
    if len(numerator) + len(denominator) < 2:
        return ResponseStage(kind="gain", gain=gain, gain_freq_hz=gain_freq_hz)
    if not stage.decimation_input_sample_rate:
        complain("a digital filter without its input sample rate is taken as its gain")
        return ResponseStage(kind="gain", gain=gain, gain_freq_hz=gain_freq_hz)
    return ResponseStage(
        kind="digital",
        gain=gain,
        gain_freq_hz=gain_freq_hz,
        numerator=numerator,
        denominator=denominator,
        rate_hz=float(stage.decimation_input_sample_rate),
        delay_s=float(stage.decimation_correction or 0.0),
    )


def _transfer(stage: Untyped) -> str:
    return str(stage.pz_transfer_function_type or "").upper()


def _coefficients(stage: Untyped) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return numerator and denominator of a digital filter; both empty where it is none."""
    from obspy.core.inventory import (
        CoefficientsTypeResponseStage,
        FIRResponseStage,
        PolesZerosResponseStage,
    )

    if isinstance(stage, PolesZerosResponseStage):
        return _multiplied(stage.zeros, len(stage.poles)), _multiplied(
            stage.poles, len(stage.zeros)
        )
    if isinstance(stage, FIRResponseStage):
        return _completed([float(c) for c in stage.coefficients], str(stage.symmetry)), ()
    if not isinstance(stage, CoefficientsTypeResponseStage):
        return (), ()
    numerator = tuple(float(c) for c in stage.numerator)
    denominator = tuple(float(c) for c in stage.denominator)
    is_digital = "DIGITAL" in str(stage.cf_transfer_function_type or "DIGITAL").upper()
    if not is_digital and len(numerator) + len(denominator) > 1:
        raise ValueError("a stage of analogue coefficients is not known")
    # A denominator of one coefficient is that of y[n] alone.
    return numerator, denominator if len(denominator) > 1 else ()


def _completed(half: list[float], symmetry: str) -> tuple[float, ...]:
    """Return all coefficients of a filter of which only one half may be given."""
    if symmetry == "ODD":
        return (*half, *half[-2::-1])
    return (*half, *half[::-1]) if symmetry == "EVEN" else tuple(half)


def _multiplied(roots: Untyped, n_others: int) -> tuple[float, ...]:
    """Return the polynomial in 1/z of roots in the z plane."""
    import numpy as np

    # z^n of the higher order is divided out, so that the lower one begins later.
    late = max(0, n_others - len(roots))
    return (0.0,) * late + tuple(float(c) for c in np.real(np.poly([complex(r) for r in roots])))


def _paz(stage: Untyped, gain: float, gain_freq_hz: float | None) -> ResponseStage:
    scale = 2.0 * math.pi if "HERTZ" in _transfer(stage) else 1.0
    order = len(stage.poles) - len(stage.zeros)
    return ResponseStage(
        kind="paz",
        gain=gain,
        gain_freq_hz=gain_freq_hz,
        poles=tuple(complex(pole) * scale for pole in stage.poles),
        zeros=tuple(complex(zero) * scale for zero in stage.zeros),
        norm_factor=float(stage.normalization_factor or 1.0) * scale**order,
    )


def response_to_obspy(response: Response) -> Untyped:
    """Return the ObsPy response of a response."""
    from obspy.core.inventory import InstrumentSensitivity
    from obspy.core.inventory import Response as ObspyResponse

    unit = response.input_unit.upper() if response.input_unit != "Pa" else "PA"
    total = None
    if response.sensitivity is not None:
        total = InstrumentSensitivity(
            response.sensitivity, response.sensitivity_freq_hz or 0.0, unit, "COUNTS"
        )
    stages = [
        _obspy_stage(number, stage, unit if number == 1 else "V")
        for number, stage in enumerate(response.stages, 1)
    ]
    return ObspyResponse(instrument_sensitivity=total, response_stages=stages)


def _obspy_stage(number: int, stage: ResponseStage, input_unit: str) -> Untyped:
    from obspy.core.inventory import (
        CoefficientsTypeResponseStage,
        PolesZerosResponseStage,
        ResponseListResponseStage,
    )
    from obspy.core.inventory import ResponseStage as PlainStage
    from obspy.core.inventory.response import ResponseListElement

    common = (number, stage.gain, stage.gain_freq_hz, input_unit, "V" if number == 1 else "COUNTS")
    if stage.kind == "paz":
        return PolesZerosResponseStage(
            *common,
            pz_transfer_function_type="LAPLACE (RADIANS/SECOND)",
            normalization_frequency=stage.gain_freq_hz or 1.0,
            zeros=list(stage.zeros),
            poles=list(stage.poles),
            normalization_factor=stage.norm_factor,
        )
    if stage.kind == "fap":
        elements = [ResponseListElement(*entry) for entry in stage.fap]
        return ResponseListResponseStage(*common, response_list_elements=elements)
    if stage.kind == "digital":
        return CoefficientsTypeResponseStage(
            *common,
            cf_transfer_function_type="DIGITAL",
            numerator=list(stage.numerator),
            denominator=list(stage.denominator),
            decimation_input_sample_rate=stage.rate_hz,
            decimation_factor=1,
            decimation_offset=0,
            decimation_delay=stage.delay_s,
            decimation_correction=stage.delay_s,
        )
    return PlainStage(*common)
