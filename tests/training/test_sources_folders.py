"""Folders and patterns: which file is which split, classes as folders, and folders that `datasets` saved."""

import gzip
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value

from bertft_tui.core.errors import DataError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.sources.raw import Source


def _make(folder: Path, *names: str) -> Path:
    """Make files, each with one row whose text is the file's path below the folder; texts for `.txt`."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = name if name.endswith(".txt") else f"text,label\n{name},x\n"
        path.write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
    return folder


def _open(path: Path | str, **settings: Any) -> Source:
    return open_source(DataSection(dataset=str(path), **settings))


def _splits(source: Source) -> dict[str, list[str]]:
    return {split: source.read(split).table.column("text").to_pylist() for split in source.split_names}


#: Files of a folder → the splits, with the files in each.
_FOLDERS: dict[str, tuple[list[str], dict[str, list[str]]]] = {
    "plain": (["train.csv", "test.csv"], {"train": ["train.csv"], "test": ["test.csv"]}),
    "one file": (["reviews.csv"], {"train": ["reviews.csv"]}),
    "stems": (["mine.csv", "yours.csv"], {"mine": ["mine.csv"], "yours": ["yours.csv"]}),
    "words": (
        ["imdb_Train.csv", "imdb-dev.csv", "contest.csv", "train-and-test.csv"],
        {
            "train": ["imdb_Train.csv"],
            "dev": ["imdb-dev.csv"],
            "train-and-test": ["train-and-test.csv"],
            "contest": ["contest.csv"],
        },
    ),
    "shards": (
        ["train-00001-of-00002.csv", "train-00000-of-00002.csv", "validation-00000-of-00001.csv"],
        {
            "train": ["train-00000-of-00002.csv", "train-00001-of-00002.csv"],
            "validation": ["validation-00000-of-00001.csv"],
        },
    ),
    "nameless shards": (["a-00000-of-00002.csv", "a-00001-of-00002.csv"], {"train": ["a-0", "a-1"]}),
    "parts": (
        ["reviews.csv/part-00000-f3.csv", "reviews.csv/part-00001-f3.csv", "reviews.csv/_SUCCESS"],
        {"train": ["reviews.csv/part-00000-f3.csv", "reviews.csv/part-00001-f3.csv"]},
    ),
    "folders of splits": (
        ["train/a.csv", "train/b.csv", "test/a.csv"],
        {"train": ["train/a.csv", "train/b.csv"], "test": ["test/a.csv"]},
    ),
    "data below": (
        ["data/train-0.csv", "data/test-0.csv"],
        {"train": ["data/train-0.csv"], "test": ["data/test-0.csv"]},
    ),
    "a table beside split folders": (["names.csv", "train/a.csv", "test/a.csv"], {"train": ["train/a.csv"]}),
    "files below are not looked at": (["train.csv", "old/test.csv"], {"train": ["train.csv"]}),
    "packed twice": (["train.csv.gz", "train.csv", "test.csv.gz"], {"train": ["train.csv"], "test": ["test.csv.gz"]}),
    "notes beside": (["train.csv", "test.csv", "notes/a.txt", "docs/b.txt", "README.md"], {"train": ["train.csv"]}),
    "one folder of notes": (["reviews.csv", "notes/a.txt"], {"train": ["reviews.csv"]}),
    "hidden": (["train.csv", ".old.csv", "__MACOSX/x.csv"], {"train": ["train.csv"]}),
}


@pytest.mark.parametrize("name", _FOLDERS)
def test_folders(tmp_path: Path, name: str) -> None:
    """Files are sorted into splits by the words in their names."""
    files, expected = _FOLDERS[name]
    found = _splits(_open(_make(tmp_path / "corpus", *files)))
    if name == "nameless shards":
        expected = {"train": sorted(files)}
    assert {split: texts for split, texts in found.items() if split in expected} == expected
    assert set(found) - set(expected) <= {"test", "names"}


def test_order_of_splits(tmp_path: Path) -> None:
    """What one trains on comes first, then what one looks at on the way, then the rest."""
    folder = _make(tmp_path, "extra.csv", "test.csv", "validation.csv", "train.csv")
    assert _open(folder).split_names == ("train", "validation", "extra", "test")


def test_only_what_is_asked_for(tmp_path: Path) -> None:
    """Opening reads nothing, and a split that nobody asks for may be broken."""
    _make(tmp_path, "train.csv")
    (tmp_path / "test.csv").write_bytes(b"\0")
    source = _open(tmp_path)
    assert source.read("train").table.num_rows == 1
    with pytest.raises(DataError, match="not text"):
        source.read("test")
    with pytest.raises(DataError, match="no such split"):
        source.read("dev")


def test_patterns(tmp_path: Path) -> None:
    """Files that a pattern fits are one split together, but for those that say which they are."""
    _make(tmp_path, "reviews-1.csv", "reviews-2.csv", "reviews-test.csv", "deep/er/reviews-3.csv", "other.txt")
    assert _splits(_open(tmp_path / "reviews-?.csv")) == {"train": ["reviews-1.csv", "reviews-2.csv"]}
    assert _splits(_open(tmp_path / "**" / "*.csv")) == {
        "train": ["deep/er/reviews-3.csv", "reviews-1.csv", "reviews-2.csv"],
        "test": ["reviews-test.csv"],
    }
    _make(tmp_path, "reviews-train.csv")
    assert _open(tmp_path / "reviews-*").split_names == ("train", "reviews-1", "reviews-2", "test")
    assert _open(tmp_path / "deep" / "**").read("train").place(0) == "row 1 of er/reviews-3.csv"


@pytest.mark.parametrize("word", ["train", "training"])
def test_patterns_with_a_training_file(tmp_path: Path, word: str) -> None:
    """Where a file says that it is to be trained on, the nameless ones beside it are other splits, which is said."""
    source = _open(_make(tmp_path, f"{word}.csv", "extra.csv", "test.csv") / "*.csv")
    assert source.split_names == (word, "extra", "test")
    assert [note.message for note in source.notes] == [
        "Beside files that say train in their names there are others: extra.csv."
    ]
    assert not _open(_make(tmp_path / "all", f"{word}.csv", "test.csv") / "*.csv").notes


def test_pattern_of_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern may be relative, and a name with brackets that is there is no pattern."""
    monkeypatch.chdir(_make(tmp_path, "a.csv", "b[1].csv"))
    assert _splits(_open("*.csv")) == {"train": ["a.csv", "b[1].csv"]}
    assert _splits(_open("b[1].csv")) == {"train": ["b[1].csv"]}


