"""A look at a data set in words: the lines that the command prints and the app shows."""

from typing import Any

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.content import Content

from bertft_tui.core.sections import DataSection
from bertft_tui.tui.ascii import drawable
from bertft_tui.tui.format import clean, number
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, MUTED, TEXT, WARNING, glyphs
from bertft_tui.tui.hanging import Hanging, Hung
from bertft_tui.tui.palettes import plain_style
from bertft_tui.tui.theme_choice import printed_theme
from bertft_tui.tui.widgets.strips import fit_cells

#: A line: parts with their colours.
Line = list[tuple[str, str]]

#: Cells of the longest bar.
_BAR = 24

#: Labels of a split that are listed; the rest are counted.
_LABELS = 12

_TOKENS = 60


def data_text(document: dict[str, Any], data: DataSection, *, with_problem: bool = True) -> RenderableType:
    """Describe a look for a terminal: what is too long for a line goes on below its own beginning."""
    return Group(*(_hanging(line) for line in data_lines(document, data, with_problem=with_problem)))


def data_view(document: dict[str, Any], data: DataSection) -> Hanging:
    """Describe a look for the app, in the same lines."""
    return Hanging(Hung(Content.assemble(*line), _margin(line)) for line in data_lines(document, data))


def text_of(line: Line) -> Text:
    """A line for rich, which knows no themes."""
    return Text.assemble(*((drawable(words), plain_style(style, printed_theme())) for words, style in line))


def _margin(line: Line) -> int:
    """The characters before the words: a name with its blanks, or blanks alone."""
    first = line[0][0] if line else ""
    return len(first) if first.endswith(" ") else len(first) - len(first.lstrip())


def _hanging(line: Line) -> RenderableType:
    """Put what stands before the words into a column of its own."""
    text, margin = text_of(line), _margin(line)
    if not margin:
        return text
    grid = Table.grid(padding=0)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(text[:margin], text[margin:])
    return grid


def data_lines(document: dict[str, Any], data: DataSection, *, with_problem: bool = True) -> list[Line]:
    """Describe the document of `core/scheduling/preview.py`, section by section; `data` is what was looked at."""
    problem = document.get("problem")
    sections = [_title(document), [*_splits(document), *_shares(document, data)], _found(document)]
    if problem and with_problem:
        sections.append(_problem(problem, ERROR))
    if "columns" in document:
        sections += [_columns(document), _labels(document)]
    if document.get("lengths"):
        sections += [_lengths(document), _example(document)]
    notes = [*document.get("notes", []), *document.get("token_notes", [])]
    sections += [_problem(note, WARNING) for note in notes if note != problem]
    lines: list[Line] = []
    for section in filter(None, sections):
        lines += [[], *section] if lines else section
    return lines


def _title(document: dict[str, Any]) -> list[Line]:
    return [[(clean(document["dataset"], limit=300), f"{BRIGHT} bold")]]


def _splits(document: dict[str, Any]) -> list[Line]:
    """A line for each split: its rows and how its labels stand."""
    width = max((len(clean(split["name"], limit=40)) for split in document["splits"]), default=0)
    lines: list[Line] = [[("Splits", ACCENT)]]
    for split in document["splits"]:
        rows = f"{split['rows']:>10,} rows" if split["rows"] is not None else f"{'unreadable':>15}"
        line = [(f"  {clean(split['name'], limit=40):<{width}}", BRIGHT), (rows, TEXT)]
        lines.append([*line, (f"   {_split_words(split)}", MUTED)])
    return lines


def _shares(document: dict[str, Any], data: DataSection) -> list[Line]:
    """How many rows train and evaluate, and which settings take less."""
    if "train_rows" not in document:
        return []
    rows = f"{document['train_rows']:,} rows to train on, {document['eval_rows']:,} to evaluate"
    sizes = {"train_size": data.train_size, "eval_size": data.eval_size}
    parts = [f"{name} {size:,}" for name, size in sizes.items() if isinstance(size, int)]
    if not parts or document["problem"]:
        return [[("  ", ""), (rows, BRIGHT)]]
    return [[("  ", ""), (rows, BRIGHT), (f"; the settings take {' and '.join(parts)}", MUTED)]]


def _found(document: dict[str, Any]) -> list[Line]:
    """The columns of the first split, where it is not known what each of them is for."""
    columns = document["splits"][0]["columns"] if document["splits"] and "columns" not in document else []
    if not columns:
        return []
    lines: list[Line] = [[("Columns, each with its first value", ACCENT)]]
    for column in columns:
        shown = f"  {clean(column['name'], limit=30):<16} {column['kind']:<8} "
        lines.append([(shown, TEXT), (clean(column["example"], limit=80), MUTED)])
    return lines


def _split_words(split: dict[str, Any]) -> str:
    if split.get("problem"):
        return clean(split["problem"]["title"], limit=100)
    labels = split.get("labels")
    if labels is None:
        return ""
    majority = clean(labels["majority"], limit=40)
    if labels["values"]:
        values = labels["values"]
        spread = f"from {number(values['minimum'])} to {number(values['maximum'])}, mean {number(values['mean'])}"
        return f"{spread}: always the mean has mse {number(labels['baseline'])}"
    if labels["baseline_metric"] == "subset_accuracy":
        return f"most often {majority!r}: always that has subset accuracy {labels['baseline']:.3f}"
    return f"majority {majority!r}: accuracy {labels['baseline']:.3f} without reading"


