"""Fixtures of the training room."""

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tiny_bert import texts, write_csv

from bertft_tui.core.config import RunConfig
from bertft_tui.core.sections import DataSection, HardwareSection, ModelSection, TrainingSection


@pytest.fixture(scope="session", autouse=True)
def _libraries() -> Iterator[None]:
    """Import the training libraries once; what they warn of on import is not ours.

    One thread each, here and in workers: for a model this small more threads only wait for each other.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from bertft_tui.core.training import attempt, figures

        assert attempt
        assert figures
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("OMP_NUM_THREADS", "1")
        yield


@pytest.fixture(scope="session")
def csv_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with train.csv (44 rows, so that no epoch divides) and test.csv (20 rows)."""
    folder = tmp_path_factory.mktemp("data")
    write_csv(folder / "train.csv", texts(44, seed=1))
    write_csv(folder / "test.csv", texts(20, seed=2))
    return folder


@pytest.fixture
def config(tiny_model: Path, csv_folder: Path) -> RunConfig:
    """Two epochs of six steps with the tiny model, dropout on, evaluation after each epoch."""
    return RunConfig(
        model=ModelSection(name_or_path=str(tiny_model)),
        data=DataSection(dataset=str(csv_folder), eval_split="test", max_length=24),
        training=TrainingSection(num_train_epochs=2, learning_rate=1e-3, per_device_eval_batch_size=8),
        hardware=HardwareSection(device="cpu", precision="fp32"),  # else the processor chooses
    )


@pytest.fixture
def folder(tmp_path: Path, tiny_model: Path) -> Path:
    """A copy of the tiny model."""
    return Path(shutil.copytree(tiny_model, tmp_path / "model"))
