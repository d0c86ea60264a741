"""A plume moving: one picture for each interval, and all of them as a GIF.

The map, its colours and their limits stay the same; so the pictures share one palette, and what
does not move does not flicker.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from vigie import __version__
from vigie.file_text import utf8
from vigie.products.figures.drawing import canvas
from vigie.products.figures.headings import heading
from vigie.products.figures.words import figure_fonts, figure_words
from vigie.products.transport.plume_figures import (
    head_text,
    mark_places,
    plume_decades,
    plume_map,
)
from vigie.products.transport.source_pair import time_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from numpy.typing import NDArray
    from PIL.Image import Image

    from vigie.products.transport.plume_view import PlumeView

FRAME_MS = 250
LAST_MS = 1500
_DPI = 110


def frames(
    view: PlumeView, language: str = "en", *, report: Callable[[str], None] | None = None
) -> Iterator[Image]:
    """Yield a picture of each interval, from the first with something in it to the last.

    Parameters
    ----------
    view : PlumeView
    language : str
    report : callable, optional
        Told after each picture which it was.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    words, ground, decades = figure_words(language), plume_map(view), plume_decades(view)
    with canvas(*ground.size_in, fonts=figure_fonts(language)) as figure:
        figure.set_dpi(_DPI)
        agg = FigureCanvasAgg(figure)
        ax = figure.subplots()
        ground.draw_ground(ax)
        drawn = ground.draw_image(ax, ground.image_of(*view.at(-1)), decades.cmap, decades.norm)
        mark_places(view, ground, ax, words)
        bar = figure.colorbar(drawn, ax=ax, location="bottom", shrink=0.75, pad=0.03, aspect=40)
        decades.label(bar, words("plume.figure.unit", layer=view.plume.layer_depth_m))
        figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=4)
        for k in view.filled:
            drawn.set_data(ground.image_of(*view.at(k)))
            start, end = view.span_ns(k)
            hours = (end - view.release.start_ns) / 3.6e12
            when = words(
                "plume.figure.when", first=time_text(start), last=time_text(end), hours=hours
            )
            heading(figure, f"{head_text(view, words)}\n{when}", size=10.5)
            agg.draw()  # type: ignore[no-untyped-call]
            yield Image.fromarray(_pixels(agg)).convert("RGB")
            if report is not None:
                report(time_text(start))


def _pixels(agg: FigureCanvasAgg) -> NDArray[np.uint8]:
    return np.asarray(agg.buffer_rgba())  # type: ignore[no-untyped-call]


def png_of(picture: Image, title: str, command: str) -> bytes:
    """Return a picture as PNG that names software and command."""
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    for key, text in (
        ("Title", title),
        ("Software", f"vigie {__version__}"),
        ("Description", f"Command: {command}"),
    ):
        told.add_itxt(key, text)
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", pnginfo=told)
    return buffer.getvalue()


def gif_of(pictures: Sequence[Image], command: str) -> bytes:
    """Return pictures as a film that goes round, the last shown longest."""
    from PIL import Image

    # One palette of all: the pictures laid in a row, made small.
    width, height = pictures[0].size
    step = max(len(pictures) // 6, 1)
    chosen = [pictures[0], *pictures[step::step]]
    row = Image.new("RGB", (width, height * len(chosen)))
    for k, one in enumerate(chosen):
        row.paste(one, (0, k * height))
    palette = row.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    flat = [one.quantize(palette=palette, dither=Image.Dither.NONE) for one in pictures]
    buffer = io.BytesIO()
    flat[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=flat[1:],
        duration=[FRAME_MS] * (len(flat) - 1) + [LAST_MS],
        loop=0,
        optimize=False,
        comment=utf8(f"vigie {__version__}. Command: {command}"),
    )
    return buffer.getvalue()
