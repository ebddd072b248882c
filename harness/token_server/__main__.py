"""`python -m harness.token_server`: the token server alone, with its settings from the environment."""

from __future__ import annotations

import sys

from harness.config import TokenServerSettings, load
from harness.errors import HarnessError
from harness.serving import serve


def main() -> int:
    """Serve until stopped; 2 and one sentence when it cannot start."""
    try:
        settings = load(TokenServerSettings)
        # Only now: Stream's SDK takes a second or two to import, and a missing setting shows at once.
        from harness.token_server.app import create_app

        serve(create_app(settings), settings)
    except HarnessError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
