"""Host and viewer act on pages by roles and names, and tell what a page said when it did something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from harness.browser import visitor
from harness.browser.eventually import eventually
from harness.browser.host import Host
from harness.browser.viewer import Viewer
from harness.config import HostPage, ViewerPage
from harness.errors import Finding, NotGiven
from harness.target import Party, Person, Target
from harness.trace.events import RunLog, read
from tests.unit.browser.drawing import DRAWS
from tests.unit.browser.small_app import PARTY

# Who has sent this form reads an error in its place.
FORM = """<form onsubmit="event.preventDefault(); document.body.innerHTML = this.dataset.then"
  data-then='DONE<p role=alert>The party could not be loaded.</p>'>
  <input type=email><input type=password><button>Sign in</button></form>"""
ACCOUNT = Person("id", "host@example.com", "right", "Host")


def party(party_id: str = PARTY) -> Party:
    return Party(party_id, ACCOUNT, "A party")


@pytest.fixture
def host(new_window: Callable[..., BrowserContext], target: Target, run_log: RunLog) -> Host:
    return Host(new_window("no_devices"), "host", ACCOUNT, target, run_log)


def test_a_host_signs_in_goes_live_and_ends(host: Host) -> None:
    host.comes_to(party())
    assert (host.title, host.status, host.error) == ("A party", "Not live", None)
    host.goes_live()
    assert host.status == "You are live"
    assert host.live_call is not None
    assert host.live_call.call_id == PARTY
    assert host.went_live_at is not None
    host.ends_party()
    assert [step.name for step in host.steps()] == [
        "token",
        "client",
        "join",
        "camera",
        "go live",
        "party row",
    ]


def test_a_wrong_password_is_told(
    new_window: Callable[..., BrowserContext], target: Target, run_log: RunLog
) -> None:
    person = Person("id", "host@example.com", "wrong", "Host")
    host = Host(new_window("no_devices"), "host", person, target, run_log).opens(party())
    with pytest.raises(Finding, match="host could not sign in: E-mail or password is wrong"):
        host.signs_in()


def test_a_host_who_cannot_go_live_is_told_why_at_once(host: Host) -> None:
    host.opens(party("refused"))
    with pytest.raises(Finding, match=r"could not go live: Stream auth failed \(Invalid auth\)"):
        host.goes_live(within=30)
    host.reads_error("Stream auth failed (Invalid auth). Please refresh and try again.")
    with pytest.raises(
        Finding, match=r"expected the error 'Another one\.', the page shows 'Stream auth failed"
    ):
        host.reads_error("Another one.", within=0.2)


def test_an_error_that_still_shows_is_no_refusal_of_the_next_attempt(host: Host) -> None:
    host.opens(party("refused")).clicks_go_live()
    host.reads_error("Stream auth failed (Invalid auth). Please refresh and try again.")
    with pytest.raises(
        Finding, match=r"host is not live: the page says 'Not live' and the error 'Stream auth"
    ):
        host.goes_live(within=0.5)
    host.page.evaluate("(id) => { ids.callId = id }", PARTY)
    host.goes_live()


def test_a_status_that_does_not_come_is_told_with_the_one_that_is_there(host: Host) -> None:
    host.opens(party())
    with pytest.raises(Finding, match="expected the status 'You are live', the page says 'Not live'"):
        host.reads_status("You are live", within=0.2)


def test_a_page_that_does_not_let_a_person_act_is_told(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitor, "OPENS_WITHIN", 0.2)
    host.page.set_content("<h1>Under construction</h1>")
    with pytest.raises(Finding, match=r"host could not press the button 'Go live': .*200ms exceeded"):
        host.clicks_go_live()
    with pytest.raises(Finding, match=r"host could not sign in, there is no form, and the page says nothing"):
        host.signs_in()
    host.page.set_content("<p role=alert>The party could not be loaded.</p>")
    with pytest.raises(Finding, match=r"there is no form: the page says 'The party could not be loaded\.'"):
        host.signs_in()


def test_an_error_after_signing_in_is_no_refusal(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.page.set_content(FORM.replace("DONE", "<button>Sign out</button>"))
    host.signs_in()
    assert host.error == "The party could not be loaded."
    monkeypatch.setattr(visitor, "LETS_IN_WITHIN", 0.2)
    host.page.set_content(FORM.replace("DONE", ""))
    with pytest.raises(Finding, match=r"host sent the form, and the page says 'The party could not be load"):
        host.signs_in()


def test_pages_that_are_not_there_are_told(host: Host) -> None:
    host.target = replace(host.target, pages_url="http://127.0.0.1:9")
    with pytest.raises(Finding, match=f"host could not open http://127.0.0.1:9/party/{PARTY}/host: .*net::"):
        host.opens(party())


def test_toggles_are_pressed_only_when_they_must_be(host: Host) -> None:
    host.opens(party())
    host.turns("Camera", on=True)
    host.turns("Camera", on=False)
    assert host.button("Camera").get_attribute("aria-pressed") == "false"
    assert host.button("Microphone").get_attribute("aria-pressed") == "true"


def test_devices_that_fail_are_events(host: Host, run_log: RunLog) -> None:
    host.opens(party()).clicks_go_live().reads_status("You are live")
    (request,) = host.media_requests()
    assert request.error_name == "NotFoundError"
    (event,) = (event for event in read(run_log.path) if event["what"] == "media")
    assert (event["level"], event["who"]) == ("error", "host")


def test_a_viewer_without_a_picture_sees_and_hears_nothing(
    new_window: Callable[..., BrowserContext], target: Target, run_log: RunLog, host: Host
) -> None:
    viewer = Viewer(new_window("no_devices"), "viewer", None, target, run_log).opens(party())
    with pytest.raises(Finding, match="No proof of the picture of clip 1: there is no video element"):
        viewer.sees(host, within=0.2)
    with pytest.raises(
        Finding, match="No proof of the sound of clip 1: the page has no audio or video element"
    ):
        viewer.hears(host, within=0.2)
    assert viewer.received_media_bytes().total == 0


def test_the_number_that_a_page_shows_is_told() -> None:
    texts = ["A party 4 watching", "4 watching", "Live", "10 watching now"]
    assert visitor.counted("{count} watching", texts) == ["'4 watching'", "'10 watching'"]
    assert visitor.counted("{count} viewers", texts) == []


def test_a_screenshot_is_in_the_run_log_by_its_place_in_the_run(host: Host, run_log: RunLog) -> None:
    path = run_log.path.parent / "screenshots" / "host.png"
    assert host.opens(party()).screenshot(path).read_bytes().startswith(b"\x89PNG")
    (event,) = (event for event in read(run_log.path) if event["what"] == "screenshot")
    assert Path(event["path"]) == Path("screenshots/host.png")


def of_another_app(person: Host, **told: str | list[str]) -> Host:
    """Whose target file tells only this of the host's page."""
    assert person.target.pages_url is not None
    url = f"{person.target.pages_url}/party/{{party_id}}/host"
    person.target = replace(person.target, host=HostPage.model_validate({"url": url, **told}))
    return person.opens(party())


