"""Which pages in a folder vigie wrote: those of an earlier run go, those of people stay.

A folder that is used again would else hold the pages of events that exist no longer. The
list of what was written, with a digest of each page, stands beside the pages. A page is removed
only if the list names it and it is still as it was written.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.exchange.files import put_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MANIFEST = ".vigie-pages.json"
"""The list's name in the folder."""


@dataclass(frozen=True, slots=True)
class Retired:
    """What became of the pages of an earlier run that were not written again."""

    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """Changed since by somebody, so left as they are."""


def retire_pages(folder: Path, written: Sequence[str], *, all_of_them: bool = True) -> Retired:
    """Remove the pages of an earlier run that were not written again, and renew the list.

    Parameters
    ----------
    folder : Path
        Where the pages are.
    written : sequence of str
        Names of the pages of this run.
    all_of_them : bool
        Whether this run wrote all pages that there should be; if not, the others stay.

    Raises
    ------
    OutputError
        The list cannot be written.
    """
    earlier = _listed(folder)
    left = {name: digest for name, digest in earlier.items() if name not in written}
    removed, kept = [], []
    if all_of_them:
        for name, digest in left.items():
            path = folder / name
            if not path.is_file():
                continue
            if _digest(path) == digest:
                path.unlink()
                removed.append(name)
            else:
                kept.append(name)
        left = {}
    listed = left | {name: _digest(folder / name) for name in written}
    if listed or earlier:
        document = {"vigie": {"document": "pages", "version": 1}, "pages": listed}
        put_file(folder / MANIFEST, (json.dumps(document, indent=1) + "\n").encode())
    return Retired(tuple(removed), tuple(kept))


def _listed(folder: Path) -> Mapping[str, str]:
    try:
        pages = json.loads((folder / MANIFEST).read_bytes())["pages"].items()
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        # Without a list that can be read nothing is known to be vigie's, and all stays.
        return {}
    # A list from elsewhere must not be able to name files of other kinds or folders.
    return {
        name: digest
        for name, digest in pages
        if name.endswith(".html") and "/" not in name and "\\" not in name
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