def test_pattern_in_a_folder_with_brackets(tmp_path: Path) -> None:
    """A folder that is there is meant itself, though its name could be a pattern; else it is one."""
    _make(tmp_path, "data[1]/a.csv", "data[1]/deep[2]/b.csv", "data2/c.csv")
    assert _splits(_open(tmp_path / "data[1]" / "*.csv")) == {"train": ["data[1]/a.csv"]}
    assert _splits(_open(tmp_path / "data[1]" / "deep[2]" / "?.csv")) == {"train": ["data[1]/deep[2]/b.csv"]}
    assert _splits(_open(tmp_path / "data[12]" / "*.csv")) == {"train": ["data2/c.csv"]}


def test_pattern_and_names_with_a_dot(tmp_path: Path) -> None:
    """What systems leave in folders fits no pattern that does not ask for it."""
    _make(tmp_path, "a.csv", "._a.csv", ".cache/b.csv")
    assert _splits(_open(tmp_path / "*")) == {"train": ["a.csv"]}
    assert _splits(_open(tmp_path / "**" / "*.csv")) == {"train": ["a.csv"]}
    assert _splits(_open(tmp_path / "._*.csv")) == {"train": ["._a.csv"]}
    assert _splits(_open(tmp_path / ".cache" / "*.csv")) == {"train": [".cache/b.csv"]}


def test_archives(tmp_path: Path) -> None:
    """The members of an archive are files below it."""
    with zipfile.ZipFile(tmp_path / "kaggle.zip", "w") as archive:
        for name in ("train.csv", "test.csv", "__MACOSX/._train.csv"):
            archive.writestr(name, f"text,label\n{name},x\n")
    source = _open(tmp_path / "kaggle.zip")
    assert _splits(source) == {"train": ["train.csv"], "test": ["test.csv"]}
    assert source.read("train").place(0) == "row 1 of kaggle.zip/train.csv"
    assert _open(tmp_path).split_names == ("train", "test")


def test_one_format_of_several(tmp_path: Path) -> None:
    """Of two formats the one whose files say a split is read, and the other is named."""
    _make(tmp_path, "train.csv", "test.csv", "names.json", "state.json")
    source = _open(tmp_path)
    assert source.split_names == ("train", "test")
    assert [note.message for note in source.notes] == [
        f"Of another format, or packed as well as unpacked: names.json in {tmp_path}."
    ]


