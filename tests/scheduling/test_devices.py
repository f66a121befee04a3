"""Devices: the choice and its reason, and an inventory that needs no torch."""

import subprocess
import sys
from pathlib import Path

import pytest

from bertft_tui.core import locks
from bertft_tui.core.scheduling import devices
from bertft_tui.core.scheduling.devices import Device, choose, inventory
from bertft_tui.core.scheduling.launcher import narrowed, spawn

A, B = Device("cuda:0", "NVIDIA A", "GPU-aaa"), Device("cuda:1", "NVIDIA B", "GPU-bbb")
MPS, CPU = Device("mps", "Apple GPU"), Device("cpu", "8 processor cores", note="no GPU found, so the processor")


@pytest.mark.parametrize(
    ("asked", "present", "busy", "name", "reason"),
    [
        ("auto", (A, B, CPU), set(), "cuda:0", "auto: the first free GPU, NVIDIA A"),
        ("auto", (A, B, CPU), {"cuda:0"}, "cuda:1", "auto: the first free GPU, NVIDIA B"),
        ("auto", (A, CPU), {"cuda:0"}, None, "every device is busy"),
        ("auto", (MPS, CPU), set(), "mps", "auto: Apple's GPU"),
        ("auto", (CPU,), set(), "cpu", "auto: no GPU found, so the processor"),
        ("cpu", (A, CPU), {"cuda:0"}, "cpu", "asked for: 8 processor cores"),
        ("cuda:1", (A, B, CPU), {"cuda:1"}, None, "cuda:1 is busy"),
        ("cuda:5", (A, B, CPU), set(), None, ""),
    ],
)
def test_the_choice_and_its_reason(
    asked: str, present: tuple[Device, ...], busy: set[str], name: str | None, reason: str
) -> None:
    """`auto` takes the best kind of device there is and waits for it; an asked-for device is that one or none."""
    device, why = choose(asked, present, frozenset(busy))
    assert (device.name if device else None, why) == (name, reason)


def test_the_inventory_ends_with_the_processor() -> None:
    """There is always a processor, with the machine's memory; names are unique."""
    found = inventory()
    assert found[-1].name == "cpu"
    assert found[-1].total_bytes
    assert found[-1].total_bytes > 2**28
    assert len({device.name for device in found}) == len(found)


@pytest.mark.parametrize(
    ("visible", "expected"),
    [(None, ["A", "B"]), ("", []), ("1", ["B"]), ("1,0", ["B", "A"]), ("GPU-bb", ["B"]), ("7", [])],
)
def test_only_visible_gpus_are_counted(
    monkeypatch: pytest.MonkeyPatch, visible: str | None, expected: list[str]
) -> None:
    """CUDA_VISIBLE_DEVICES hides, orders and may name a GPU by the start of its UUID; cuda:0 is the first visible."""
    gpus = [Device("", "A", "GPU-aaa"), Device("", "B", "GPU-bbb")]
    monkeypatch.setattr(devices, "_nvml", lambda: gpus)
    monkeypatch.setattr(devices, "torch_has_cuda", lambda: True)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    found = [device for device in inventory() if device.name.startswith("cuda")]
    assert [device.title for device in found] == expected
    assert [device.name for device in found] == [f"cuda:{number}" for number in range(len(expected))]


def test_a_torch_without_cuda_is_named_as_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU that torch cannot use is not offered, and the processor says why."""
    monkeypatch.setattr(devices, "_nvml", lambda: [Device("", "A", "GPU-aaa")])
    monkeypatch.setattr(devices, "torch_has_cuda", lambda: False)
    assert [device.name for device in inventory() if device.name != "mps"] == ["cpu"]
    assert "build without CUDA" in inventory()[-1].note


def test_what_torch_was_built_with_is_read_without_importing_it() -> None:
    """The answer is torch's own, and torch is not loaded for it."""
    code = "import sys; from bertft_tui.core.scheduling.devices import torch_has_cuda as f; a = f()\n"
    code += "assert 'torch' not in sys.modules; import torch; assert a == (torch.version.cuda is not None), a"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_worker_sees_the_one_gpu_that_it_was_given(tmp_path: Path) -> None:
    """CUDA_VISIBLE_DEVICES is always set: to the device, or to nothing for a run on the processor."""
    (tmp_path / "look.py").write_text("import os; print(repr(os.environ['CUDA_VISIBLE_DEVICES']), os.getsid(0))")
    for visible in ("GPU-aaa", ""):
        log = tmp_path / f"log{visible}"
        child = spawn(
            ["timeit", "-n1", "-r1", "-s", "", _look(tmp_path)], log, cwd=tmp_path, environment=narrowed(visible)
        )
        assert child.wait(20) == 0
        assert log.read_text().splitlines()[0] == f"{visible!r} {child.pid}", "and it leads a session of its own"


def _look(folder: Path) -> str:
    return f"exec(open({str(folder / 'look.py')!r}).read())"


def test_a_lock_names_its_holder_and_ends_with_it(tmp_path: Path) -> None:
    """The kernel says who holds the lock, and lets go when the holder is killed."""
    path = tmp_path / "a.lock"
    code = "import sys,time; from pathlib import Path; from bertft_tui.core import locks\n"
    code += "held = locks.hold(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    assert other.stdout
    assert other.stdout.readline() == b"held\n"
    assert locks.holder(path) == other.pid
    assert locks.hold(path) is None
    other.kill()
    other.communicate()
    assert locks.holder(path) is None
    mine = locks.hold(path)
    assert mine is not None
    mine.close()
    assert locks.holder(tmp_path / "never.lock") is None
