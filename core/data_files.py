"""Files of rows as their names tell them: which format, and how packed.

Names end in the format (`.csv`, `.tsv`, `.json`, `.jsonl`, `.ndjson`, `.parquet`), perhaps followed by how the file
is packed (`.gz`, `.bz2`, `.xz`, `.zst`, `.zip`).
"""

from pathlib import PurePosixPath
from typing import Literal

Format = Literal["csv", "tsv", "json", "jsonl", "parquet"]
Packing = Literal["gz", "bz2", "xz", "zst", "zip"]

FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
PACKINGS: dict[str, Packing] = {".gz": "gz", ".bz2": "bz2", ".xz": "xz", ".zst": "zst", ".zip": "zip"}


def packing_of(name: str) -> Packing | None:
    """Say how a file with this name is packed."""
    return PACKINGS.get(PurePosixPath(name).suffix.lower())


def format_of(name: str) -> Format | None:
    """Say which format a file of this name has, whether packed or not; None when it is none of ours."""
    path = PurePosixPath(name)
    if path.suffix.lower() in PACKINGS:
        path = path.with_suffix("")
    return FORMATS.get(path.suffix.lower())


def stem_of(name: str) -> str:
    """Take packing and format off a name: `data/train.csv.gz` → `data/train`."""
    path = PurePosixPath(name)
    if path.suffix.lower() in PACKINGS:
        path = path.with_suffix("")
    return str(path.with_suffix("") if path.suffix.lower() in FORMATS else path)
