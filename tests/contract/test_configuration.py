"""A token server that lacks what it needs does not start: it names the variable, and does not fail later."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.target import Target

from .own_server import end, own_server, settings_of, started, why_not_up

pytestmark = pytest.mark.check("T18")
NEEDED = ("STREAM_API_KEY", "STREAM_API_SECRET", "SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY")


@pytest.fixture(scope="module")
def _starts_with_all_of_them(
    target: Target, page_origin: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A command that starts nothing says nothing of the server: it is to be mended, not the product."""
    with own_server(target, settings_of(target, page_origin), tmp_path_factory.mktemp("all") / "log"):
        pass


def test_server_with_all_of_them_starts(target: Target, page_origin: str, tmp_path: Path) -> None:
    with own_server(target, settings_of(target, page_origin), tmp_path / "log"):
        pass


@pytest.mark.usefixtures("_starts_with_all_of_them")
@pytest.mark.parametrize("variable", NEEDED)
@pytest.mark.parametrize("how", ["unset", "empty"])
def test_server_without_one_of_them_does_not_start_and_names_it(
    target: Target, page_origin: str, tmp_path: Path, variable: str, how: str
) -> None:
    settings = settings_of(target, page_origin)
    del settings[variable]
    # Nobody shall say that the port is in use, in place of what is looked for.
    wrong = settings | ({variable: ""} if how == "empty" else {})
    process, url = started(target, wrong, tmp_path / "log", kept=False)
    try:
        # One that answers has started: it will not end any more.
        why_not_up(process, url)
        code = process.poll()
    finally:
        end(process)
    said = (tmp_path / "log").read_text(errors="replace")
    came = "still ran" if code is None else f"ended with exit code {code} and said:\n{said}"
    story = f"expected a server without {variable} to end with an error that names it; it {came}"
    assert code, story
    assert variable in said, story
    assert "Traceback" not in said, f"expected a sentence, came a traceback:\n{said}"
