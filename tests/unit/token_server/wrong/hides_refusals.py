"""`python -m`: a token server without CORS headers on its 401."""

from harness.config import TokenServerSettings, load
from harness.serving import serve
from tests.unit.token_server.mutants import no_cors_on_401, with_replies

if __name__ == "__main__":
    settings = load(TokenServerSettings)
    serve(with_replies(no_cors_on_401)(settings), settings)
