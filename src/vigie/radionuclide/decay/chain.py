"""Decay chains: who feeds whom, how fast.

A chain is the set of nuclides that follow from one or several first members through the
branches of the table of nuclides, parents before daughters. Stable members are left out unless
asked for; what decays into them leaves the chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.facts.nuclides import has_nuclide, normal_name, nuclide

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Nuclides in the order of decay, parents first, n members.

    Raises
    ------
    ParameterError
        Names, rates and feeds do not fit together, or a feed does not lead downwards.
    """

    names: tuple[str, ...]
    decay_constants_per_s: tuple[float, ...]
    """0 for a stable member."""
    feeds: tuple[tuple[int, int, float], ...]
    """Place of the parent, place of the daughter, fraction of the parent's decays."""

    def __post_init__(self) -> None:
        if len(self.names) != len(self.decay_constants_per_s) or not self.names:
            raise ParameterError(
                name="decay_constants_per_s",
                value=len(self.decay_constants_per_s),
                expected=f"must be one for each of {len(self.names)} names, at least one",
            )
        if any(not 0.0 <= rate < float("inf") for rate in self.decay_constants_per_s):
            raise ParameterError(
                name="decay_constants_per_s",
                value=str(self.decay_constants_per_s),
                expected="must be finite and not below 0",
            )
        for parent, daughter, fraction in self.feeds:
            if not (0 <= parent < daughter < len(self.names) and 0.0 <= fraction <= 1.0):
                raise ParameterError(
                    name="feeds",
                    value=str((parent, daughter, fraction)),
                    expected="must lead from a member to a later one, by a fraction of 0 to 1",
                )

    def place(self, name: str) -> int:
        """Return the place of a member.

        Raises
        ------
        ParameterError
            The chain has no such member.
        """
        proper = normal_name(name)
        if proper not in self.names:
            raise ParameterError(
                name="member", value=name, expected=f"must be one of {', '.join(self.names)}"
            )
        return self.names.index(proper)

    def rates(self) -> FloatArray:
        """Return the matrix of dN/dt = rates N, shape (n, n), lower triangular, 1/s."""
        constants = np.array(self.decay_constants_per_s)
        matrix = np.diag(-constants)
        for parent, daughter, fraction in self.feeds:
            matrix[daughter, parent] += fraction * constants[parent]
        return matrix


@lru_cache(maxsize=1024)
def chain_of(*first: str, longest_s: float = float("inf"), stable: bool = False) -> Chain:
    """Return the chain that follows from one or several nuclides of the table.

    Parameters
    ----------
    *first : str
        First members, in any spelling; also members that others of them feed.
    longest_s : float
        Descendants with a longer half-life end the chain: they are left out with all that
        follows. Members named in ``first`` stay.
    stable : bool
        Whether stable descendants are members, too.

    Raises
    ------
    UnknownNuclideError
        The table does not hold a first member.

    Examples
    --------
    >>> chain_of("Ba-140").names
    ('Ba-140', 'La-140')
    >>> chain_of("Pb-212").feeds
    ((0, 1, 1.0), (1, 2, 0.3594), (1, 3, 0.6406))
    """
    wanted = tuple(dict.fromkeys(nuclide(name).name for name in first))
    members = _descendants(wanted, longest_s, stable)
    places = {name: place for place, name in enumerate(members)}
    constants = tuple(
        nuclide(name).decay_constant_per_s if has_nuclide(name) else 0.0 for name in members
    )
    feeds = tuple(
        (places[name], places[branch.daughter], branch.fraction)
        for name in members
        if has_nuclide(name)
        for branch in nuclide(name).branches
        if branch.daughter in places
    )
    return Chain(names=members, decay_constants_per_s=constants, feeds=tuple(sorted(feeds)))


def linear_chain(*names: str, half_lives_s: tuple[float, ...]) -> Chain:
    """Return a chain in which each member decays to the next, all of it.

    For half-lives other than the table's, or for a part of a chain.

    Raises
    ------
    ParameterError
        Not one half-life above 0 per name.
    """
    if any(not half_life_s > 0.0 for half_life_s in half_lives_s):
        raise ParameterError(
            name="half_lives_s", value=str(half_lives_s), expected="must be above 0"
        )
    return Chain(
        names=tuple(normal_name(name) for name in names),
        decay_constants_per_s=tuple(float(np.log(2.0) / one) for one in half_lives_s),
        feeds=tuple((place, place + 1, 1.0) for place in range(len(names) - 1)),
    )


def _descendants(first: tuple[str, ...], longest_s: float, stable: bool) -> tuple[str, ...]:
    # Depth first, parents before daughters: a member stands before all that it feeds.
    order: list[str] = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        for branch in nuclide(name).branches if has_nuclide(name) else ():
            daughter = branch.daughter
            if has_nuclide(daughter):
                if nuclide(daughter).half_life_s <= longest_s or daughter in first:
                    visit(daughter)
            elif stable:
                visit(daughter)
        order.append(name)

    for name in reversed(first):
        visit(name)
    return tuple(reversed(order))
