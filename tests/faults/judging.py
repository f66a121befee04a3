"""What the store says at the end of a round, compared with what was done and what the workers wrote down."""

from collections import Counter

from harness import Kill, Stage, left_over

from bertft_tui.core.store import history, plain_reading, queries
from bertft_tui.core.store.records import AttemptRecord, RunRecord
from bertft_tui.core.store.status import RunStatus
from bertft_tui.core.store.wholeness import fault_of

#: Seconds that a scheduler needs at most to note how its child has ended.
_NOTED = 3.0

#: What a system says of a process that it was told to kill.
_KILLED = 9


def judge(stage: Stage) -> None:
    """Compare. Everything has come to its end."""
    result = stage.result
    known = {run.id: run for run in queries.list_runs(stage.db, limit=None)}
    if missing := set(stage.ids) - set(known):
        result.lost += len(missing)
        result.found.append(f"runs that the store does not know: {sorted(missing)}")
    for run in known.values():
        _judge_points(stage, run.id)
        _judge_starts(stage, run.id)
        _judge_status(stage, run)
        if not stage.rebuilt:  # how a process ended is in the store alone
            for attempt in history.attempts(stage.db, run.id):
                _judge_exit(stage, run.id, attempt)
    if fault := fault_of(stage.db.path):
        result.is_wrong(fault)
    left = left_over(stage.runtime.parent, stage.path.runs)
    result.orphans += len(left)
    result.found += left


def recorded(stage: Stage, run_id: str, what: str) -> list[int]:
    """What a run's workers wrote down for the round."""
    file = stage.runtime / f"{run_id}.{what}"
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


def _judge_points(stage: Stage, run_id: str) -> None:
    told = recorded(stage, run_id, "acknowledged")
    stage.result.acknowledged += len(told)
    if missing := sorted(set(told) - set(plain_reading.series(stage.db, run_id, "loss").steps)):
        stage.result.lost += len(missing)
        stage.result.found.append(f"{run_id} lacks {len(missing)} points from {missing[0]} to {missing[-1]}")


def _judge_starts(stage: Stage, run_id: str) -> None:
    for attempt, count in Counter(recorded(stage, run_id, "starts")).items():
        if count > 1:
            stage.result.twice += count - 1
            stage.result.found.append(f"attempt {attempt} of {run_id} was started {count} times")


def _judge_status(stage: Stage, run: RunRecord) -> None:
    """A run is lost when it was killed, and says how; none fails by itself."""
    if run.status is RunStatus.FAILED:
        stage.result.is_wrong(f"{run.id} has failed: {run.error}")
    if run.status is not RunStatus.LOST:
        return
    if not any(kill.run_id == run.id for kill in stage.kills):
        stage.result.is_wrong(f"{run.id} is lost and was not killed: {run.error}")
    attempt, words = history.last_attempt(stage.db, run.id), str(run.error)
    if stage.rebuilt or attempt is None:
        return
    expected = ("the machine was restarted", "how is unknown")
    if attempt.exit_signal is not None:
        expected = ("killed by signal 9 (SIGKILL)",)
    if not any(each.lower() in words.lower() for each in expected):
        stage.result.is_wrong(f"{run.id} does not say how it ended (signal {attempt.exit_signal}): {words}")


def _judge_exit(stage: Stage, run_id: str, attempt: AttemptRecord) -> None:
    """The signal stands there when the worker was killed and its scheduler lived to see it, and never otherwise."""
    kills = [kill for kill in stage.kills if (kill.run_id, kill.attempt) == (run_id, attempt.number)]
    where = f"attempt {attempt.number} of {run_id} ({attempt.outcome})"
    if attempt.exit_signal not in ((_KILLED, None) if kills else (None,)):
        stage.result.is_wrong(f"{where} was ended by signal {attempt.exit_signal}, which nobody sent")
    if attempt.outcome != RunStatus.LOST:
        return
    if not kills:
        stage.result.is_wrong(f"{where} was not killed")
    elif attempt.exit_signal is None and _was_seen(stage, kills[-1]):
        stage.result.is_wrong(f"{where} was killed before the eyes of its scheduler, and the signal is unknown")


def _was_seen(stage: Stage, kill: Kill) -> bool:
    """Whether the scheduler that had started a worker was there for long enough after it was killed."""
    gone = [moment for pid, moment in stage.scheduler_kills if pid == kill.parent]
    return kill.parent is not None and all(moment > kill.time + _NOTED for moment in gone)
