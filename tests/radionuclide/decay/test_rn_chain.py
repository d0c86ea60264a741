"""Chains: numbers of the field sheet, Bateman in 60 digits, an ODE solver, conservation."""

import math
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vigie.errors import ParameterError, UnknownNuclideError
from vigie.radionuclide.decay import (
    Chain,
    SampleTimes,
    chain_decays,
    chain_of,
    decay_factors,
    evolve,
    linear_chain,
)
from vigie.radionuclide.decay.exponential import exponential

FloatArray = NDArray[np.float64]

DAY_S = 86400.0
DAYS = SampleTimes(collection_s=DAY_S, decay_s=DAY_S, acquisition_s=DAY_S)


def test_barium_and_lanthanum_of_the_sheet() -> None:
    chain = linear_chain("Ba-140", "La-140", half_lives_s=(1102900.0, 145026.0))
    found = chain_decays(chain, DAYS, supply_per_s=(1.0,))
    # The sheet gives three decimals.
    assert found.atoms_collected == pytest.approx((84096.111, 2015.756), abs=5.1e-4)
    assert found.atoms_at_start == pytest.approx((79651.425, 4968.306), abs=5.1e-4)
    assert found.decays == pytest.approx((4209.774, 2448.169), abs=5.1e-4)


def test_the_table_gives_the_sheet_s_barium() -> None:
    assert chain_decays(chain_of("Ba-140"), DAYS).decays == pytest.approx(
        (4209.774, 2448.169), rel=1e-6
    )


def test_xenon_ingrowth_of_the_sheet() -> None:
    half_lives_s = (math.log(2.0) / 3.66326e-6, math.log(2.0) / 1.52956e-6)
    chain = linear_chain("Xe-133m", "Xe-133", half_lives_s=half_lives_s)
    times = SampleTimes(collection_s=43174.0, decay_s=14455.0, acquisition_s=50719.17)
    assert chain_decays(chain, times).decays == pytest.approx((6421.7495, 633.6710), abs=5.1e-5)


@pytest.mark.parametrize("half_life_s", [4598210.0, 693213.0, 38304.0, 1e12, 30.0])
def test_one_member_gives_the_three_factors(half_life_s: float) -> None:
    times = SampleTimes(collection_s=DAY_S, decay_s=600.0, acquisition_s=70000.0)
    found = chain_decays(linear_chain("Be-7", half_lives_s=(half_life_s,)), times)
    constant = math.log(2.0) / half_life_s
    # S atoms/s for t_c: decays in t_a are lambda S t_c t_a / (K_c K_d K_a).
    expected = constant * DAY_S * 70000.0 / decay_factors(half_life_s, times).product
    assert found.decays[0] == pytest.approx(expected, rel=1e-12)


def _bateman(constants: tuple[float, ...], time_s: float) -> list[float]:
    """Return atoms of a linear chain from one atom of its head; constants all different."""
    with localcontext() as context:
        context.prec = 60
        rates, time = [Decimal(one) for one in constants], Decimal(time_s)
        found = []
        for n in range(1, len(rates) + 1):
            total = Decimal(0)
            for i in range(n):
                below = Decimal(1)
                for j in range(n):
                    if j != i:
                        below *= rates[j] - rates[i]
                total += (-rates[i] * time).exp() / below
            head = Decimal(1)
            for rate in rates[: n - 1]:
                head *= rate
            found.append(float(head * total))
    return found


@given(
    # Rates at least 2 % apart: the formula loses digits as they approach each other.
    st.lists(st.integers(-1000, 200), min_size=2, max_size=6, unique=True),
    st.floats(0.0, 6.0),
)
@settings(derandomize=True, max_examples=80)
def test_as_good_as_bateman_in_sixty_digits(logs: list[int], log_time: float) -> None:
    constants = tuple(10.0 ** (one / 100.0) for one in logs)
    chain = _chain(constants)
    start = np.zeros(len(constants))
    start[0] = 1.0
    left, _ = evolve(chain, start, 10.0**log_time)
    expected = np.array(_bateman(constants, 10.0**log_time))
    seen = expected > 1e-290
    assert left[seen] == pytest.approx(expected[seen], rel=2e-12)


def test_equal_half_lives_need_no_care() -> None:
    chain = _chain((1e-3, 1e-3, 1e-3))
    left, _ = evolve(chain, np.array([1.0, 0.0, 0.0]), 2000.0)
    x = 2.0
    assert left == pytest.approx(math.exp(-x) * np.array([1.0, x, x**2 / 2.0]), rel=1e-13)


def _chain(constants: tuple[float, ...], feeds: tuple[Any, ...] | None = None) -> Chain:
    steps = tuple((place, place + 1, 1.0) for place in range(len(constants) - 1))
    return Chain(
        names=tuple(f"Xe-{120 + place}" for place in range(len(constants))),
        decay_constants_per_s=constants,
        feeds=steps if feeds is None else feeds,
    )


