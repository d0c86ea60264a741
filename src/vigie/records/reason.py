"""Why a result is as it is: a code and its numbers, from which a sentence is made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, warning or remark. The sentence is made in the reader's language.

    Examples
    --------
    >>> Reason.of("category.two_relevant", nuclides="Ba-140, I-131").params
    (('nuclides', 'Ba-140, I-131'),)
    """

    code: str
    """Key of the message catalogue."""
    params: tuple[tuple[str, str | float], ...] = ()
    """What fills the message."""

    @classmethod
    def of(cls, code: str, **params: str | float) -> Reason:
        """Return a reason from its parameters by name."""
        return cls(code, tuple(params.items()))
