"""One-to-one matching of events: as many pairs as possible, then the nearest.

Bipartite matching of maximum cardinality and, among those, of minimum total cost, solved per
connected component of the allowed pairs by the Hungarian method (SciPy's
``linear_sum_assignment``, Crouse 2016). Exact: a pair that is not allowed costs more than
all allowed pairs of its component together. Cost: cubic in the largest component, which for
bulletins has a handful of events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


def match(pairs: Sequence[tuple[int, int, float]]) -> list[int]:
    """Return the indices of the pairs that make the best matching.

    Parameters
    ----------
    pairs : sequence of (left, right, cost)
        Allowed pairs, each named once; costs not negative.

    Returns
    -------
    list of int
        Indices into ``pairs``, ascending.

    Examples
    --------
    >>> match([(0, 0, 0.1), (0, 1, 0.2), (1, 0, 1.9)])
    [1, 2]
    """
    chosen: list[int] = []
    for members in _components(pairs):
        chosen += _assign(members, pairs)
    return sorted(chosen)


def _components(pairs: Sequence[tuple[int, int, float]]) -> list[list[int]]:
    """Group pairs that share an event, directly or by way of others."""
    if not pairs:
        return []
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    left = np.array([pair[0] for pair in pairs])
    right = np.array([pair[1] for pair in pairs])
    n_left, n_right = int(left.max()) + 1, int(right.max()) + 1
    ones = np.ones(len(pairs), dtype=np.int8)
    graph = coo_array((ones, (left, n_left + right)), shape=(n_left + n_right,) * 2)
    labels = connected_components(graph, directed=False)[1]
    groups: dict[int, list[int]] = {}
    for index, label in enumerate(labels[left]):
        groups.setdefault(int(label), []).append(index)
    return list(groups.values())


def _assign(members: list[int], pairs: Sequence[tuple[int, int, float]]) -> list[int]:
    if len(members) == 1:
        return members
    from scipy.optimize import linear_sum_assignment

    rows = {left: row for row, left in enumerate(sorted({pairs[i][0] for i in members}))}
    columns = {right: col for col, right in enumerate(sorted({pairs[i][1] for i in members}))}
    forbidden = 1.0 + sum(pairs[i][2] for i in members)
    costs = np.full((len(rows), len(columns)), forbidden)
    where = {}
    for index in members:
        left, right, cost = pairs[index]
        costs[rows[left], columns[right]] = cost
        where[rows[left], columns[right]] = index
    taken = zip(*linear_sum_assignment(costs), strict=True)
    return [where[int(r), int(c)] for r, c in taken if (int(r), int(c)) in where]
