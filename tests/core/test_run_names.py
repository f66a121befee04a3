"""The names of runs that nobody has named."""

from bertft_tui.core.presets import preset
from bertft_tui.core.run_names import default_name


def test_a_name_says_what_sets_a_run_apart() -> None:
    """The nearest preset and what differs from it; where that is much, model, data and size."""
    demo = preset("demo").config
    assert default_name(demo) == "demo"
    changed = demo.with_settings({"training.learning_rate": 3e-5, "training.seed": 7})
    assert default_name(changed) == "demo, learning_rate 3e-5, seed 7"
    own = {"model.name_or_path": "prajjwal1/bert-tiny", "data.dataset": "/data/news.csv", "data.train_size": 500}
    assert default_name(demo.with_settings(own)) == "bert-tiny · news.csv · 500"
    assert default_name(demo.with_settings({**own, "data.train_size": "all"})) == "bert-tiny · news.csv"
