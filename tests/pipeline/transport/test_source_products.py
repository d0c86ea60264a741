"""What the products of a source say, in every language, and what maps show."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.text import Text
from tests.cli.support_source import STATIONS, write_fields, write_samples

from vigie.cli.sample_table import table_rows
from vigie.i18n import SPOKEN
from vigie.pipeline.transport.source_inputs import match, read_fields, read_samples
from vigie.pipeline.transport.source_run import METHODS, SourceOptions, find_source
from vigie.products.transport.source_figures import source_figures
from vigie.products.transport.source_rings import rings_of
from vigie.products.transport.source_text import source_text
from vigie.records import LatLonGrid
from vigie.transport.source.assembly import Domain

if TYPE_CHECKING:
    from vigie.products.transport.source_view import SourceView

OPEN = {"order": "lat_lon", "base": "0"}


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> SourceView:
    folder = tmp_path_factory.mktemp("world")
    write_fields(folder, models=("ONE", "TWO"))
    fields, failed = read_fields([folder], OPEN, report=lambda _: None)
    assert failed == []
    samples, _ = read_samples(write_samples(folder / "samples.csv"), {})
    options = SourceOptions(methods=METHODS, amounts_bq=(1e10, 1e16), longest_h=6.0)
    return find_source(match(samples, fields, "Ba-140"), options)


@pytest.mark.parametrize("language", SPOKEN)
def test_every_word_is_known_in_every_language(view: SourceView, language: str) -> None:
    text = source_text(view, language, partial(table_rows, left=(0,)))
    assert len(text.splitlines()) > 20
    assert "source." not in text


@pytest.mark.parametrize("language", ["en", "fr", "ru"])
def test_figures_are_drawn_with_their_words(view: SourceView, language: str) -> None:
    figures = source_figures(view, language)
    assert [one.name for one in figures] == ["posterior", "psr", "for", "mmfor"]
    for one in figures:
        shown = [text.get_text() for text in one.figure.findobj(Text)]
        assert not [text for text in (*shown, one.title, one.alt) if "source." in text]
        assert set(STATIONS) <= set(shown)
        assert one.png(dpi=40).startswith(b"\x89PNG")


def test_marginals_are_those_of_the_posterior(view: SourceView) -> None:
    assert view.posterior is not None
    amounts, times = source_figures(view)[0].figure.axes[-2:]
    (drawn,) = amounts.patches[:1]
    assert drawn.get_data().values == pytest.approx(view.posterior.posterior.by_amount)
    assert times.patches[0].get_data().values == pytest.approx(view.posterior.posterior.by_start)
    assert times.patches[1].get_data().values == pytest.approx(view.posterior.posterior.by_stop)


def test_times_are_numbers_in_every_language(view: SourceView) -> None:
    figure = source_figures(view, "fr")[0].figure
    figure.draw_without_rendering()
    axis = figure.axes[-1].xaxis
    labels = [label.get_text() for label in axis.get_ticklabels()]
    assert labels[0].count("-") == 2
    assert not any(
        letter.isalpha() for letter in "".join(labels) + axis.get_offset_text().get_text()
    )


def test_the_same_record_twice_is_one_model(view: SourceView) -> None:
    fields = [field for pair in view.pairs for field in pair.fields]
    path = Path(fields[0].path).parent / "samples.csv"
    samples, _ = read_samples(path, {})
    pairs = match(samples, [*fields, *fields], "Ba-140").pairs
    assert [len(pair.fields) for pair in pairs] == [2] * 9


@pytest.mark.parametrize(
    ("west", "edges"), [(178.5, (178.0, 182.0)), (-1.5, (-2.0, 2.0)), (268.5, (-92.0, -88.0))]
)
def test_a_ring_over_a_seam_stays_whole(west: float, edges: tuple[float, float]) -> None:
    grid = LatLonGrid(
        first_latitude=-89.5, latitude_step=1.0, n_latitude=180,
        first_longitude=0.5, longitude_step=1.0, n_longitude=360,
    )  # fmt: skip
    cells = grid.cells_at(np.full(4, 10.5), west + np.arange(4.0))
    domain = Domain(grid=grid, cells=np.sort(cells), edges_ns=np.array([0, 1]))
    (ring,) = rings_of(np.ones(4, dtype=np.bool_), domain)
    assert (ring[:, 0].min(), ring[:, 0].max()) == edges
    assert (ring[:, 1].min(), ring[:, 1].max()) == (10.0, 11.0)
