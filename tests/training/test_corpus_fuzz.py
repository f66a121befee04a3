"""Any table with any settings becomes rows and a task, or a sentence: never a traceback."""

from decimal import Decimal
from typing import Any

import pyarrow as pa
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from table_source import TableSource, section

from bertft_tui.core.errors import InputError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.data.corpus import corpus_of
from bertft_tui.core.training.data.dataset import draw
from bertft_tui.core.training.data.labelled import rows_of

_WORDS = st.sampled_from(["", " ", "a", "A ", "b c", "0", "1", "1.0", "-1", "2.5", "nan", "inf", "é", "x\0y", "[a]"])
_WHOLE = st.sampled_from([-1, 0, 1, 2, 7])
_REAL = st.sampled_from([0.0, 1.0, -0.0, 0.5, 2.25, float("nan"), float("inf"), 1e300])

#: Arrow types and the cells that stand in them.
_TYPES: list[tuple[pa.DataType, st.SearchStrategy[Any]]] = [
    (pa.string(), _WORDS),
    (pa.large_string(), _WORDS),
    (pa.string_view(), _WORDS),
    (pa.dictionary(pa.int32(), pa.string()), _WORDS),
    (pa.int64(), _WHOLE),
    (pa.int8(), _WHOLE),
    (pa.uint64(), st.sampled_from([0, 1, 2**64 - 1])),
    (pa.float64(), _REAL),
    (pa.float32(), _REAL),
    (pa.float16(), _REAL),
    (pa.bool_(), st.booleans()),
    (pa.decimal128(9, 2), st.sampled_from([Decimal("0.5"), Decimal(1)])),
    (pa.null(), st.none()),
    (pa.timestamp("s"), st.sampled_from([0, 86_400])),
    (pa.binary(), st.binary(max_size=2)),
    (pa.list_(pa.string()), st.lists(_WORDS, max_size=3)),
    (pa.list_(pa.int64()), st.lists(_WHOLE, max_size=3)),
    (pa.large_list(pa.float64()), st.lists(_REAL, min_size=2, max_size=2)),
    (pa.list_(pa.bool_(), 2), st.lists(st.booleans(), min_size=2, max_size=2)),
    (pa.list_(pa.list_(pa.int64())), st.lists(st.lists(_WHOLE, max_size=1), max_size=2)),
    (pa.struct([("a", pa.int64())]), st.just({"a": 1})),
]
_NAMES = ["text", "label", "stars", "premise", "hypothesis", "a", "b"]


@st.composite
def _tables(draw_from: st.DrawFn, names: list[str]) -> pa.Table:
    rows = draw_from(st.sampled_from([0, 2, 5, 24, 24, 24, 24]))
    columns = {}
    for name in names:
        kind, cells = draw_from(st.sampled_from(_TYPES))
        holes = st.one_of(cells, cells, cells, st.none())
        chunk = pa.array(draw_from(st.lists(holes, min_size=rows, max_size=rows)), kind)
        columns[name] = pa.chunked_array([chunk[: rows // 2], chunk[rows // 2 :]], kind)
    if draw_from(st.booleans()):  # most tables have texts
        columns["text"] = pa.chunked_array([pa.array([f"text {row % 20}" for row in range(rows)])])
    return pa.table(columns)


_MAYBE = st.one_of(st.none(), st.sampled_from(_NAMES))


@examples(300)
@given(data=st.data(), names=st.lists(st.sampled_from(_NAMES), min_size=1, max_size=4, unique=True))
def test_anything(data: st.DataObject, names: list[str]) -> None:
    """Tables of all types, declared classes or none, and settings that fit or do not."""
    splits = {name: data.draw(_tables(names)) for name in ("train", "test")}
    declared = data.draw(st.sampled_from([{}, {}, {"label": ("x", "y", "z")}, {"a": ("x", "y")}]))
    settings_ = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "eval_split": st.sampled_from(["test", "test", "test", "train", "dev"]),
                "test_split": st.sampled_from([None, None, None, "test"]),
                "text_column": _MAYBE,
                "text_pair_column": _MAYBE,
                "label_column": st.one_of(_MAYBE, st.just("a, b"), st.just("label,,stars")),
                "problem_type": st.sampled_from(
                    ["auto", "regression", "single_label_classification", "multi_label_classification"]
                ),
                "train_size": st.sampled_from(["all", 1, 3]),
                "eval_size": st.sampled_from(["all", 1, 3]),
                "stratify": st.booleans(),
            },
        )
    )
    _go_through(TableSource(splits, declared), section(**settings_))


def _go_through(source: TableSource, data: DataSection) -> None:
    try:
        corpus = corpus_of(source, data)
        drawn = draw(corpus, data)
    except InputError:
        return
    assert (len(drawn.train), len(drawn.evaluation)) == (corpus.train_rows, corpus.eval_rows)
    assert corpus.train.place_of(0).endswith("of train")
    try:
        rows = rows_of(source, data, "test", corpus.task)
    except InputError:
        return
    assert len(rows.labels) == len(rows)
