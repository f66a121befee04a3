"""The pretrained model below a checkpoint of LoRA: the very one that it has learnt on, or an error."""

from pathlib import Path

from transformers import PreTrainedModel

from bertft_tui.core.errors import ModelError
from bertft_tui.core.packaged import DEMO, demo_model_directory
from bertft_tui.core.sections import ModelSection
from bertft_tui.core.training.model.model_files import ModelLocation, local_folder, read_json
from bertft_tui.core.training.model.weight_files import weights_sha256

#: The file by which a checkpoint of LoRA is known.
ADAPTER_CONFIG = "adapter_config.json"

#: The entry of a checkpoint's config.json that tells weights in a folder from others; the Hub's have a commit.
_SHA256 = "base_weights_sha256"


def is_adapter(checkpoint: Path) -> bool:
    """Whether a checkpoint holds only what LoRA has learnt."""
    return (checkpoint / ADAPTER_CONFIG).is_file()


def remember_base(model: PreTrainedModel, location: ModelLocation) -> None:
    """Keep in a model's config, and so in every checkpoint, which weights it has. Raises ModelError."""
    if location.commit is None:
        setattr(model.config, _SHA256, weights_sha256(location.folder))


def base_of(checkpoint: Path, section: ModelSection) -> ModelLocation:
    """Find the model that a checkpoint of LoRA has learnt on, without a question to the Hub where there is a copy.

    Raises ModelError, also when other weights are there now.
    """
    location = _find(section, read_json(checkpoint / ADAPTER_CONFIG).get("revision"))
    known = read_json(checkpoint / "config.json").get(_SHA256)
    if location.commit is None and known is not None and weights_sha256(location.folder) != known:
        raise ModelError(
            "The model below the adapter has changed",
            f"{location.folder} has other weights than those that {checkpoint} has learnt on; a checkpoint of LoRA "
            "means nothing on others.",
            "Put the weights back that were there, or start the run again.",
        )
    return location


def _find(section: ModelSection, commit: str | None) -> ModelLocation:
    if section.name_or_path == DEMO:
        return ModelLocation(DEMO, demo_model_directory())
    if (folder := local_folder(section.name_or_path)) is not None:
        return ModelLocation(section.name_or_path, folder)
    from bertft_tui.core.training.model.hub_cache import cached_model
    from bertft_tui.core.training.model.hub_model import find_on_hub

    if (folder := cached_model(section.name_or_path, commit)) is not None:
        return ModelLocation(section.name_or_path, folder, commit=folder.name)
    return find_on_hub(section.model_copy(update={"revision": commit}))
