"""`python -m tests.unit.token_server.server_with_defaults`: the reference server, started without settings.

Started as a target's own command would start it, because that is what the check of settings needs.
"""

from __future__ import annotations

from pydantic import SecretStr

from harness.config import TokenServerSettings
from harness.serving import run
from harness.token_server import app


def give_defaults() -> None:
    """For all that it needs."""
    for field in TokenServerSettings.model_fields.values():
        if field.is_required():
            field.default = SecretStr("changeme") if field.annotation is SecretStr else "https://example.com"
            field.validate_default = False
    TokenServerSettings.model_rebuild(force=True)


if __name__ == "__main__":
    give_defaults()
    run(TokenServerSettings, app.create_app)
