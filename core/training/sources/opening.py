"""`data.dataset` into a source: the packaged corpus, a file, a pattern of files, a folder, or a Hub id.

What lies here comes before what the Hub has under the same name. What looks like a path (it begins with `.`, `/` or
`~`, ends like a file of rows, or has `*`, `?` or `[` in it) is never asked of the Hub.
"""

from bertft_tui.core.local_names import expanded, found, is_pattern
from bertft_tui.core.packaged import DEMO, demo_corpus_directory
from bertft_tui.core.sections import DataSection
from bertft_tui.core.tell import Check, Tell, go_on, silent
from bertft_tui.core.training.hub_settings import unused_hub_settings
from bertft_tui.core.training.reading.finding import matching_files
from bertft_tui.core.training.reading.named_file import one_file
from bertft_tui.core.training.sources.file_source import LazySource, files_source
from bertft_tui.core.training.sources.folder_source import folder_source, open_folder
from bertft_tui.core.training.sources.missing import looks_like_path, no_match, not_there
from bertft_tui.core.training.sources.one_format import of_one_format
from bertft_tui.core.training.sources.raw import Source
from bertft_tui.core.training.sources.splits import TRAIN, group_pattern


def open_source(data: DataSection, tell: Tell = silent, check: Check = go_on) -> Source:
    """Find out what a config's data set is; its splits are read when they are asked for.

    `tell` gets a sentence when something takes long; `check` is called during downloads. Raises DataError when there
    is no such data, ConfigError for settings that it does not have, and what `check` raises.
    """
    source = _open(data, tell, check)
    source.name = data.dataset
    return source


def _open(data: DataSection, tell: Tell, check: Check) -> LazySource:
    here = _open_here(data)
    if here is None:
        from bertft_tui.core.training.sources.hub_data import open_hub

        return open_hub(data, tell, check)
    settings = {"data.config_name": data.config_name, "data.revision": data.revision}
    here.notes.extend(unused_hub_settings(data.dataset, **settings))
    return here


def _open_here(data: DataSection) -> LazySource | None:
    """Open what the name means on this machine; None when only the Hub can have it. Raises DataError."""
    if data.dataset == DEMO:
        return open_folder(demo_corpus_directory(), data)
    path = found(data.dataset)
    if path is not None and path.is_dir():
        return open_folder(path, data)
    if path is not None:
        files = one_file(path)
        if len(files) > 1:
            return folder_source(files, str(path), data.encoding)
        return files_source(str(path), {TRAIN: files}, data.encoding)
    if is_pattern(data.dataset):
        files = matching_files(expanded(data.dataset))
        if not files:
            raise no_match(data.dataset)
        chosen, notes = of_one_format(files, data.dataset)
        splits, more = group_pattern(chosen)
        return files_source(data.dataset, splits, data.encoding, [*notes, *more])
    if looks_like_path(data.dataset):
        raise not_there(data.dataset)
    return None
