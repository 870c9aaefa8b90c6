"""A titled table, with a picture where there is one: what short reports are made of, in a terminal and on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from markupsafe import Markup
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Group
from rich.table import Table
from rich.text import Text

from waterbalance.report.manifest import engine_version
from waterbalance.report.page import environment, own_text, plotly_script, script_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

    from waterbalance.report.drought_light import Light
    from waterbalance.report.figures.style import Figure
    from waterbalance.report.language import Wording
    from waterbalance.report.row import Row

MOST_ROWS = 15
"""How many rows of a table a terminal shows."""

MOST_CELLS = 24
"""A word of up to so many cells stays in one piece."""


class Lamp(str):
    """A cell with a light before its word, on a page."""

    __slots__ = ("light",)
    light: Light

    def __new__(cls, word: str, light: Light) -> Self:
        """A word, and the colour of its light."""
        lamp = super().__new__(cls, word)
        lamp.light = light
        return lamp


@dataclass(frozen=True)
class Section:
    """Everything in the reader's words already."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    words: int = 1
    """How many of the first columns hold words; the others hold numbers."""

    note: str = ""
    figures: tuple[Figure, ...] = ()
    pictures: tuple[tuple[str, Figure], ...] = ()
    """Figures with a title each, beside each other."""

    link: tuple[str, str] | None = None
    """Another page, and its name."""

    nothing: str = ""
    """What is said in place of rows where there are none."""


@dataclass(frozen=True)
class Heading:
    """What stands above the sections."""

    kind: str
    title: str
    dates: str
    lines: tuple[tuple[str, str], ...] = ()
    """Names and values."""

    findings: tuple[str, ...] = ()


def on_terminal(heading: Heading, sections: Sequence[Section], say: Wording) -> RenderableType:
    """The sections as tables, the first rows of each."""
    parts: list[RenderableType] = [
        Text(f"\n{say('pair', name=heading.kind, value=heading.title)} · {heading.dates}", style="bold")
    ]
    parts += [Text(say("pair", name=name, value=value)) for name, value in heading.lines]
    parts += [Text(finding, style="red") for finding in heading.findings]
    for section in sections:
        table = Table(title=Text(f"\n{section.title}", style="bold"), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
        for number, column in enumerate(section.columns):
            words = number < section.words
            width = _longest_word(row[number] for row in section.rows[:MOST_ROWS]) if words else None
            table.add_column(Text(column), justify="left" if words else "right", overflow="fold", min_width=width)
        for row in section.rows[:MOST_ROWS]:
            # Names come from files: as plain text they cannot switch the terminal's markup.
            table.add_row(*map(Text, row))
        if len(section.rows) > MOST_ROWS:
            table.caption = say("rows.more", count=len(section.rows) - MOST_ROWS)
            table.caption_justify = "left"
        parts.append(
            table if section.rows else Text(f"\n{say('pair', name=section.title, value=section.nothing or say('rows.none'))}")
        )
    return Group(*parts)


def _longest_word(texts: Iterable[str]) -> int:
    """Cells of the longest word, such as the name of a forecaster, that a column should not break; a very long one may be."""
    return min(MOST_CELLS, max((cell_len(word) for text in texts for word in text.split()), default=0))


def on_page(
    heading: Heading, sections: Sequence[Section], say: Wording, template: str = "sections.html.j2", **more: object
) -> str:
    """The sections as one page that opens anywhere without a network; `more` is what another template asks for."""
    figures = [figure for section in sections for figure in (*section.figures, *(drawn for _, drawn in section.pictures))]
    text = (
        environment()
        .get_template(template)
        .render(
            say=say,
            heading=heading,
            sections=sections,
            version=engine_version(),
            style=Markup(own_text("page.css")),  # noqa: S704 (a file of this package)
            script=Markup(own_text("page.js")),  # noqa: S704
            library=Markup(plotly_script()) if figures else "",  # noqa: S704 (plotly's own script)
            figures=Markup(script_json(figures)),  # noqa: S704 (escaped by script_json)
            **more,
        )
    )
    return text.rstrip() + "\n"
