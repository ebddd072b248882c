"""`python -m`: a token server that makes whoever asks first the owner of the call."""

from harness.config import TokenServerSettings, load
from harness.serving import serve
from tests.unit.token_server.mutants import CreatesAsAsker, with_stream

if __name__ == "__main__":
    settings = load(TokenServerSettings)
    serve(with_stream(CreatesAsAsker)(settings), settings)
