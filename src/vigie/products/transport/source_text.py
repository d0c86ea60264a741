"""A source region as text on a terminal, in the words of a language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.i18n import messages, sentence
from vigie.products.transport.background_text import background_lines
from vigie.products.transport.source_pair import time_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.i18n import Messages
    from vigie.products.transport.source_pair import Pair
    from vigie.products.transport.source_view import Located, SourceView

    Table = Callable[[Sequence[str], Sequence[Sequence[str]]], list[str]]
    """Heads and rows to lines."""


def source_text(view: SourceView, language: str, table: Table) -> str:
    """Return what is printed of a source.

    Parameters
    ----------
    view : SourceView
    language : str
    table : callable
        Sets a table of words.
    """
    words = messages(language)
    lines = [_head(view, words), *_where(view, words)]
    if view.posterior is not None:
        lines += _posterior(view, view.posterior, words)
    lines += [*_psr(view, words), *_regard(view, words), *_best(view, words)]
    lines += _samples(view, words, table)
    if view.background is not None:
        lines += background_lines(view.background, words, table)
    told = [*view.remarks, *view.left_out.values()]
    lines += [f"  {sentence(reason, language)}" for reason in told]
    return "\n".join([*lines, *_unused(view, words)])


def grouped(value: float, *, digits: int = 3) -> str:
    """Return a large number in so many significant digits, its thousands apart.

    Examples
    --------
    >>> grouped(513_975.8).replace("\u202f", " ")
    '514 000'
    """
    return f"{float(f'{value:.{digits}g}'):,.0f}".replace(",", "\u202f")


def _head(view: SourceView, words: Messages) -> str:
    told = words(
        "source.text.head",
        nuclide=view.nuclide,
        n=len(view.pairs),
        detections=view.detections,
    )
    return f"{told}, {words('rn.text.simulated').upper()}" if view.simulated else told


def _where(view: SourceView, words: Messages) -> list[str]:
    edges = view.domain.edges_ns
    return [
        words(
            "source.text.domain",
            n=len(view.domain.cells),
            cells=grouped(len(view.domain.cells), digits=9),
            area=grouped(float(view.areas_km2.sum())),
            first=time_text(int(edges[0])),
            last=time_text(int(edges[-1])),
            hours=float(edges[1] - edges[0]) / 3.6e12,
        )
    ]


def _place(view: SourceView, index: int) -> str:
    latitude, longitude = view.place(index)
    return f"{latitude:.2f} {longitude:.2f}"


def _posterior(view: SourceView, located: Located, words: Messages) -> list[str]:
    best = int((located.posterior.probability / view.areas_km2).argmax())
    lines = [words("source.text.posterior", place=_place(view, best))]
    for region in located.regions:
        level, cells = 100.0 * region.level, int(region.inside.sum())
        lines.append(
            "  " + words("source.text.region", level=level, area=grouped(region.area_km2),
                         cells=grouped(cells, digits=9), n=cells)
        )  # fmt: skip
    middle, low, high = (f"{value:.2g}" for value in located.amount_bq)
    lines.append("  " + words("source.text.amount", middle=middle, low=low, high=high))
    for code, times in (("start", located.start_ns), ("stop", located.stop_ns)):
        middle, low, high = (time_text(one) for one in times)
        lines.append("  " + words(f"source.text.{code}", middle=middle, low=low, high=high))
    found = located.posterior
    lines.append(
        "  " + words("source.text.evidence", log10=f"{found.log10_bayes_factor:.1f}",
                     effective=grouped(located.effective_cells),
                     n=round(located.effective_cells))
    )  # fmt: skip
    return lines


def _psr(view: SourceView, words: Messages) -> list[str]:
    if view.psr is None:
        return []
    found = view.psr.found
    best = int(found.correlation.argmax())
    edges, step = view.domain.edges_ns, found.step[best]
    significant = found.p_value < 0.05
    return [
        words(
            "source.text.psr",
            value=f"{found.correlation[best]:.3f}",
            place=_place(view, best),
            first=time_text(int(edges[step])),
            last=time_text(int(edges[step + 1])),
        ),
        "  "
        + words(
            "source.text.psr_chance",
            percent=f"{100.0 * view.psr.chance:.2g}",
            area=grouped(float(view.areas_km2[significant].sum())),
        ),
    ]


def _regard(view: SourceView, words: Messages) -> list[str]:
    lines = []
    for name, values in (("for", view.regard), ("mmfor", view.models)):
        if values is not None:
            most = float(values.max())
            area = float(view.areas_km2[values >= most - 1e-9].sum())
            percent, amount = 100.0 * most, f"{view.amounts_bq[1]:.3g}"
            told = words(f"source.text.{name}", percent=percent, area=grouped(area), amount=amount)
            lines.append(told)
    return lines


def _best(view: SourceView, words: Messages) -> list[str]:
    found = {}
    if view.regression is not None:
        found["nnls"] = (view.regression.chi2, view.regression.total_bq)
    if view.cost is not None:
        found["cost"] = (view.cost.cost, view.cost.released_bq)
    lines = []
    for name, (values, amounts) in found.items():
        best = int(values.argmin())
        area = grouped(float(view.areas_km2[view.near_best[name]].sum()))
        place, amount, value = _place(view, best), f"{amounts[best]:.2g}", f"{values[best]:.3g}"
        told = words(f"source.text.{name}", place=place, amount=amount, value=value, area=area)
        lines.append(told)
    return lines


def _samples(view: SourceView, words: Messages, table: Table) -> list[str]:
    names = ("station", "collected", "measured", "mdc", "predicted", "range", "models")
    heads = [words(f"source.text.column_{name}") for name in names]
    rows = [_row(view, k, pair, words) for k, pair in enumerate(view.pairs)]
    return table(heads, rows)


def _row(view: SourceView, k: int, pair: Pair, words: Messages) -> list[str]:
    one = pair.observation
    value = "-" if one.value is None else f"{one.value:.3g}"
    measured = value if one.detected else f"{value} ({words('source.text.none')})"
    predicted = ["-", "-"]
    if view.posterior is not None:
        expected = view.posterior.predictions[k]
        # Noise about nothing may be below 0.
        predicted = [f"{expected.median:.2g}", f"{expected.low:.2g} .. {expected.high:.2g}"]
    models = ", ".join(field.model for field in pair.fields)
    return [pair.station, time_text(pair.stop_ns), measured, f"{pair.mdc:.3g}", *predicted, models]


def _unused(view: SourceView, words: Messages) -> list[str]:
    lines = []
    for code, names in (
        ("samples_alone", view.samples_alone),
        ("fields_alone", view.fields_alone),
    ):
        if names:
            shown = ", ".join(_short(names))
            lines.append("  " + words(f"source.text.{code}", n=len(names), names=shown))
    return lines


def _short(names: Sequence[str], most: int = 6) -> list[str]:
    return [*names[:most], "…"] if len(names) > most else list(names)
