"""Elements of reversed polarity: those that the others agree to be upside down.

Where all pairs are believed, the signs of their correlations are products s_i s_j of the elements'
signs. The signs that agree with most pairs are those of the leading eigenvector of the matrix of
correlations (a cut of a signed graph; Harary 1953, Mich. Math. J. 2, 143-146, on its balance),
improved by turning single elements. The smaller group is reversed. Two groups of equal size are a
tie: that they differ is known, not which of them is right.

Source: ours. Accuracy: ``docs/methods/fk.md``, ``docs/methods/infrasound.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FEWEST_VOTERS = 0.6
"""Share of the partners that must be able to judge an element ..."""
AGREEING = 0.75
"""... and, in votes for less votes against, how many of them must agree."""


@dataclass(frozen=True, slots=True)
class SignSplit:
    """Elements of one sign against those of the other, as indices of the block."""

    reversed_: tuple[int, ...] = ()
    """Fewer than the others."""
    votes: tuple[int, ...] = ()
    """How many of those of the other sign vote against each."""
    tied: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    """Two groups of equal size, of which one is reversed."""


def sign_split(
    block: FloatArray, opposite: FloatArray, *, believed_from: float, margin: float
) -> SignSplit:
    """Return which elements of an array are reversed.

    Parameters
    ----------
    block : ndarray, shape (n, n)
        Correlation of each pair, signed, of largest size.
    opposite : ndarray, shape (n, n)
        Largest size of the other sign: in a narrow band the lobe half a period away is nearly
        as high, and nothing can be told.
    believed_from : float
        Correlation from which a pair votes.
    margin : float
        By how much a correlation must exceed ``opposite``, by the median of an element's votes.
    """
    block = block.copy()
    np.fill_diagonal(block, 0.0)
    vote = np.where(np.abs(block) >= believed_from, np.sign(block), 0.0)
    voters = np.abs(vote).sum(axis=1)
    sign = _signs(vote * np.abs(block), vote)
    agree = sign * (vote @ sign)
    heard = voters >= max(2.0, FEWEST_VOTERS * (len(block) - 1))
    sure = heard & (agree >= AGREEING * voters)
    groups = [np.flatnonzero(sure & (sign == s)) for s in (1.0, -1.0)]
    few, many = sorted(groups, key=len)
    if not len(few):
        return SignSplit()
    clear = [i for i in few.tolist() if _margin(block, opposite, i, many) >= margin]
    if len(few) == len(many):
        both = tuple(sorted((tuple(few.tolist()), tuple(many.tolist()))))
        return SignSplit(tied=(both[0], both[1])) if len(clear) == len(few) else SignSplit()
    against = [int(np.sum(vote[i, many] < 0.0)) for i in clear]
    return SignSplit(tuple(clear), tuple(against))


def _signs(weighted: FloatArray, vote: FloatArray) -> FloatArray:
    """Return the sign of each element that agrees with most pairs; most are positive."""
    _, vectors = np.linalg.eigh(weighted)
    sign = np.where(vectors[:, -1] < 0.0, -1.0, 1.0)
    for _ in range(2 * len(sign)):
        agree = sign * (vote @ sign)
        worst = int(agree.argmin())
        if agree[worst] >= 0.0:
            break
        sign[worst] *= -1.0
    return sign if sign.sum() >= 0.0 else -sign


def _margin(block: FloatArray, opposite: FloatArray, element: int, others: IntArray) -> float:
    negative = others[block[element, others] < 0.0]
    if not len(negative):
        return -1.0
    return float(np.median(np.abs(block[element, negative]) - opposite[element, negative]))
