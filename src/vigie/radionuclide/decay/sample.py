"""Decays of a chain during the acquisition of a sample: exact, with ingrowth in every phase.

What it computes: atoms of each member at the ends of collection, waiting and acquisition, and
decays during the acquisition, when atoms of any members arrive at constant rates during the
collection. One exponential per phase of the state (N_1..N_n, D_1..D_n, 1):

    dN/dt = S - L N  (S only during the collection),  dD_i/dt = lambda_i N_i (acquisition only)

Source: the balance itself; the exponential is that of ``exponential``. Assumes constant rates
of arrival, no loss of recoiling or emanating atoms. Generalises K_c, K_d, K_a: for one member
the decays are lambda S t_c t_a / (K_c K_d K_a).

Accuracy as measured: 5e-14 against Bateman's formula in 60 digits. Cost as measured:
docs/methods/decay.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.radionuclide.decay.exponential import exponential

if TYPE_CHECKING:
    from vigie.radionuclide.decay.chain import Chain
    from vigie.radionuclide.decay.factors import SampleTimes

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainDecays:
    """Atoms and decays of each member of a chain, in its order."""

    names: tuple[str, ...]
    atoms_collected: tuple[float, ...]
    """At the end of the collection."""
    atoms_at_start: tuple[float, ...]
    """At the start of the acquisition."""
    atoms_left: tuple[float, ...]
    """At the end of the acquisition."""
    decays: tuple[float, ...]
    """During the acquisition (real time)."""

    def decays_of(self, name: str) -> float:
        """Return the decays of a member; 0 where the chain has no such member."""
        return dict(zip(self.names, self.decays, strict=True)).get(name, 0.0)


@lru_cache(maxsize=4096)
def chain_decays(
    chain: Chain,
    times: SampleTimes,
    *,
    supply_per_s: tuple[float, ...] = (1.0,),
    initial: tuple[float, ...] = (),
) -> ChainDecays:
    """Follow a chain through collection, waiting and acquisition.

    Parameters
    ----------
    chain : Chain
        n members.
    times : SampleTimes
    supply_per_s : tuple of float, up to n, each >= 0
        Atoms of each member that arrive per second of collection; 0 for those not given.
    initial : tuple of float, up to n, each >= 0
        Atoms there at the start of the collection.

    Raises
    ------
    ParameterError
        More numbers than members, or one that is negative or not finite.

    Examples
    --------
    Ba-140 arrives at 1 atom/s for a day, waits a day and is counted for a day.

    >>> from vigie.radionuclide.decay import SampleTimes, linear_chain
    >>> chain = linear_chain("Ba-140", "La-140", half_lives_s=(1102900.0, 145026.0))
    >>> day = SampleTimes(collection_s=86400.0, decay_s=86400.0, acquisition_s=86400.0)
    >>> [round(number, 3) for number in chain_decays(chain, day).decays]
    [4209.774, 2448.169]
    """
    supply = _filled(chain, supply_per_s, "supply_per_s")
    start = _filled(chain, initial, "initial")
    rates = chain.rates()
    collected = _collect(rates, start, supply, times.collection_s)
    waiting = exponential(rates, times.decay_s) @ collected
    left, decays = _count(rates, waiting, times.acquisition_s)
    return ChainDecays(
        names=chain.names,
        atoms_collected=tuple(collected.tolist()),
        atoms_at_start=tuple(waiting.tolist()),
        atoms_left=tuple(left.tolist()),
        decays=tuple(decays.tolist()),
    )


def evolve(chain: Chain, atoms: FloatArray, time_s: float) -> tuple[FloatArray, FloatArray]:
    """Let a chain decay undisturbed.

    Parameters
    ----------
    chain : Chain
        n members.
    atoms : ndarray, shape (n,), >= 0
    time_s : float, >= 0

    Returns
    -------
    tuple of ndarray, shapes (n,)
        Atoms left of each member, and decays of each on the way.

    Raises
    ------
    ParameterError
        Not one number of atoms per member, or a negative time.
    """
    start = _filled(chain, tuple(np.asarray(atoms, dtype=float).tolist()), "atoms")
    if not 0.0 <= time_s < np.inf:
        raise ParameterError(name="time_s", value=time_s, expected="must be finite, not below 0")
    return _count(chain.rates(), start, time_s)


def _collect(rates: FloatArray, atoms: FloatArray, supply: FloatArray, time_s: float) -> FloatArray:
    """Return atoms after a phase in which more arrive."""
    n = len(atoms)
    # The source is a first state, counted in units of what it gives in the phase, so that it
    # does not rule the norm of the matrix.
    unit = float(supply.max()) * time_s or 1.0
    matrix = np.zeros((n + 1, n + 1))
    matrix[1:, 0] = supply / unit
    matrix[1:, 1:] = rates
    after = exponential(matrix, time_s) @ np.concatenate(([unit], atoms))
    return after[1:]


def _count(rates: FloatArray, atoms: FloatArray, time_s: float) -> tuple[FloatArray, FloatArray]:
    """Return atoms after a phase and decays during it."""
    n = len(atoms)
    # Counters of decays behind the atoms: still lower triangular.
    matrix = np.zeros((2 * n, 2 * n))
    matrix[:n, :n] = rates
    matrix[n:, :n] = np.diag(-np.diag(rates))
    after = exponential(matrix, time_s)[:, :n] @ atoms
    return after[:n], after[n:]


def _filled(chain: Chain, numbers: tuple[float, ...], name: str) -> FloatArray:
    if len(numbers) > len(chain.names):
        raise ParameterError(
            name=name,
            value=len(numbers),
            expected=f"must be at most one for each of {', '.join(chain.names)}",
        )
    filled = np.zeros(len(chain.names))
    filled[: len(numbers)] = numbers
    if not (np.isfinite(filled).all() and (filled >= 0.0).all()):
        raise ParameterError(name=name, value=str(numbers), expected="must be finite, not below 0")
    return filled
