"""`python -m harness.token_server`: the token server alone, with its settings from the environment."""

from __future__ import annotations

from starlette.applications import Starlette

from harness.config import TokenServerSettings
from harness.serving import Limits, run
from harness.token_server.limits import READ_OF_HEAD, TIME_LIMIT
from harness.token_server.prompt_head import PromptHead

# Who asked before the end gets an answer: the longest that one may take, and a second to send it.
LIMITS = Limits(finish_within=int(TIME_LIMIT) + 1, protocol=PromptHead, read_of_head=READ_OF_HEAD)


def create_app(settings: TokenServerSettings) -> Starlette:
    # Only now: Stream's SDK takes a second or two to import, and a missing setting shows at once.
    from harness.token_server import app

    return app.create_app(settings)


if __name__ == "__main__":
    run(TokenServerSettings, create_app, LIMITS)
