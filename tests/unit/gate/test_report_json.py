"""report.json is what its published schema says."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from harness.config import PACKAGE
from harness.gate.catalogue import catalogue
from harness.gate.report_json import report_json, schema
from harness.gate.results import results
from harness.gate.verdict import judge
from tests.unit.gate.a_run import write_run
from tests.unit.gate.test_rules import ROWS

PUBLISHED = PACKAGE.parent / "docs" / "report.schema.json"


def test_published_schema_is_that_of_what_is_written() -> None:
    assert PUBLISHED.read_text() == schema(), "write it anew with report_json.publish(PUBLISHED)"


@pytest.fixture(scope="module")
def validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(PUBLISHED.read_text()), validate_formats=True)


@pytest.mark.parametrize("name", ROWS)
def test_report_of_each_rule_is_valid(
    name: str, tmp_path: Path, validator: jsonschema_rs.Draft202012Validator
) -> None:
    found = [ROWS[name].result]
    validator.validate(json.loads(report_json(tmp_path, judge(found), found, [])))


def test_report_of_a_whole_run_is_valid(
    tmp_path: Path, validator: jsonschema_rs.Draft202012Validator
) -> None:
    events = write_run(tmp_path)
    found = results(catalogue().values(), events)
    told = json.loads(report_json(tmp_path, judge(found), found, events))
    validator.validate(told)
    assert {"name": "time to first frame", "value": 1.27, "unit": "s"}.items() <= told["measured"][0].items()
    (check,) = (check for check in told["checks"] if check["id"] == "G03")
    assert "screenshots/viewer-red.png" in check["evidence"]


def test_schema_refuses_what_is_not_told(
    tmp_path: Path, validator: jsonschema_rs.Draft202012Validator
) -> None:
    found = [ROWS["green"].result]
    told = json.loads(report_json(tmp_path, judge(found), found, []))
    assert not validator.is_valid(told | {"more": 1})
    assert not validator.is_valid({name: value for name, value in told.items() if name != "verdict"})
    told["checks"][0]["state"] = "maybe"
    assert not validator.is_valid(told)
