"""A finished figure: what it shows in words, and how it becomes SVG or PNG."""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vigie import __version__
from vigie.errors import ParameterError
from vigie.file_text import readable, utf8
from vigie.products.figures.style import RC, css_variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.figure import Figure

_ID = re.compile(r'\sid="([^"]*)"')
_REFERENCE = re.compile(r'(?:url\(#|href="#)([^)"]+)')


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A figure with its words."""

    name: str
    """Short, for file names: ``map``."""
    title: str
    alt: str
    """What it shows, for those who do not see it."""
    figure: Any
    """A ``matplotlib.figure.Figure``; its module is imported only where one is drawn."""

    def svg(self, *, command: str = "") -> str:
        """Return an SVG document that names software and command in its metadata."""
        import matplotlib as mpl

        buffer = io.BytesIO()
        with mpl.rc_context(_settings(self.name)):
            self.figure.savefig(buffer, format="svg", metadata=self._metadata(command))
        return buffer.getvalue().decode("utf-8")

    def png(self, *, command: str = "", dpi: int = 200) -> bytes:
        """Return a PNG image that names software and command in its metadata."""
        import matplotlib as mpl

        meta = self._metadata(command)
        texts = {
            "Title": self.title,
            "Description": str(meta["Description"]),
            "Software": str(meta["Creator"]),
        }
        buffer = io.BytesIO()
        with mpl.rc_context(_settings()):
            self.figure.savefig(buffer, format="png", dpi=dpi, metadata=texts)
        return buffer.getvalue()

    def inline_svg(self) -> str:
        """Return an ``<svg>`` element for a page: its colours follow the page's theme."""
        text = self.svg()
        body = text[text.index("<svg") :]
        body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
        used = set(_REFERENCE.findall(body))
        body = _ID.sub(lambda m: m.group(0) if m.group(1) in used else "", body)
        # A width in points would not shrink with a narrow page.
        body = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", body, count=1)
        body = re.sub(r'(<svg[^>]*?) width="[^"]*"', r'\1 role="img"', body, count=1)
        return css_variables(body).rstrip()

    def encoded(self, suffix: str, *, command: str = "") -> bytes:
        """Return the content of a file in ``.svg`` or ``.png``.

        Raises
        ------
        ParameterError
            The name ends otherwise.
        """
        if suffix == ".svg":
            return utf8(self.svg(command=command))
        if suffix == ".png":
            return self.png(command=command)
        raise ParameterError(name="suffix", value=suffix, expected=".svg or .png")

    def _metadata(self, command: str) -> dict[str, str | None]:
        made_by = f"vigie {__version__}"
        return {
            "Title": self.title,
            "Description": readable(f"{self.alt} Command: {command}" if command else self.alt),
            "Creator": made_by,
            # The time of drawing would make two equal figures differ.
            "Date": None,
        }


def _settings(salt: str = "vigie") -> Any:  # noqa: ANN401 — matplotlib's key type lists 300 names
    """Return matplotlib's settings; the salt keeps ids apart where figures share a page."""
    return {**RC, "svg.hashsalt": salt}


@contextmanager
def canvas(
    width_in: float, height_in: float, *, fonts: Sequence[str] = ("sans-serif",)
) -> Iterator[Figure]:
    """Open a figure in vigie's style, outside pyplot's global state.

    Parameters
    ----------
    width_in, height_in : float
    fonts : sequence of str
        Families; what the first lacks is written in the next.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({**_settings(), "font.family": list(fonts)}):
        yield Figure(figsize=(width_in, height_in), layout="constrained")
