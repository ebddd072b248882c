"""`python -m harness.local_supabase`: the local Supabase as a process of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harness.config import LocalSupabaseSettings, load
from harness.errors import HarnessError
from harness.local_supabase.app import create_app
from harness.serving import serve


def main() -> None:
    """Serve until stopped; exit 2 with one sentence when it cannot start."""
    try:
        settings = load(LocalSupabaseSettings)
        app = create_app(settings)
    except HarnessError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    try:
        serve(told_plainly(app, lambda: app.state.failure), settings)
    except SystemExit:
        # Not again sys.exit: a thread still reads standard input, and Python aborts when it cannot end that.
        sys.stderr.flush()
        os._exit(HarnessError.exit_code)


def told_plainly(app: Starlette, failure: Callable[[], HarnessError | None]) -> ASGIApp:
    """`app`, which says why it could not start in its failure's one sentence instead of a traceback."""

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        async def say(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed" and failure() is not None:
                message = {**message, "message": str(failure())}
            await send(message)

        try:
            await app(scope, receive, say if scope["type"] == "lifespan" else send)
        except HarnessError:
            if scope["type"] != "lifespan":
                raise

    return told


if __name__ == "__main__":
    main()