def test_what_another_app_lacks_and_its_file_does_not_tell_is_a_gap(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_another_app(host, status="h1")
    monkeypatch.setattr(visitor, "OPENS_WITHIN", 0.2)
    with pytest.raises(NotGiven, match=r"needs host\.not_live in the target file \(host expected the status"):
        host.reads_status("Not live", within=0.2)
    with pytest.raises(NotGiven, match=r"needs host\.error in the target file"):
        host.reads_error("Please log in to start a live stream", within=0.2)
    with pytest.raises(NotGiven, match=r"needs host\.count in the target file"):
        host.counts(1)
    with pytest.raises(NotGiven, match=r"needs host\.elsewhere in the target file"):
        host.knows_of_another_tab()
    host.page.set_content("<h1>Studio</h1>")
    with pytest.raises(NotGiven, match=r"needs host\.end in the target file \(host could not press"):
        host.presses("End party")
    with pytest.raises(NotGiven, match=r"needs host\.camera in the target file \(host could not find"):
        host.turns("Camera", on=False)


def test_what_its_file_tells_or_the_page_has_is_judged(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    of_another_app(host, end="#sign-off")
    with pytest.raises(Finding, match="expected the status 'You are live', the page says 'Not live'"):
        host.reads_status("You are live", within=0.2)
    with pytest.raises(Finding, match=r"could not go live: Stream auth failed"):
        host.opens(party("refused")).goes_live()
    monkeypatch.setattr(visitor, "OPENS_WITHIN", 0.2)
    with pytest.raises(Finding, match=r"could not press the button 'End party' at #sign-off"):
        host.presses("End party")


WRITTEN = (
    "<p role=status><b>You</b> are <i>live</i></p>",
    "<div role=status><p>You</p><p>are live</p></div>",
    "<p role=status style='text-transform: uppercase'>You are live</p>",
    "<p role=status><svg aria-label='You are live' width=9 height=9></svg></p>",
    "<p role=status aria-label='You are live' style='height: 9px'></p>",
    "<p role=status><img alt='You are live' width=9 height=9></p>",
    "<p role=status>You are <b hidden>not</b> live</p>",
)


def test_status_is_read_however_it_is_written(host: Host) -> None:
    host.opens(party())
    for html in WRITTEN:
        host.page.set_content(html)
        assert host.reads("You are live"), f"{html}: {host.status}"
        host.page.set_content(html.replace("live", "off"))
        assert not host.reads("You are live"), f"{html}: {host.status}"


@pytest.mark.parametrize("closed", [False, True])
def test_a_picture_that_no_selector_leads_to_is_a_gap(
    new_window: Callable[..., BrowserContext], target: Target, run_log: RunLog, host: Host, closed: bool
) -> None:
    told = ViewerPage(url=f"{target.pages_url}/party/{{party_id}}", video="video")
    at = replace(target, viewer=told)
    viewer = Viewer(new_window("no_devices"), "viewer", None, at, run_log).opens(party())
    viewer.page.evaluate(DRAWS, closed)

    def why_not_yet() -> str | None:
        return None if viewer.probe.first_frame_after(0.0) else "no picture plays"

    eventually(why_not_yet, within=20)
    # In the page it is found, and it is not the host's.
    gap_or_red, why = (
        (NotGiven, "no selector leads into a closed shadow root")
        if closed
        else (Finding, "No proof of the picture")
    )
    with pytest.raises(gap_or_red, match=why):
        viewer.sees(host, within=0.2)


def test_a_menu_that_did_not_hear_the_first_click_is_clicked_again(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_another_app(host, end=["#menu", "#end"])
    monkeypatch.setattr(visitor, "LOOKS_WITHIN", 1.0)
    host.page.set_content("""<button id="menu">Menu</button><button id="end" hidden>End</button><script>
      const [menu, end] = document.querySelectorAll("button");
      menu.onclick = () => { menu.onclick = () => { end.hidden = !end.hidden } };
      end.onclick = () => { document.title = "ended" };
    </script>""")
    host.presses("End party")
    assert host.page.title() == "ended"
