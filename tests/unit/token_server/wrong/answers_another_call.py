"""`python -m`: a token server whose answer names another call than the one asked for."""

from harness.config import TokenServerSettings, load
from harness.serving import serve
from tests.unit.token_server.mutants import another_call_id, with_replies

if __name__ == "__main__":
    settings = load(TokenServerSettings)
    serve(with_replies(another_call_id)(settings), settings)