def _columns(document: dict[str, Any]) -> list[Line]:
    lines: list[Line] = [[("Columns and task", ACCENT)]]
    shown = {role: _names(chosen["column"]) for role, chosen in document["columns"].items()}
    width = max(map(cell_len, shown.values()))
    for role, chosen in document["columns"].items():
        names, why = fit_cells(shown[role], width), clean(chosen["why"], limit=200)
        lines.append([(f"  {role:<6} ", MUTED), (names, BRIGHT), (f"  {why}", MUTED)])
    task = [("  task   ", MUTED), (document["problem_type"], BRIGHT), (f"  {clean(document['why_task'])}", MUTED)]
    return [*lines, task]


def _names(column: str | list[str]) -> str:
    names = column if isinstance(column, list) else [column]
    return ", ".join(clean(name, limit=40) for name in names[:8]) + (", …" if len(names) > 8 else "")


def _labels(document: dict[str, Any]) -> list[Line]:
    """The balance of the first split that has labels, and whether its rows are sorted by them."""
    found = next((split for split in document["splits"] if split.get("labels")), None)
    if found is None:
        return []
    name, labels = clean(found["name"], limit=40), found["labels"]
    if labels["bins"]:
        spans = [(f"{number(each['from'])} to {number(each['to'])}", each["rows"]) for each in labels["bins"]]
        return [[(f"Numbers in {name}", ACCENT)], *_bars(spans, labels["rows"])]
    bars = sorted(labels["counts"].items(), key=lambda item: -item[1])
    lines: list[Line] = [[(f"Labels in {name}", ACCENT)], *_bars(bars[:_LABELS], labels["rows"])]
    if len(bars) > _LABELS:
        rest = bars[_LABELS:]
        lines.append([(f"  {len(rest)} more, {sum(count for _, count in rest):,} rows together", MUTED)])
    if labels["first_are"] is not None:
        first = f"  Sorted: the first rows are all {clean(labels['first_are'], limit=30)!r}. "
        lines.append([(first, WARNING), ("Whoever took them unshuffled would train on one class;", MUTED)])
        lines.append([("  here subsets are always drawn at random.", MUTED)])
    return lines


def _bars(counts: list[tuple[str, int]], rows: int) -> list[Line]:
    width = max(len(clean(label, limit=30)) for label, _ in counts)
    top = max(1, *(count for _, count in counts))
    return [
        [
            (f"  {clean(label, limit=30):<{width}}", BRIGHT),
            (f"{count:>10,}  {count / rows:>6.1%}  ", TEXT),
            (glyphs().bar[0] * round(_BAR * count / top), ACCENT),
        ]
        for label, count in counts
    ]


def _lengths(document: dict[str, Any]) -> list[Line]:
    found = document["lengths"]
    source = f"Lengths in tokens, by {clean(found['tokenizer'], limit=60)}, {found['measured']:,} texts"
    spans = [_span(each["from"], each["to"]) for each in found["bins"]]
    top = max(1, *(each["texts"] for each in found["bins"]))
    lines: list[Line] = [[(source, ACCENT)]]
    for span, each in zip(spans, found["bins"], strict=True):
        bar = glyphs().bar[0] * round(_BAR * each["texts"] / top)
        colour = WARNING if each["from"] > found["max_length"] else ACCENT
        lines.append([(f"  {span:>{max(map(len, spans))}}", MUTED), (f"{each['texts']:>8,}  ", TEXT), (bar, colour)])
    lines.append([(f"  median {found['median']:,}, 95 % up to {found['percentile_95']:,}, ", TEXT),
                  (f"longest {found['longest']:,}", TEXT)])  # fmt: skip
    lines.append([(f"  {found['share_cut']:.1%} are cut at max_length {found['max_length']:,}", BRIGHT),
                  (f"; padded to it, {found['padding']:.0%} of all tokens would be padding", MUTED)])  # fmt: skip
    return lines


def _span(first: int, last: int) -> str:
    return f"{first:,}" if first == last else f"{first:,}–{last:,}"


def _example(document: dict[str, Any]) -> list[Line]:
    """What one row becomes."""
    found = document["example"]
    more = ["…"] if len(found["ids"]) > _TOKENS else []
    parts = {
        "text": clean(found["text"], limit=400),
        "pair": clean(found["pair"] or "", limit=400),
        "tokens": clean(" ".join([*found["tokens"][:_TOKENS], *more]), limit=2000),
        "ids": " ".join([*map(str, found["ids"][:_TOKENS]), *more]),
    }
    lines: list[Line] = [[(f"One row as the model reads it: {clean(found['place'], limit=100)}", ACCENT)]]
    return lines + [[(f"  {name:<7} ", MUTED), (text, TEXT)] for name, text in parts.items() if text]


def _problem(problem: dict[str, str], colour: str) -> list[Line]:
    lines: list[Line] = [[(clean(problem["title"], limit=200), colour)]]
    for text in (problem["message"], problem.get("hint", "")):
        lines += [[(f"  {clean(line)}", TEXT)] for line in text.splitlines()]
    return lines
