"""docs/target.md names every key of a target file, and its examples are target files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.config import PACKAGE, Request, TargetSettings, load_target
from harness.config.section import Section
from harness.trace.sightings import PLACES

TEXT = (PACKAGE.parent / "docs" / "target.md").read_text()
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.S)


def keys() -> list[str]:
    """As the tables of the page name them; of secrets, the variable."""
    secrets, named = TargetSettings.secret_fields(), []
    for name, field in TargetSettings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Section):
            named += [f"{name}.{key}" for key in kind.model_fields]
        elif name != "waivers":
            named.append(str(field.alias) if name in secrets else name)
    return [*named, *Request.model_fields]


@pytest.mark.parametrize("key", keys())
def test_every_key_is_documented(key: str) -> None:
    assert re.search(rf"^\|.*`{re.escape(key)}` \|", TEXT, re.M), f"docs/target.md does not tell of {key}"


def test_no_key_is_documented_that_is_none() -> None:
    told = re.findall(r"^\| `([\w.]+)` \|", TEXT, re.M)
    assert set(told) <= set(keys())


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_target_files(example: str, tmp_path: Path) -> None:
    file = tmp_path / "harness.toml"
    file.write_text(example if "token_url" in example else f'token_url = "https://x.example"\n{example}')
    target = load_target(file)
    assert target.token_url
    assert len(EXAMPLES) >= 2


def test_places_that_can_be_required_are_those_of_the_docs() -> None:
    (told,) = re.findall(r"The places of `required_sightings`: (.*?)\.\n", TEXT, re.S)
    assert tuple(re.findall(r"`([^`]+)`", told)) == PLACES
