"""How loops over particles are compiled.

Numba counts references to every array of a tuple that is handed to a function, twice per call and
with locked instructions: in a loop over particles that is most of the time (91 ns against 14 for
a function of four arrays), and threads wait for each other. Code that makes no arrays needs no
such count, and is compiled without it. What needs room gets it from its caller.

The compiled code is kept beside the source, so only the first run compiles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba as nb

if TYPE_CHECKING:
    from collections.abc import Callable

    _F = TypeVar("_F", bound=Callable[..., Any])

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}


def kernel(function: _F) -> _F:
    """Compile a loop over particles, or what is called from one."""
    return cast("_F", nb.njit(**_OPTIONS)(function))


def inline(function: _F) -> _F:
    """Compile a function into its callers: a call would keep their loop from being vectorized."""
    return cast("_F", nb.njit(forceinline=True, **_OPTIONS)(function))
