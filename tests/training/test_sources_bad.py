"""Files and folders that cannot be read: a sentence for every kind, with the file, the line and what to do."""

import os
from pathlib import Path

import pytest
from bad_data import BAD, GOOD, file_of, misspelt, pattern_of

from bertft_tui.core.errors import BertftError, InputError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.sources.opening import open_source


def _read_all(settings: dict[str, str]) -> None:
    source = open_source(DataSection(**settings))
    for split in source.split_names:
        source.read(split)


@pytest.mark.parametrize("name", BAD)
def test_bad_data(tmp_path: Path, name: str) -> None:
    """Each kind of bad file has its title, a message that names what is wrong and where, and a hint."""
    make, title, word = BAD[name]
    made = make(tmp_path)
    with pytest.raises(InputError) as caught:
        _read_all(made if isinstance(made, dict) else {"dataset": made})
    assert caught.value.problem.title == title
    assert word in caught.value.problem.message
    assert caught.value.problem.hint


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("https://huggingface.co/datasets/stanfordnlp/imdb", "On the Hub its name is 'stanfordnlp/imdb'."),
        ("huggingface.co/datasets/stanfordnlp/imdb/viewer?p=1", "On the Hub its name is 'stanfordnlp/imdb'."),
        ("hf://datasets/stanfordnlp/imdb@main/x.parquet", "On the Hub its name is 'stanfordnlp/imdb'."),
        ("https://hf.co/google-bert/bert-base-cased", "Download it first, then name the file."),
        ("https://example.org/reviews.csv?raw=true", "Download it first, then name the file."),
    ],
)
def test_address(address: str, hint: str) -> None:
    """An address is no name: of the Hub's pages the name is said, other files are to be downloaded."""
    with pytest.raises(InputError) as caught:
        open_source(DataSection(dataset=address))
    assert caught.value.problem.hint == hint
    assert "is an address" in caught.value.problem.message


def test_one_of_several_tables(tmp_path: Path) -> None:
    """Where a json document holds several tables the hint is something that can be done: there is no setting."""
    path = tmp_path / "x.json"
    path.write_text('{"meta": [{"a": 1}], "data": [{"text": "b"}]}')
    with pytest.raises(InputError) as caught:
        _read_all({"dataset": str(path)})
    assert caught.value.problem.hint == "Write the array that is meant into a file of its own."


@pytest.mark.parametrize(("pattern", "meant"), [("spark/*.csv", "spark/x.csv"), ("acl/*", "acl")])
def test_folders_that_a_pattern_fits(tmp_path: Path, pattern: str, meant: str) -> None:
    """Of a pattern that fits folders the folder is said that can be read instead."""
    names = ("spark/x.csv/a.csv", "acl/pos/1.txt", "acl/neg/1.txt")
    with pytest.raises(InputError) as caught:
        open_source(DataSection(dataset=str(pattern_of(pattern, *names)(tmp_path))))
    assert caught.value.problem.hint == f"Name the folder itself: {tmp_path / meant}"
    assert open_source(DataSection(dataset=str(tmp_path / meant))).read("train").table.num_rows


def test_near_name(tmp_path: Path) -> None:
    """A name that is nearly one that is there gets it as a hint."""
    with pytest.raises(InputError) as caught:
        open_source(DataSection(dataset=misspelt(tmp_path)))
    assert "reviews.csv" in caught.value.problem.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz", "folder/a/1.txt", "folder/dataset_dict.json"])
def test_no_permission(tmp_path: Path, name: str) -> None:
    """What one may not read is said, file by file."""
    settings = file_of(name, GOOD)(tmp_path)
    assert isinstance(settings, dict)
    (tmp_path / name).chmod(0)
    with pytest.raises(BertftError, match="cannot be read"):
        _read_all({"dataset": str(tmp_path / "folder")} if "/" in name else settings)


def test_a_table_on_its_side(tmp_path: Path) -> None:
    """Tens of thousands of columns are refused before each of them is looked at."""
    names = [f"c{number}" for number in range(6_000)]
    (tmp_path / "wide.csv").write_text(f"{','.join(names)}\n{','.join(names)}\n")
    with pytest.raises(InputError, match=r"too many columns: .*wide.csv has 6,000 columns"):
        _read_all({"dataset": str(tmp_path / "wide.csv")})
