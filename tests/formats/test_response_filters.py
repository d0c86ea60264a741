"""Digital filters in responses: against evalresp on the inventories that ship inside ObsPy."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import obspy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.formats._obspy_response import response_from_obspy, response_to_obspy
from vigie.records import Response, ResponseStage
from vigie.signal.response import evaluate

ROOT = Path(obspy.__file__).parent
PACKAGED = (
    "core/tests/data/IU_ULN_00_LH1.xml",
    "io/stationxml/tests/data/IRIS_single_channel_with_response.xml",
    "io/arclink/tests/data/arclink_inventory.xml",
    "io/xseed/tests/data/CL.AIO.dataless",
    "io/xseed/tests/data/BN.LPW._.BHE.dataless",
    "io/xseed/tests/data/bug165.dataless",
    "io/xseed/tests/data/G.SPB.dataless",
    "io/xseed/tests/data/RESP.many_zero_frequencies",
)
OUTPUT = {"m": "DISP", "m/s": "VEL", "m/s**2": "ACC"}


def channels(name: str) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        inventory = obspy.read_inventory(str(ROOT / name))
    return [c for network in inventory for station in network for c in station]


@pytest.mark.peer
@pytest.mark.parametrize("name", PACKAGED)
def test_filters_are_those_of_evalresp_to_near_nyquist(name: str) -> None:
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"this ObsPy does not carry {name}")
    compared = 0
    for channel in channels(name):
        try:
            response = response_from_obspy(channel.response)
        except ValueError:
            continue
        if response is None or not any(s.kind == "digital" for s in response.stages):
            continue
        freq_hz = np.linspace(0.1, 0.8, 15) * channel.sample_rate / 2.0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = channel.response.get_evalresp_response_for_frequencies(
                freq_hz, output=OUTPUT.get(response.input_unit, "DEF")
            )
        found = evaluate(response, freq_hz)
        np.testing.assert_allclose(np.abs(found / expected), 1.0, atol=0.005)
        np.testing.assert_allclose(np.angle(found / expected), 0.0, atol=0.005)
        compared += 1
    assert compared


@given(
    st.lists(st.floats(-1.0, 1.0), min_size=2, max_size=12),
    st.sampled_from(["EVEN", "ODD"]),
)
def test_a_half_given_filter_is_completed_and_has_no_delay(
    half: list[float], symmetry: str
) -> None:
    from obspy.core.inventory import FIRResponseStage
    from obspy.core.inventory import Response as ObspyResponse

    stage = FIRResponseStage(
        1, 1.0, 0.0, "M/S", "COUNTS", coefficients=half, symmetry=symmetry,
        decimation_input_sample_rate=40.0,
    )  # fmt: skip
    response = response_from_obspy(ObspyResponse(response_stages=[stage]))
    assert response is not None
    taps = response.stages[0].numerator
    assert taps == taps[::-1]
    assert len(taps) == 2 * len(half) - (symmetry == "ODD")
    value = evaluate(response, np.array([3.0, 11.0]))
    np.testing.assert_allclose(value.imag, 0.0, atol=1e-9 * (1.0 + np.abs(value).max()))


def test_poles_and_zeros_in_the_z_plane_are_multiplied_out() -> None:
    from obspy.core.inventory import PolesZerosResponseStage
    from obspy.core.inventory import Response as ObspyResponse

    pair = (complex(0.5, 0.3), complex(0.5, -0.3))
    stage = PolesZerosResponseStage(
        1, 2.0, 1.0, "M/S", "COUNTS", pz_transfer_function_type="DIGITAL (Z-TRANSFORM)",
        normalization_frequency=1.0, zeros=[complex(-1.0)], poles=list(pair),
        decimation_input_sample_rate=40.0,
    )  # fmt: skip
    response = response_from_obspy(ObspyResponse(response_stages=[stage]))
    assert response is not None
    freq_hz = np.array([1.0, 7.0])
    z = np.exp(2j * np.pi * freq_hz / 40.0)
    shape = (z + 1.0) / (z - pair[0]) / (z - pair[1])
    expected = 2.0 * shape / abs(shape[0])
    np.testing.assert_allclose(evaluate(response, freq_hz), expected, rtol=1e-12)


def test_a_filter_without_its_rate_is_its_gain() -> None:
    from obspy.core.inventory import CoefficientsTypeResponseStage
    from obspy.core.inventory import Response as ObspyResponse

    stage = CoefficientsTypeResponseStage(
        1, 1.0, 0.0, "M/S", "COUNTS", cf_transfer_function_type="DIGITAL",
        numerator=[0.5, 0.5], denominator=[],
    )  # fmt: skip
    said: list[str] = []
    response = response_from_obspy(ObspyResponse(response_stages=[stage]), said.append)
    assert response is not None
    assert response.stages[0].kind == "gain"
    assert "input sample rate" in said[0]


@pytest.mark.parametrize(
    ("unit", "ours", "factor"),
    [
        ("nm/s", "m/s", 1e9),
        ("NM", "m", 1e9),
        ("um/s**2", "m/s**2", 1e6),
        ("kPa", "Pa", 1e-3),
        ("uPa", "Pa", 1e6),
        ("UPA", "Pa", 1e6),
        ("\N{MICRO SIGN}Pa", "Pa", 1e6),
        ("mPa", "Pa", 1e3),
        ("MPa", "Pa", 1e-6),
    ],
)
def test_parts_and_multiples_of_units_are_turned_into_ours(
    unit: str, ours: str, factor: float
) -> None:
    from obspy.core.inventory import InstrumentSensitivity
    from obspy.core.inventory import Response as ObspyResponse
    from obspy.core.inventory import ResponseStage as PlainStage

    twin = ObspyResponse(
        instrument_sensitivity=InstrumentSensitivity(3.0, 1.0, unit, "COUNTS"),
        response_stages=[PlainStage(1, 3.0, 1.0, unit, "COUNTS")],
    )
    response = response_from_obspy(twin)
    assert response is not None
    assert response.input_unit == ours
    assert response.sensitivity == pytest.approx(3.0 * factor)
    assert response.stages[0].gain == pytest.approx(3.0 * factor)


def test_a_filter_that_stops_a_constant_is_used_as_it_is() -> None:
    stage = ResponseStage(kind="digital", gain=3.0, numerator=(1.0, -1.0), rate_hz=40.0)
    response = Response(input_unit="m/s", stages=(stage,))
    (value,) = np.abs(evaluate(response, np.array([20.0])))
    assert value == pytest.approx(6.0)
    twin = response_from_obspy(response_to_obspy(response))
    assert twin is not None
    assert twin.stages[0].numerator == (1.0, -1.0)