def test_files_of_several_folders(tmp_path: Path) -> None:
    """When the files of one split come from several folders, that is said."""
    source = _open(_make(tmp_path, "2019/train.csv", "2020/train.csv"))
    assert _splits(source) == {"train": ["2019/train.csv", "2020/train.csv"]}
    assert [(note.title, note.message) for note in source.notes] == [
        ("Files of several folders are one split", "They lie in 2019, 2020.")
    ]


def test_odd_names(tmp_path: Path) -> None:
    """File names that are no UTF-8 are shown with question marks, and read all the same."""
    folder = tmp_path / "corpus"
    for label in ("good", "bad"):
        (folder / label).mkdir(parents=True)
        Path(os.fsdecode(os.fsencode(folder / label) + b"/\xff.txt")).write_text(label)
    raw = _open(folder).read("train")
    assert (raw.place(0), raw.table.to_pylist()[0]) == ("bad/?.txt", {"text": "bad", "label": "bad"})


def test_one_encoding_for_all(tmp_path: Path) -> None:
    """What a long text's encoding was guessed to be holds for the short ones beside it."""
    long, short = (
        "Этот фильм был просто ужасным, я никогда не видел ничего хуже. " * 5,
        "Этот фильм был просто ужасным",
    )
    for name, text in (("bad/0.txt", long), ("bad/1.txt", short), ("good/1.txt", short)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(text.encode("koi8-r"))
    source = _open(tmp_path)
    assert source.read("train").table.column("text").to_pylist() == [long, short, short]
    assert [note.title for note in source.notes] == ["3 files are not UTF-8"]


def test_places_in_several_files(tmp_path: Path) -> None:
    """Rows are counted from 1 in each file."""
    (tmp_path / "train-a.csv").write_text("text,label\na,x\nb,x\n")
    (tmp_path / "train-b.csv").write_text("label,text\nx,c\nx,d\n")
    raw = _open(tmp_path).read("train")
    assert raw.table.column("text").to_pylist() == ["a", "b", "c", "d"]
    assert [raw.place(row) for row in (1, 2, 3)] == [
        "row 2 of train-a.csv",
        "row 1 of train-b.csv",
        "row 2 of train-b.csv",
    ]


def test_types_of_several_files(tmp_path: Path) -> None:
    """Numbers of several files widen; what fits no common type is read as strings, which is said."""
    (tmp_path / "train-a.jsonl").write_text('{"text": "a", "score": 1, "label": 1, "gap": null}\n')
    (tmp_path / "train-b.jsonl").write_text('{"text": "b", "score": 0.5, "label": "x", "gap": null}\n')
    source = _open(tmp_path)
    assert source.read("train").table.to_pydict() == {
        "text": ["a", "b"],
        "score": [1.0, 0.5],
        "label": ["1", "x"],
        "gap": [None, None],
    }
    assert [note.title for note in source.notes] == ["A column has values of several types"]


def test_links(tmp_path: Path) -> None:
    """Links to files and folders are followed, once, also where they lead back."""
    _make(tmp_path / "real", "deep/train.csv")
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "data").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "back").symlink_to(folder)
    (tmp_path / "real" / "nowhere.csv").symlink_to(tmp_path / "gone.csv")
    assert _splits(_open(folder)) == {"train": ["deep/train.csv"]}


def test_imdb_as_it_comes(tmp_path: Path) -> None:
    """`aclImdb/`: classes by folder, texts without labels left out unread, the files beside them no trouble."""
    folder = _make(
        tmp_path / "aclImdb",
        *("train/pos/0_9.txt", "train/pos/10_7.txt", "train/neg/0_1.txt", "test/pos/0_10.txt", "test/neg/0_2.txt"),
        *("train/unsup/0_0.txt", "train/unsup/1_0.txt", "train/urls_pos.txt", "imdbEr.txt"),
    )
    (folder / "imdb.vocab").write_text("the\nand\n")
    (folder / "README").write_text("Large Movie Review Dataset")
    (folder / "train" / "unsup" / "0_0.txt").write_bytes(b"\0")
    source = _open(folder)
    assert source.split_names == ("train", "test")
    raw = source.read("train")
    assert raw.table.to_pydict() == {
        "text": ["train/neg/0_1.txt", "train/pos/0_9.txt", "train/pos/10_7.txt"],
        "label": ["neg", "pos", "pos"],
    }
    assert raw.place(2) == "train/pos/10_7.txt"
    assert [note.message for note in source.notes] == ["train/unsup: 2 texts, none of them read."]
    assert source.read("test").table.column("label").to_pylist() == ["neg", "pos"]
    assert len(source.notes) == 1


