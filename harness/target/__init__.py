"""The system under test, from outside: its token endpoint, Supabase and Stream, local or deployed alike."""

from harness.target.answer import Answer
from harness.target.given import Given
from harness.target.people import Party, Person, Session
from harness.target.stream_api import StreamApi
from harness.target.stream_journal import StreamJournal
from harness.target.supabase import Supabase
from harness.target.target import Target
from harness.target.token_endpoint import TokenEndpoint

__all__ = [
    "Answer",
    "Given",
    "Party",
    "Person",
    "Session",
    "StreamApi",
    "StreamJournal",
    "Supabase",
    "Target",
    "TokenEndpoint",
]
