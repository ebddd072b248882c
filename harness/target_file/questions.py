"""What `harness target init` asks. Standard library only: every start of the command line reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """`key` of the file that an answer sets; `example` shows what is wanted, `default` is taken unasked.

    It is asked where the answer to another key is `when` says: `("stream", "local")`; `""` is no answer.
    """

    key: str
    asks: str
    example: str = ""
    default: str = ""
    when: tuple[tuple[str, str], ...] = ()
    called: str = ""  # on the command line, where the key would be another's option

    @property
    def option(self) -> str:
        """On the command line."""
        return "--" + (self.called or self.key).replace(".", "-").replace("_", "-")

    @property
    def name(self) -> str:
        """As Python has it."""
        return (self.called or self.key).replace(".", "_")

    def fits(self, answers: Mapping[str, str]) -> bool:
        """Whether it makes sense after these answers."""
        return all(answers.get(key, "") == answer for key, answer in self.when)


BY_FORM = (("sign_in.how", "form"),)
BY_ROW = (("party.how", "supabase"),)
BY_STATE = (("sign_in.how", "storage_state"),)
LOCAL_DATABASE, REAL_DATABASE = (("supabase", "local"),), (("supabase", "real"),)
QUESTIONS = (
    Question("app_command", "The command that starts your app for the run, if one shall", "node server.mjs"),
    Question(
        "app_environment",
        "Variables of your environment that it needs, with commas between them",
        "SITE,MODE",
    ),
    Question(
        "token_url",
        "The token endpoint, if you know it already",
        "https://app.example/api/stream-token, or http://127.0.0.1:{port}/api/token of a started app",
    ),
    Question("host.url", "The host's page", "https://app.example/party/{party_id}/host"),
    Question("viewer.url", "The viewer's page", "https://app.example/party/{party_id}"),
    Question("stream", "Which Stream, local or real", default="real"),
    Question(
        "stream_base_url",
        "Where the local Stream runs",
        "http://127.0.0.1:3031",
        when=(("stream", "local"), ("app_command", "")),
    ),
    Question("stream_api_key", "Stream's API key (no secret)", when=(("stream", "real"),)),
    Question("supabase", "Which Supabase, local or real", default="real"),
    Question("supabase_schema", "SQL files that make its tables", "schema.sql", when=LOCAL_DATABASE),
    Question("supabase_url", "The Supabase project", "https://project.supabase.co", when=REAL_DATABASE),
    Question("supabase_anon_key", "Its public (anon) key", when=REAL_DATABASE),
    Question("sign_in.how", "Signing in: form, session, storage_state, script or none", default="form"),
    Question("sign_in.url", "The form's page, if it is another", "https://app.example/login", when=BY_FORM),
    Question("sign_in.email", "Selector: the form's email", default="input[type=email]", when=BY_FORM),
    Question("sign_in.password", "Selector: its password", default="input[type=password]", when=BY_FORM),
    Question("sign_in.submit", "Selector: what sends it", "text=Log in", when=BY_FORM),
    Question("sign_in.done", "Selector: shown once somebody is signed in", "text=Log out", when=BY_FORM),
    Question(
        "sign_in.host_state",
        "The host's storage state",
        "host.json",
        when=BY_STATE,
    ),
    Question("sign_in.viewer_state", "A viewer's", "viewer.json", when=BY_STATE),
    Question("sign_in.command", "The command that prints one", "./login", when=(("sign_in.how", "script"),)),
    Question("sign_in.viewer", "Do viewers sign in, too? true or false", default="true"),
    Question(
        "host.go_live",
        "Selector: the button that goes live",
        'text=Go live, or several clicks: ["#menu", "text=Go live"]',
    ),
    Question("host.end", "Selector: the button that ends the party", "text=End"),
    Question("host.camera", "Selector: the button that turns the camera on and off", "#camera"),
    Question("host.camera_on", "Selector: found while it is on, if aria-pressed does not tell", "#camera.on"),
    Question("host.microphone", "Selector: the button of the microphone", "#mic"),
    Question("host.microphone_on", "Selector: found while it is on, likewise", "#mic.on"),
    Question("host.status", "Selector: what tells whether the host is live", "#status"),
    Question("host.not_live", "What it says before", 'Not live, "/a pattern/" or "selector: #lamp.off"'),
    Question("host.going_live", "What it says while it goes live", "Going live…"),
    Question("host.live", "What it says while live", "You are live"),
    Question("host.ended", "What it says after the end", "Party ended"),
    Question("host.error", "Selector: what tells of an error", "role=alert"),
    Question("viewer.video", "Selector: the video of the host", "video"),
    Question("viewer.play", "Selector: what starts the sound, if a click does", "text=Unmute"),
    Question("viewer.status", "Selector: what tells a viewer whether the party is live", "#status"),
    Question("viewer.waiting", "What it says before", "Waiting for the host to go live"),
    Question("viewer.joining", "What it says while it joins", "Joining…"),
    Question("viewer.live", "What it says while live", "Live"),
    Question("viewer.ended", "What it says after the end", "The party has ended"),
    Question("viewer.error", "Selector: what tells of an error", "role=alert"),
    Question("errors.permission_denied", "What hosts are told without permission", "Please allow the camera"),
    Question("errors.not_found", "What hosts are told without a camera", "No camera was found"),
    Question("errors.not_signed_in", "What hosts are told without a session", "Please sign in"),
    Question("party.how", "How parties are made: supabase (a row), sql, rest or given", default="supabase"),
    Question(
        "party_id", "The party that is there already", when=(("party.how", "given"),), called="given_party"
    ),
    Question(
        "party.make_sql", "SQL that makes one of %(host_id)s and %(title)s", when=(("party.how", "sql"),)
    ),
    Question("party.make.url", "The address that makes a party", when=(("party.how", "rest"),)),
    Question("party.table", "The table of parties", default="parties", when=BY_ROW),
    Question("party.id", "Its column with the party's id", default="id", when=BY_ROW),
    Question("party.host", "Its column with the host's user id", default="host_id", when=BY_ROW),
    Question("party.title", "Its column with the title", default="title", when=BY_ROW),
    Question(
        "party.is_live", "Its column that says whether the party is live", default="is_live", when=BY_ROW
    ),
    Question(
        "party.stream_app_id", "Its column with the id of the call", default="stream_app_id", when=BY_ROW
    ),
    Question("party.row_by", "Who writes it at go-live: page or server", default="page", when=BY_ROW),
    Question("people.profiles", "The table of profiles", default="profiles"),
    Question("people.id", "Its column with the user's id", default="id"),
    Question("people.display_name", "Its column with the display name", default="display_name"),
    Question("people.make_profile", "Must the checks make a profile of each user?", default="false"),
)
