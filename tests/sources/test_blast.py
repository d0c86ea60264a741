"""Blast waves: published values, units, scaling, pulse and spectrum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.sources import Ambient, Burst, Charge, Explosive, FriedlanderPulse

# Charge in kg TNT: peak Pa and duration ms at 1 km in standard air.
CHEMICAL = {1e3: (840.0, 42.0), 1e4: (1822.3, 89.8), 1e5: (4052.7, 186.2), 1e6: (9985.4, 346.8)}
# Yield in kt: the same.
NUCLEAR = {0.001: (503.2, 56.8), 1.0: (8417.2, 391.0), 10.0: (27811.0, 719.9)}


@pytest.mark.parametrize("mass_kg", CHEMICAL)
def test_chemical_bursts_at_1_km(mass_kg: float) -> None:
    pulse = Burst(charge=Charge.tnt_kg(mass_kg)).pulse(1000.0)
    peak, duration = CHEMICAL[mass_kg]
    assert pulse.peak_pa == pytest.approx(peak, abs=0.051)
    assert pulse.positive_s * 1e3 == pytest.approx(duration, abs=0.051)


@pytest.mark.parametrize("energy_kt", NUCLEAR)
def test_nuclear_bursts_at_1_km(energy_kt: float) -> None:
    burst = Burst(charge=Charge.kilotons(energy_kt), kind=Explosive.NUCLEAR)
    pulse = burst.pulse(1000.0)
    peak, duration = NUCLEAR[energy_kt]
    assert pulse.peak_pa == pytest.approx(peak, abs=0.51 if peak > 1e4 else 0.051)
    assert pulse.positive_s * 1e3 == pytest.approx(duration, abs=0.051)


def test_the_unit_of_a_charge_does_not_matter() -> None:
    same = {Charge.tnt_kg(2e6), Charge.tonnes(2000.0), Charge.kilotons(2.0)}
    assert len(same) == 1
    nuclear = Burst(charge=Charge.tnt_kg(1e6), kind=Explosive.NUCLEAR).pulse(1000.0)
    # Kilograms in the place of kilotons would give 330 MPa.
    assert nuclear.peak_pa == pytest.approx(8417.2, abs=0.05)


def test_thin_warm_air_scales_distances_by_the_cube_root_of_density() -> None:
    ambient = Ambient(pressure_pa=85000.0, temperature_k=303.15)
    assert ambient.distance_factor == pytest.approx(0.9273, abs=5e-5)
    pulse = Burst(charge=Charge.tonnes(10.0), ambient=ambient).pulse(1000.0)
    assert pulse.peak_pa == pytest.approx(1651.0, abs=0.5)
    expected = np.cbrt(85000.0 / 101325.0) * (303.15 / 288.15) ** (1.0 / 6.0)
    assert ambient.time_factor == pytest.approx(expected)


@given(pressure=st.floats(2e4, 1.1e5), temperature=st.floats(200.0, 320.0), z=st.floats(1.0, 500.0))
def test_bursts_of_one_scaled_distance_are_alike_in_any_air(
    pressure: float, temperature: float, z: float
) -> None:
    # Sachs scaling: the same overpressure over ambient, and the same duration times sound speed
    # over length, wherever r (rho/W)^(1/3) is the same.
    here, there = Ambient(), Ambient(pressure_pa=pressure, temperature_k=temperature)
    burst = {air: Burst(charge=Charge.tnt_kg(1e3), ambient=air) for air in (here, there)}
    one = burst[here].pulse(10.0 * z)
    two = burst[there].pulse(10.0 * z / there.distance_factor)
    assert two.peak_pa / pressure == pytest.approx(one.peak_pa / 101325.0, rel=1e-9)
    assert two.positive_s * there.time_factor == pytest.approx(one.positive_s, rel=1e-9)


def test_a_surface_burst_counts_twice() -> None:
    on_ground = Burst(charge=Charge.tonnes(5.0), on_surface=True).pulse(800.0)
    assert on_ground == Burst(charge=Charge.tonnes(10.0)).pulse(800.0)


@given(
    kg=st.floats(1.0, 1e10),
    nuclear=st.booleans(),
    distance=st.floats(100.0, 20000.0),
    factor=st.floats(1.05, 3.0),
)
def test_more_charge_is_louder_and_more_distance_quieter(
    kg: float, nuclear: bool, distance: float, factor: float
) -> None:
    kind = Explosive.NUCLEAR if nuclear else Explosive.CHEMICAL
    burst = Burst(charge=Charge.tnt_kg(kg), kind=kind)
    larger = Burst(charge=Charge.tnt_kg(kg * factor), kind=kind)
    peak = burst.pulse(distance).peak_pa
    assert larger.pulse(distance).peak_pa > peak > burst.pulse(distance * factor).peak_pa > 0.0


@given(peak=st.floats(0.01, 1e5), duration=st.floats(1e-3, 10.0))
def test_spectrum_is_the_transform_of_the_pulse(peak: float, duration: float) -> None:
    pulse = FriedlanderPulse(peak, duration)
    t = (np.arange(4096) + 0.5) * duration / 128.0
    for freq in (0.1 / duration, pulse.corner_hz, 1.0 / duration):
        summed = np.sum(pulse.pressure_pa(t) * np.exp(-2j * np.pi * freq * t)) * duration / 128.0
        assert abs(summed) == pytest.approx(float(pulse.spectrum_pa_s(freq)), rel=2e-3)
    assert float(pulse.spectrum_pa_s(0.0)) == 0.0
    near = pulse.spectrum_pa_s(pulse.corner_hz * np.array([0.9, 1.0, 1.1]))
    assert near.argmax() == 1
    assert pulse.pressure_pa([-1.0, 0.0, duration]).tolist() == [0.0, peak, 0.0]


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf")])
def test_amounts_that_are_none_are_refused(bad: float) -> None:
    with pytest.raises(ParameterError):
        Charge.kilotons(bad)
    with pytest.raises(ParameterError):
        Burst(charge=Charge.tonnes(1.0)).pulse(bad)
    with pytest.raises(ParameterError):
        FriedlanderPulse(bad, 1.0)


def test_hectopascals_for_pascals_are_found_out() -> None:
    with pytest.raises(ParameterError, match="pressure_pa"):
        Ambient(pressure_pa=1.013)
    with pytest.raises(ParameterError, match="temperature_k"):
        Ambient(temperature_k=15.0)
