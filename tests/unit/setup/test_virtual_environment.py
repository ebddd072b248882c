from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.errors import SetUpError
from harness.setup.progress import Progress
from harness.setup.virtual_environment import VirtualEnvironment
from tests.unit.setup.checkout import environment, make_checkout, start


class Written:
    """A progress that keeps what it would have shown."""

    def __init__(self) -> None:
        self.text = ""
        self.progress = Progress(["Python packages"], self._keep)

    def _keep(self, text: str) -> None:
        self.text += text


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `python -m venv` makes."""
    folder = tmp_path_factory.mktemp("bare") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder


@pytest.fixture
def by_hand(tmp_path: Path, bare: Path) -> VirtualEnvironment:
    """A checkout whose `.venv` a person has made, without packages."""
    environment = VirtualEnvironment(make_checkout(tmp_path / "checkout"))
    shutil.copytree(bare, environment.folder, symlinks=True)
    return environment


@pytest.fixture
def whole(tmp_path: Path) -> VirtualEnvironment:
    """As much of one as is looked at when the harness starts."""
    environment = VirtualEnvironment(make_checkout(tmp_path / "checkout"))
    environment.python.parent.mkdir(parents=True)
    (environment.folder / "pyvenv.cfg").touch()
    environment.python.symlink_to(sys.executable)
    site = environment.folder / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True)
    (site / "tiny.py").touch()
    environment.stamp()
    return environment


def has_package(environment: VirtualEnvironment) -> bool:
    return not subprocess.run([environment.python, "-c", "import tiny"], cwd="/", check=False).returncode


def test_made_once_with_what_the_lock_file_names(tmp_path: Path) -> None:
    environment = VirtualEnvironment(make_checkout(tmp_path / "with space and ü"))
    assert environment.fault() == "not made yet"
    first, second = Written(), Written()
    environment.make(first.progress)
    assert has_package(environment)
    assert environment.fault() is None
    environment.make(second.progress)
    assert first.text.startswith("[1/1] Python packages ... ")
    assert first.text.endswith(" s\n")
    assert second.text == ""


def cut_off(environment: VirtualEnvironment) -> None:
    (environment.folder / "harness.json").write_text("{}")


def cut_off_while_writing(environment: VirtualEnvironment) -> None:
    (environment.folder / "harness.json").write_text('{"lock": "12')


def no_python(environment: VirtualEnvironment) -> None:
    environment.python.unlink()


def dangling_python(environment: VirtualEnvironment) -> None:
    environment.python.unlink()
    environment.python.symlink_to("/nowhere/python3")


def other_python(environment: VirtualEnvironment) -> None:
    environment.python.unlink()
    environment.python.write_text("#!/bin/sh\nexit 1\n")
    environment.python.chmod(0o755)


def no_configuration(environment: VirtualEnvironment) -> None:
    (environment.folder / "pyvenv.cfg").unlink()


def package_gone(environment: VirtualEnvironment) -> None:
    next(environment.folder.rglob("tiny.py")).unlink()


def all_packages_gone(environment: VirtualEnvironment) -> None:
    shutil.rmtree(environment.folder / "lib")


def lock_changed(environment: VirtualEnvironment) -> None:
    with environment.lock.open("a") as lock:
        lock.write("# changed\n")


DAMAGES: dict[Callable[[VirtualEnvironment], None], str] = {
    cut_off: "its set-up was cut off",
    cut_off_while_writing: "its set-up was cut off",
    no_python: "its Python is gone",
    dangling_python: "its Python is gone",
    other_python: "its Python is gone",
    no_configuration: "its pyvenv.cfg is gone",
    package_gone: "packages were deleted from it",
    all_packages_gone: "packages were deleted from it",
    lock_changed: "requirements.lock has changed",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_every_damage_is_seen(
    whole: VirtualEnvironment, damage: Callable[[VirtualEnvironment], None]
) -> None:
    assert whole.fault() is None
    damage(whole)
    assert whole.fault() == DAMAGES[damage]


def test_a_moved_checkout_gets_a_new_one(whole: VirtualEnvironment, tmp_path: Path) -> None:
    moved = VirtualEnvironment(whole.root.rename(tmp_path / "moved"))
    assert moved.fault() == "the checkout was moved"


def test_one_that_a_person_made_gets_the_packages_and_keeps_what_is_theirs(
    by_hand: VirtualEnvironment,
) -> None:
    theirs = by_hand.folder / "theirs.txt"
    theirs.write_text("")
    assert by_hand.fault() == "not set up by the harness"
    by_hand.make(Written().progress)
    assert by_hand.fault() is None
    assert has_package(by_hand)
    assert theirs.exists()


def test_what_is_no_environment_is_replaced(tmp_path: Path) -> None:
    environment = VirtualEnvironment(make_checkout(tmp_path / "checkout"))
    environment.folder.touch()
    environment.make(Written().progress)
    assert environment.fault() is None


def test_two_starts_at_once_make_it_once(by_hand: VirtualEnvironment) -> None:
    results: list[tuple[int, str, str]] = []
    threads = [threading.Thread(target=lambda: results.append(start(by_hand.root, "gate"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [code for code, _, _ in results] == [7, 7], results
    assert "".join(error for _, _, error in results).count("Python packages ...") == 1


@pytest.fixture
def silent_index() -> Iterator[subprocess.Popen[str]]:
    """A package index that takes a question and never answers it; it says its port and then `asked`."""
    program = (
        "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); print(s.getsockname()[1]);"
        "kept = s.accept(); print('asked'); s.accept()"
    )
    with subprocess.Popen([sys.executable, "-uc", program], stdout=subprocess.PIPE, text=True) as index:
        yield index
        index.kill()


def test_a_set_up_that_was_killed_is_mended_by_the_next_start(
    tmp_path: Path, silent_index: subprocess.Popen[str]
) -> None:
    assert silent_index.stdout is not None
    checkout = make_checkout(tmp_path / "checkout")
    lock = checkout / "requirements.lock"
    whole = lock.read_text()
    requirement = whole.splitlines()[-1]
    lock.write_text(
        f"--index-url http://127.0.0.1:{silent_index.stdout.readline().strip()}/\n{requirement}\n"
    )
    command = [sys.executable, "-m", "harness", "gate"]
    # pip outlives what is killed, and holds the folder until it has ended: it is told to do so soon.
    variables = environment(PIP_DEFAULT_TIMEOUT="1", PIP_RETRIES="0")
    with subprocess.Popen(command, cwd=checkout, env=variables, stderr=subprocess.DEVNULL) as cut:
        assert silent_index.stdout.readline() == "asked\n"
        cut.kill()
    lock.write_text(whole)
    assert VirtualEnvironment(checkout).fault() == "its set-up was cut off"
    code, _, error = start(checkout, "gate")
    assert (code, error.count("Python packages ...")) == (7, 1), error


def test_no_network_is_one_sentence(by_hand: VirtualEnvironment) -> None:
    requirement = by_hand.lock.read_text().splitlines()[-1]
    by_hand.lock.write_text(f"--index-url http://127.0.0.1:1/\n{requirement}\n")
    code, _, error = start(by_hand.root, "gate")
    assert code == 2
    assert error.splitlines()[1:] == [
        "Installing the Python packages failed: its server could not be reached: check the network (or "
        f"proxy) and start again. (All that pip said is in {by_hand.folder}/set-up.log.)"
    ]


def test_a_package_that_is_not_the_locked_one_is_refused(by_hand: VirtualEnvironment) -> None:
    by_hand.lock.write_text(by_hand.lock.read_text().replace("sha256:", "sha256:" + "0" * 64)[:-65] + "\n")
    with pytest.raises(SetUpError, match="DO NOT MATCH THE HASHES"):
        by_hand.make(Written().progress)


def test_a_folder_that_may_not_be_written_is_one_sentence() -> None:
    # Nobody can make a folder in /proc, root neither.
    with pytest.raises(SetUpError, match=r"/proc/\.venv could not be written .*: make the folder writable"):
        VirtualEnvironment(Path("/proc")).make(Written().progress)


def test_a_python_without_venv_is_one_sentence(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path / "checkout")
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    code, _, error = start(checkout, "gate", PYTHONPATH=str(tmp_path))
    assert code == 2
    assert error.splitlines()[1].endswith(
        "came without venv: install it (Debian and Ubuntu: `apt-get install python3-venv`) and start again."
    )
    assert not (checkout / ".venv").exists()
