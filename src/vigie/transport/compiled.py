"""How loops over particles are compiled.

Numba counts references to every array of a tuple that is handed to a function, twice per call and
with locked instructions: in a loop over particles that is most of the time (91 ns against 14 for
a function of four arrays), and threads wait for each other. Code that makes no arrays needs no
such count, and is compiled without it. What needs room gets it from its caller.

``inline`` is for functions within such loops, ``kernel`` for the loops themselves. The compiled
code is kept beside the source, so only the first run compiles.
"""

from __future__ import annotations

from typing import Any

import numba as nb

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}

kernel = nb.njit(**_OPTIONS)
inline = nb.njit(forceinline=True, **_OPTIONS)
"""A call that is not inlined keeps a loop over particles from being vectorized."""