def test_split_folders_of_one_word(tmp_path: Path) -> None:
    """Class folders below several folders of one split are read together, which is said."""
    source = _open(_make(tmp_path, "train/neg/1.txt", "train/pos/1.txt", "train2/pos/1.txt", "test/pos/1.txt"))
    assert _splits(source) == {
        "train": ["train/neg/1.txt", "train/pos/1.txt", "train2/pos/1.txt"],
        "test": ["test/pos/1.txt"],
    }
    assert source.read("train").table.column("label").to_pylist() == ["neg", "pos", "pos"]
    assert [(note.title, note.message) for note in source.notes] == [
        ("Files of several folders are one split", "They lie in train, train2.")
    ]


def test_files_of_a_mac_beside_the_texts(tmp_path: Path) -> None:
    """What macOS writes beside a file on another disk (`._1.txt`) is no text, and makes no class."""
    folder = _make(tmp_path, "neg/1.txt", "pos/1.txt", "._other/1.txt", "only/._1.txt")
    (folder / "pos" / "._1.txt").write_bytes(b"\0\5\x16\7Mac OS X")
    assert _splits(_open(folder)) == {"train": ["neg/1.txt", "pos/1.txt"]}


def test_classes_without_splits(tmp_path: Path) -> None:
    """Without split folders the classes are `train`; their encodings are found file by file."""
    folder = _make(tmp_path / "corpus", "sport/1.txt", "food/1.txt", "food/2.TXT", "empty/picture.png")
    (folder / "food" / "1.txt").write_bytes("déjà".encode("latin-1"))
    source = _open(folder)
    assert source.read("train").table.to_pydict() == {
        "text": ["déjà", "text,label\nfood/2.TXT,x\n", "sport/1.txt"],
        "label": ["food", "food", "sport"],
    }
    assert [note.message for note in source.notes] == ["Decoded as Windows-1252: food/1.txt."]


_FEATURES = Features(
    {"text": Value("string"), "label": ClassLabel(names=["neg", "pos"]), "tags": List(Value("string"))}
)


def _dataset(texts: list[str]) -> Dataset:
    columns = {"text": texts, "label": [0, 1] * (len(texts) // 2), "tags": [["a"]] * len(texts)}
    return Dataset.from_dict(columns, features=_FEATURES)


def test_saved_data_set(tmp_path: Path) -> None:
    """A folder of `save_to_disk` comes with its class names, in the order of its rows."""
    _dataset(["a", "b", "c", "d"]).select([3, 1, 2]).save_to_disk(tmp_path / "saved")
    source = _open(tmp_path / "saved")
    raw = source.read("train")
    assert raw.table.column("text").to_pylist() == ["d", "b", "c"]
    assert raw.table.column("label").to_pylist() == [1, 1, 0]
    assert raw.class_names == {"label": ("neg", "pos")}
    assert raw.place(0) == "row 1 of saved"


def test_saved_splits(tmp_path: Path) -> None:
    """The splits of a saved dictionary are read one by one."""
    saved = DatasetDict({"train": _dataset(["a", "b"]), "validation": _dataset(["c", "d"])})
    saved.save_to_disk(tmp_path / "saved")
    source = _open(tmp_path / "saved")
    assert source.split_names == ("train", "validation")
    assert source.read("validation").table.column("text").to_pylist() == ["c", "d"]
    assert source.read("validation").place(1) == "row 2 of validation"
    for file in (tmp_path / "saved" / "train").glob("*.arrow"):
        file.unlink()
    with pytest.raises(DataError, match="damaged"):
        source.read("train")


def test_encoding_of_files_that_have_none(tmp_path: Path) -> None:
    """An encoding named for parquet files or a saved data set is said to be of no use."""
    _dataset(["a", "b"]).save_to_disk(tmp_path / "saved")
    _dataset(["a", "b"]).to_parquet(tmp_path / "x.parquet")
    for name in ("saved", "x.parquet"):
        source = _open(tmp_path / name, encoding="cp1252")
        source.read("train")
        assert [note.title for note in source.notes] == ["data.encoding is not used"]


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with no end of files below it is not gone through."""
    monkeypatch.setattr("bertft_tui.core.training.reading.finding._MOST_ENTRIES", 5)
    with pytest.raises(DataError, match="too many files"):
        _open(_make(tmp_path, *(f"deep/{number}.csv" for number in range(6))))
