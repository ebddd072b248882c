"""The talk of `harness target init`: each answer is looked at when it is given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click

from harness.errors import HarnessError, UsageError
from harness.target_file.answers import understood
from harness.target_file.questions import QUESTIONS, Question
from harness.target_file.writing import expect_whole


class Asking:
    """`answers`, by key, are those of the command line; the others are asked of a person, if there is one."""

    def __init__(self, answers: dict[str, str], others: Sequence[str], *, is_person: bool) -> None:
        self.answers = {**answers, **dict(map(_pair, others))}
        self._is_person = is_person
        for key, answer in self.answers.items():
            understood(key, answer)

    def may_replace(self, file: Path, *, force: bool) -> None:
        """Raises UsageError when it is there already and nobody wants to lose it."""
        if not file.exists() or force:
            return
        if not self._is_person or not click.confirm(f"{file} is there already. Replace it?"):
            raise UsageError(
                f"{file} is there already: name another with --output, or replace it with --force."
            )

    def whole(self) -> dict[str, str]:
        """All answers, which go together; raises UsageError or SettingsError when they do not."""
        if self._is_person:
            click.echo("Enter leaves an answer out. Docs: docs/target.md")
            self._ask(QUESTIONS)
        while (fault := self._fault()) is not None:
            named = [question for question in QUESTIONS if _names(fault, question.key)]
            if not self._is_person or not named:
                raise fault
            click.echo(str(fault))
            self._ask(named, again=True)
        return self.answers

    def _ask(self, questions: Sequence[Question], *, again: bool = False) -> None:
        for question in questions:
            if again or (question.key not in self.answers and question.fits(self.answers)):
                self._answer(question)

    def _answer(self, question: Question) -> None:
        asks = f"{question.asks} (like {question.example})" if question.example else question.asks
        known = self.answers.get(question.key, question.default)
        answer = click.prompt(
            asks,
            default=known,
            show_default=bool(known),
            value_proc=lambda text: _looked_at(question.key, text),
        )
        self.answers[question.key] = answer

    def _fault(self) -> HarnessError | None:
        try:
            expect_whole(self.answers)
        except HarnessError as fault:
            return fault
        return None


def _looked_at(key: str, text: str) -> str:
    """As `click.prompt` wants it: a wrong answer is told, and asked for once more."""
    if text:
        try:
            understood(key, text)
        except UsageError as wrong:
            raise click.UsageError(str(wrong)) from None
    return text


def _names(fault: HarnessError, key: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(key)}(?![\w.]\w)", str(fault)) is not None


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--set was expected to be KEY=VALUE, came {key}.")
    return key.strip(), value.strip()