@given(
    st.lists(st.floats(-7.0, -3.0), min_size=3, max_size=5),
    st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3),
    st.floats(3.0, 6.0),
)
@settings(derandomize=True, max_examples=60)
def test_atoms_are_conserved(logs: list[float], shares: list[float], log_time: float) -> None:
    # A member without decay collects everything in the end, however the chain branches.
    constants = (*(10.0**one for one in logs), 0.0)
    last = len(constants) - 1
    feeds = [(place, place + 1, shares[place % 3]) for place in range(last)]
    feeds += [(place, last, 1.0 - shares[place % 3]) for place in range(last - 1)]
    feeds[last - 1] = (last - 1, last, 1.0)
    chain = _chain(constants, tuple(feeds))
    start = np.arange(1.0, last + 2.0)
    left, decays = evolve(chain, start, 10.0**log_time)
    assert left.sum() == pytest.approx(start.sum(), rel=1e-12)
    assert (left >= 0.0).all()
    # What a member lost is what it decayed; what it gained came by the feeds.
    gained = np.zeros(last + 1)
    for parent, daughter, share in feeds:
        gained[daughter] += share * decays[parent]
    assert left == pytest.approx(start + gained - decays, rel=1e-9, abs=1e-9)


@pytest.mark.slow
def test_as_an_ode_solver_with_sources() -> None:
    from scipy.integrate import solve_ivp

    chain = chain_of("Te-131m")
    supply = np.array([2.0, 1.0, 0.5, 0.1])[: len(chain.names)]
    rates = chain.rates()
    times = SampleTimes(collection_s=40000.0, decay_s=20000.0, acquisition_s=50000.0)
    found = chain_decays(chain, times, supply_per_s=tuple(supply.tolist()))
    n = len(supply)
    state = np.zeros(2 * n)

    def slope(_: float, y: FloatArray, source: FloatArray) -> FloatArray:
        return np.concatenate((rates @ y[:n] + source, -np.diag(rates) * y[:n]))

    for duration_s, source in ((40000.0, supply), (20000.0, 0.0 * supply), (50000.0, 0.0 * supply)):
        state[n:] = 0.0
        span = (0.0, duration_s)
        solution = solve_ivp(
            slope, span, state, method="LSODA", rtol=1e-11, atol=1e-9, args=(source,)
        )
        state = solution.y[:, -1]
    assert found.decays == pytest.approx(state[n:], rel=1e-7)


@given(st.integers(1, 6), st.integers(0, 10_000))
@settings(derandomize=True, max_examples=40)
def test_the_exponential_is_that_of_scipy(n: int, seed: int) -> None:
    from scipy.linalg import expm

    rng = np.random.default_rng(seed)
    rates = np.tril(rng.uniform(0.0, 1.0, (n, n)), -1)
    np.fill_diagonal(rates, -rng.uniform(0.0, 2.0, n))
    assert exponential(rates, 1.7) == pytest.approx(expm(rates * 1.7), rel=1e-11, abs=1e-15)


def test_stiff_chains_keep_their_digits() -> None:
    # Po-214 lives 164 us; in equilibrium its atoms are those of Bi-214 by the ratio of lives.
    chain = chain_of("Pb-214", longest_s=1e6)
    left, _ = evolve(chain, np.eye(len(chain.names))[0], 7200.0)
    constants = chain.decay_constants_per_s
    bismuth, polonium = chain.place("Bi-214"), chain.place("Po-214")
    expected = left[bismuth] * 0.99979 * constants[bismuth]
    assert left[polonium] * constants[polonium] == pytest.approx(expected, rel=1e-6)


def test_a_long_life_ends_a_chain_and_stable_members_come_on_demand() -> None:
    assert chain_of("Xe-135").names == ("Xe-135", "Cs-135")
    assert chain_of("Xe-135", longest_s=1e9).names == ("Xe-135",)
    assert chain_of("Cs-137", stable=True).names[-1] == "Ba-137"
    assert chain_of("La-140", "Ba-140").names == ("Ba-140", "La-140")


def test_members_are_named_in_any_spelling() -> None:
    assert chain_of("ZR-95").place("nb95") > 0
    with pytest.raises(ParameterError, match="must be one of Ba-140, La-140"):
        chain_of("Ba-140").place("Cs-137")
    with pytest.raises(UnknownNuclideError, match="Zz-95"):
        chain_of("Zz-95")


@pytest.mark.parametrize(
    ("constants", "feeds"),
    [
        ((1.0,), ((0, 0, 1.0),)),
        ((1.0, 2.0), ((1, 0, 1.0),)),
        ((1.0, 2.0), ((0, 1, 1.5),)),
        ((-1.0, 2.0), ()),
        ((math.inf,), ()),
    ],
)
def test_impossible_chains_are_refused(constants: tuple[float, ...], feeds: Any) -> None:  # noqa: ANN401
    with pytest.raises(ParameterError):
        _chain(constants, feeds)


def test_supplies_must_be_numbers_of_members() -> None:
    chain = chain_of("Ba-140")
    with pytest.raises(ParameterError, match="supply_per_s"):
        chain_decays(chain, DAYS, supply_per_s=(1.0, 1.0, 1.0))
    with pytest.raises(ParameterError, match="not below 0"):
        chain_decays(chain, DAYS, supply_per_s=(-1.0,))
    with pytest.raises(ParameterError, match="time_s"):
        evolve(chain, np.ones(2), -1.0)
    with pytest.raises(ParameterError, match="half_lives_s"):
        linear_chain("Ba-140", half_lives_s=(0.0,))
