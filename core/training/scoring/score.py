"""Puts a run's best checkpoint to work: asked by `core/scheduling/scoring.py`.

Evaluates it on a split of a data set, or classifies texts with it. Holds the lock of the device while it does.
"""

from pathlib import Path
from typing import Any

from bertft_tui.core.checkpoint_folders import folder_name
from bertft_tui.core.config import RunConfig, parse_config
from bertft_tui.core.errors import ModelError
from bertft_tui.core.locks import hold
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.tell import Tell
from bertft_tui.core.training import checkpoints
from bertft_tui.core.training.answering import answer
from bertft_tui.core.training.quiet import quiet_environment
from bertft_tui.core.training.task import Task


def score(question: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Do what the question asks for. Raises BertftError."""
    quiet_environment(0)
    config = parse_config(question["config"])
    task = Task(question["problem_type"], tuple(question["labels"]))
    checkpoint = checkpoint_of(RunDirectory(Path(question["run"])), question["step"])
    lock = hold(Path(question["device_lock"])) if question["device_lock"] else None
    device = "cpu" if lock is None else question["device"]
    if question["kind"] == "evaluate":
        from bertft_tui.core.training.scoring.evaluation import evaluate

        found = evaluate(question, config, task, lambda: loaded(checkpoint, config, task, device, tell), tell)
    else:
        from bertft_tui.core.training.scoring.prediction import predict

        found = predict(question, config, task, lambda: loaded(checkpoint, config, task, device, tell), tell)
    return {"step": question["step"], **found}


def checkpoint_of(run: RunDirectory, step: int) -> Path:
    """Return the folder of a run's checkpoint. Raises ModelError when it is gone or damaged."""
    checkpoint = run.checkpoints / folder_name(step)
    if checkpoints.is_whole(checkpoint):
        return checkpoint
    state = "is damaged" if checkpoint.exists() else "is gone"
    raise ModelError(
        "The best checkpoint cannot be used", f"{checkpoint} {state}.", "Choose another run, or train it again."
    )


def loaded(checkpoint: Path, config: RunConfig, task: Task, device: str, tell: Tell) -> Any:
    """Load the trained model: seconds, so that what can fail before does."""
    tell("loading the model")
    from bertft_tui.core.training.device import settle_attention
    from bertft_tui.core.training.model.architectures import check_max_length
    from bertft_tui.core.training.model.trained import load_trained
    from bertft_tui.core.training.quiet import quiet_libraries
    from bertft_tui.core.training.wide_attention import widen

    quiet_libraries()
    settle_attention("dynamic")  # whatever the run did: texts come in batches of many lengths
    encoder = load_trained(checkpoint, config.model, task, tell)
    check_max_length(encoder.model.config.to_dict(), config.data.max_length)
    encoder.model.to(device).eval()
    if device == "cpu" and encoder.precision == "bf16":
        widen(encoder.model)
    return encoder


if __name__ == "__main__":
    answer(score)
