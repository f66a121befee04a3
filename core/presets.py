"""Named starting points for a run."""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.packaged import DEMO
from bertft_tui.core.sections import DataSection, HardwareSection, ModelSection, TrainingSection


@dataclass(frozen=True)
class Preset:
    """A config with a name and a sentence."""

    name: str
    description: str
    config: RunConfig
    is_own: bool = False  # the user's, not the program's


#: What the classic tutorial learns from, and how it scores.
_IMDB = DataSection(dataset="stanfordnlp/imdb", eval_split="test")
_BY_ACCURACY = TrainingSection(metric_for_best_model="accuracy")
_THOUSAND = {"train_size": 1000, "eval_size": 1000}

#: The tutorial as it is written: what it names, and for the rest the defaults of `TrainingArguments`. All other
#: presets have the defaults of `RunConfig`, which train the same in a fraction of the time.
_AS_WRITTEN = RunConfig(
    model=ModelSection(
        attention_dropout=None, dropout_masks="torch", trained_embeddings="all", last_layer="all_tokens"
    ),
    data=_IMDB.model_copy(update={"padding": "max_length"}),
    training=_BY_ACCURACY.model_copy(
        update={
            "per_device_train_batch_size": 8,
            "per_device_eval_batch_size": 8,
            "train_sampling_strategy": "random",
            "eval_sampling_strategy": "sequential",
        }
    ),
    hardware=HardwareSection(precision="fp32"),
)


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "demo",
            "MiniLM on 300 BBC News articles, five classes: a minute on two cores, no network.",
            RunConfig(
                model=ModelSection(name_or_path=DEMO),
                data=DataSection(dataset=DEMO, train_size=300, eval_size=200, max_length=96),
                training=TrainingSection(learning_rate=2e-4, num_train_epochs=2, warmup_steps=0.1),
            ),
        ),
        Preset(
            "demo-full",
            "MiniLM on all 2,127 different BBC News articles at 256 tokens: a GPU, or half an hour of patience.",
            RunConfig(
                model=ModelSection(name_or_path=DEMO),
                data=DataSection(dataset=DEMO, stratify=True, max_length=256),
                training=TrainingSection(learning_rate=1e-4, num_train_epochs=3, warmup_steps=0.1),
            ),
        ),
        Preset(
            "imdb-1k",
            "The classic tutorial: bert-base-cased on 1000 IMDB reviews, padded to 512 tokens; needs the Hub.",
            _AS_WRITTEN.model_copy(update={"data": _AS_WRITTEN.data.model_copy(update=_THOUSAND)}),
        ),
        Preset(
            "imdb-1k-fast",
            "The same on the same reviews with little or no padding, and bf16 where the hardware has it.",
            RunConfig(data=_IMDB.model_copy(update=_THOUSAND), training=_BY_ACCURACY),
        ),
        Preset(
            "imdb-full",
            "The classic tutorial on all 25,000 + 25,000 IMDB reviews: hours on a GPU.",
            _AS_WRITTEN,
        ),
        Preset(
            "imdb-full-fast",
            "All 25,000 + 25,000 IMDB reviews with nothing wasted; for a GPU.",
            RunConfig(data=_IMDB, training=_BY_ACCURACY),
        ),
        Preset(
            "own-data",
            "bert-base-cased with the Trainer's defaults, the fast recipe; set data.dataset to files or a Hub id.",
            # Not whole yet: an empty dataset is refused wherever a config is read, until somebody names one.
            RunConfig(data=DataSection().model_copy(update={"dataset": ""})),
        ),
    )
}


def all_presets() -> dict[str, Preset]:
    """The presets by name: those of the program, then the user's own that can be read."""
    from bertft_tui.core.preset_files import read_preset_files  # TOML takes a while to load

    own = {
        found.name: Preset(found.name, found.description, found.config, is_own=True)
        for found in read_preset_files()
        if found.config is not None and found.name not in PRESETS
    }
    return PRESETS | own


def preset(name: str) -> Preset:
    """Return a preset. Raises ConfigError, naming the nearest one, and what is wrong with one of the user's own."""
    if name in PRESETS:
        return PRESETS[name]
    from bertft_tui.core.preset_files import read_preset_files

    for found in read_preset_files():
        if found.name == name and found.error is not None:
            raise found.error
    known = all_presets()
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(known)}."
    raise ConfigError("Unknown preset", f"There is no preset {name!r}.", hint)


@lru_cache(maxsize=64)
def nearest(config: RunConfig) -> Preset:
    """Return the preset from which the fewest settings differ."""
    return min(PRESETS.values(), key=lambda preset: len(preset.config.diff(config)))


def save_preset(name: str, description: str, config: RunConfig) -> None:
    """Keep settings as a preset of the user's own, in place of one of that name. Raises ConfigError."""
    from bertft_tui.core.preset_files import write_preset

    if name in PRESETS:
        raise ConfigError("This preset is the program's", f"{name!r} cannot be replaced.", "Take another name.")
    write_preset(name, description, config)
