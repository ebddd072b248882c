"""Secrets are masked in every spelling, by value and by form."""

from __future__ import annotations

import base64
import json
from html import escape
from pathlib import Path
from urllib.parse import quote

import jwt
import pytest

from harness.trace.redactor import MASK, Redactor

SECRET = 'päss"word&/<7>'


@pytest.mark.parametrize("spell", [str, json.dumps, lambda text: quote(text, safe=""), escape])
def test_every_spelling_is_masked(spell: object) -> None:
    assert callable(spell)
    spelt = spell(SECRET).strip('"')
    redactor = Redactor([SECRET])
    assert redactor.exposed_in(f"before {spelt} after")
    assert redactor.redact(f"before {spelt} after") == f"before {MASK} after"


def test_a_secret_inside_another_leaves_no_ends() -> None:
    assert Redactor(["secret", "secret-and-more"]).redact("x secret-and-more y") == f"x {MASK} y"


def test_added_later_is_masked_from_then_on() -> None:
    redactor = Redactor()
    assert redactor.redact("hunter22") == "hunter22"
    redactor.add("hunter22", "")
    assert redactor.redact("hunter22") == MASK


def test_any_signed_jwt_is_a_secret() -> None:
    token = jwt.encode({"user_id": "x"}, "k" * 32, algorithm="HS256")
    assert Redactor().redact(f"Bearer {token}, done") == f"Bearer {MASK}, done"
    plain = base64.urlsafe_b64encode(b'{"a": 1}').decode()
    assert Redactor().redact(plain) == plain


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Authorization: Bearer abcdefghijklmnop.1", f"Authorization: Bearer {MASK}"),
        ("cannot reach postgresql://app:hunter2@127.0.0.1/db", f"postgresql://app:{MASK}@127.0.0.1"),
        ("https://127.0.0.1:8080/a@b", "https://127.0.0.1:8080/a@b"),
        ("no Bearer was sent", "no Bearer was sent"),
    ],
)
def test_what_apps_log_of_a_secret_is_masked(text: str, masked: str) -> None:
    redactor = Redactor()
    assert masked in redactor.redact(text)
    assert redactor.redact(redactor.redact(text)) == redactor.redact(text)
    assert bool(redactor.exposed_in(text)) == (MASK in masked)


@pytest.mark.parametrize("before", ["z", "\xff", "\udcff", "\x01", "é"])
def test_a_token_is_one_whatever_comes_before_it(before: str) -> None:
    token = jwt.encode({"user_id": "x"}, "k" * 32, algorithm="HS256")
    assert Redactor().redact(f"{before}{token}\xff") == f"{before}{MASK}\xff"


@pytest.mark.parametrize("name", ["password", "refresh_token", "access_token", "apikey"])
@pytest.mark.parametrize(
    "value", ["fdof22iupqzx", "x", 'a"b', "it's", "ends with \\", '\\"', 'é\n", "b', "***more"]
)
@pytest.mark.parametrize("depth", [0, 1, 2, 3])
@pytest.mark.parametrize("separators", [(",", ":"), (", ", " : ")])
def test_what_json_calls_a_secret_is_masked_at_any_depth(
    name: str, value: str, depth: int, separators: tuple[str, str]
) -> None:
    def nested(body: object) -> str:
        for _ in range(depth + 1):
            body = json.dumps(body, separators=separators)
        return str(body)

    text = nested({"a": "b", name: value, "grant_type": name, "z": 1})
    masked = Redactor().redact(text)
    assert masked == nested({"a": "b", name: MASK, "grant_type": name, "z": 1})
    assert Redactor().exposed_in(text)
    assert not Redactor().exposed_in(masked)


def test_what_python_calls_a_secret_is_masked_too() -> None:
    body = {"password": "abc", "email": "x@example.com"}
    line = json.dumps({"text": f"{body}"})
    assert json.loads(Redactor().redact(line))["text"] == str({**body, "password": MASK})


@pytest.mark.parametrize(
    "text", ['{"password": ""}', '{"type": "password", "a": "b"}', '["password", "b"]', '{"password": null}']
)
def test_what_only_mentions_a_secret_stays(text: str) -> None:
    assert Redactor().redact(text) == text
    assert not Redactor().exposed_in(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("wss://x/ws?api_key=k&token=opaque-1&x=2", "wss://x/ws?api_key=k&token=***&x=2"),
        ("https://x/rest?apikey=sb_secret_1", "https://x/rest?apikey=***"),
        ("https://x/#a?access_token=abc def", "https://x/#a?access_token=*** def"),
        ("{refresh_token: fdof22, a: b}", "{refresh_token: ***, a: b}"),
        ("Object {a: b, password: right horse}", "Object {a: b, password: ***}"),
        ('{"name":"apikey","value":"sb_secret_1"}', '{"name":"apikey","value":"***"}'),
        ('{"name": "Authorization", "value": "Bearer a\\"b"}', '{"name": "Authorization", "value": "***"}'),
        (json.dumps("a=ice-pwd:abc+/9\r\na=mid:0"), json.dumps("a=ice-pwd:***\r\na=mid:0")),
    ],
)
def test_a_secret_is_known_by_where_it_stands(before: str, after: str) -> None:
    assert Redactor().redact(before) == after
    assert Redactor().exposed_in(before)
    assert not Redactor().exposed_in(after)


def test_short_values_do_not_garble_the_evidence() -> None:
    assert Redactor(["a", "key"]).redact("a monkey") == "a monkey"


def test_writing_masks(tmp_path: Path) -> None:
    Redactor([SECRET]).write(tmp_path / "report.html", f"<p>{escape(SECRET)} \ud800</p>")
    assert (tmp_path / "report.html").read_text() == f"<p>{MASK} ?</p>"


def test_writing_refuses_what_masking_would_not_hide(tmp_path: Path) -> None:
    """Masking one secret can put the pieces of another together: then nothing is written."""
    with pytest.raises(ValueError, match="not written"):
        Redactor(["abcdef", f"xxx{MASK}yyy"]).write(tmp_path / "report.html", "xxxabcdefyyy")
    assert not (tmp_path / "report.html").exists()
