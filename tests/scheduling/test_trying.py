"""The helper on which texts are tried: a GPU while nobody waits for it, and what becomes of a helper that is gone."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from acted_runs import DEMO, ActedRun

from bertft_tui.core.errors import BertftError
from bertft_tui.core.scheduling import helper, scoring, trying
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.trying import Trial
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord

#: A helper that says of every text its length, and where it would compute it; a text of `slow` takes for ever.
STAND_IN = """
import time
from bertft_tui.core.training.answering import converse
def work(question, tell):
    tell('loading the model')
    if question['text'] == 'slow' and question['device'] != 'cpu':
        tell('slowly')
        time.sleep(60)
    said = {'step': 76, 'pairs': False, 'max_length': 8, 'predicted': 'a', 'probabilities': {'b': 0.1, 'a': 0.9}}
    verdict = {**said, 'tokens': len(question['text']), 'milliseconds': 1.0}
    return {'device': question['device'], 'verdicts': [verdict for _ in question['runs']]}
converse(work, lambda: None)
"""


@pytest.fixture
def trial(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trial]:
    """A trial on a machine with a GPU, whose helper is a stand-in."""
    (tmp_path / "asked.py").write_text(STAND_IN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(trying, "MODULE", "asked")
    monkeypatch.setattr(scoring, "inventory", lambda: (Device("cuda:0", "H100", "GPU-a"), Device("cpu", "2 cores")))
    mine = Trial(db)
    yield mine
    mine.end()
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(10)
    assert not helper._alive


def trained(db: Database) -> RunRecord:
    """A run with a best checkpoint."""
    run = ActedRun(db).start().train().say("plan", problem_type="single_label_classification").finish()
    return queries.get_run(db, run.id)


def test_a_gpu_is_used_until_a_run_waits(db: Database, trial: Trial) -> None:
    """With runs in the queue it is given back, also in the middle of an answer, and the processor goes on."""
    run = trained(db)
    reply = trial.ask([run], "a long text \udc80")
    assert reply.where == "cuda:0"
    (verdict,) = reply.verdicts
    assert (verdict.predicted, verdict.shares) == (("a",), (("a", 0.9), ("b", 0.1)))
    assert (verdict.tokens, verdict.cut) == (13, 5)
    ActedRun(db, "next", DEMO)
    told = threading.Event()
    threading.Thread(target=lambda: told.wait(20) and trial.give_way()).start()
    reply = trial.ask([run], "slow", tell=lambda words: told.set() if words == "slowly" else None)
    assert reply.where == "the processor, since runs wait for a device"
    assert not trial.give_way()


def test_a_helper_that_is_gone_is_started_again(db: Database, trial: Trial) -> None:
    """A killed one is not missed; a run that cannot be asked keeps no other from its say."""
    commands.pause_queue(db, "by hand")
    early, run = queries.get_run(db, ActedRun(db, "early").id), trained(db)
    assert trial.ask([early], "a").verdicts[0].problem is not None
    assert not helper._alive, "nobody to ask"
    first, second = trial.ask([run, early], "a").verdicts
    assert first.predicted == ("a",)
    assert second.problem is not None
    assert "Wait until it has started" in second.problem.hint
    (process,) = helper._alive
    process.kill()
    process.wait()
    assert trial.ask([run], "b").verdicts[0].tokens == 1
    trial.end()
    with pytest.raises(BertftError, match="The trial was ended"):
        trial.ask([run], "c")
