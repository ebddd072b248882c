"""What `harness target init` asks. Standard library only: every start of the command line reads it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """`key` of the file that an answer sets; `example` shows what is wanted, `default` is taken unasked."""

    key: str
    asks: str
    example: str = ""
    default: str = ""

    @property
    def option(self) -> str:
        """On the command line."""
        return "--" + self.key.replace(".", "-").replace("_", "-")

    @property
    def name(self) -> str:
        """As Python has it."""
        return self.key.replace(".", "_")


QUESTIONS = (
    Question("token_url", "The token endpoint", "https://app.example/api/stream-token"),
    Question("host.url", "The host's page", "https://app.example/party/{party_id}/host"),
    Question("viewer.url", "The viewer's page", "https://app.example/party/{party_id}"),
    Question("stream", "Which Stream, local or real", default="real"),
    Question("stream_base_url", "Where the local Stream runs", "http://127.0.0.1:3031"),
    Question("supabase_url", "The Supabase project", "https://project.supabase.co"),
    Question("sign_in.how", "Signing in: form, session, storage_state, script or none", default="form"),
    Question("sign_in.url", "The page with the form, if it is another", "https://app.example/login"),
    Question("host.go_live", "Selector: the button that goes live", "text=Go live"),
    Question("host.end", "Selector: the button that ends the party", "text=End"),
    Question("host.status", "Selector: what tells whether the host is live", "#status"),
    Question("host.live", "What it says while live", "You are live"),
    Question("host.error", "Selector: what tells of an error", "role=alert"),
    Question("viewer.video", "Selector: the video of the host", "video"),
    Question("viewer.status", "Selector: what tells a viewer whether the party is live", "#status"),
    Question("party.table", "The table of parties", default="parties"),
    Question("party.is_live", "Its column that says whether the party is live", default="is_live"),
    Question("party.stream_app_id", "Its column with the id of the call", default="stream_app_id"),
)
