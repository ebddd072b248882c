"""What the coordinator does to people in a call: mute them, change what they may publish."""

from collections.abc import Callable

from harness.local_stream.sfu.protocol import Message, models, signal
from tests.unit.local_stream.sfu.client import Client
from tests.unit.local_stream.sfu.conftest import Run
from tests.unit.local_stream.sfu.pictures import Grey, Tone
from tests.unit.local_stream.sfu.served import CID, HOST_MAY, Served, serving

VIDEO, AUDIO = models.TRACK_TYPE_VIDEO, models.TRACK_TYPE_AUDIO


def test_who_is_muted_is_told_why_and_may_unmute(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = await _publishing(served)
            served.sfu.mute(CID, {"host"}, {"audio"})
            told = await host.event("track_unpublished")
            assert (told.type, told.session_id) == (AUDIO, host.session_id)
            assert told.cause == models.TRACK_UNPUBLISH_REASON_MODERATION
            assert (await viewer.event("track_unpublished")).type == AUDIO
            assert _muted(served) == {"TRACK_TYPE_AUDIO": True, "TRACK_TYPE_VIDEO": False}
            await host.mute(AUDIO, muted=False)
            await viewer.event("track_published", _of(AUDIO))
            assert _muted(served) == {"TRACK_TYPE_AUDIO": False, "TRACK_TYPE_VIDEO": False}

    run(scenario)


def test_nobody_else_is_muted(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            await _publishing(served)
            served.sfu.mute(CID, {"viewer", "nobody"}, {"audio", "video"})
            assert _muted(served) == {"TRACK_TYPE_AUDIO": False, "TRACK_TYPE_VIDEO": False}

    run(scenario)


def test_what_is_no_longer_permitted_stops_flowing_until_it_is_again(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = await _publishing(served)
            await viewer.answer_offer()
            await viewer.subscribe((host.session_id, VIDEO))
            await viewer.answer_offer()
            await viewer.until(lambda: _received(served) > 0, "picture")
            # Neither sound nor picture: what the viewer receives must stand still.
            await served.sfu.permit(CID, "host", {"screenshare"})
            grants = (await host.event("call_grants_updated")).current_grants
            assert grants == models.CallGrants(can_screenshare=True)
            for kind in (AUDIO, VIDEO):
                told = await host.event("track_unpublished", _of(kind))
                assert told.cause == models.TRACK_UNPUBLISH_REASON_PERMISSION_REVOKED
                await viewer.event("track_unpublished", _of(kind))
            # Without the capability it can neither go on nor begin anew.
            assert await _unmute(host) == models.ERROR_CODE_PERMISSION_DENIED
            assert _muted(served)["TRACK_TYPE_VIDEO"]
            received, published = _received(served), _published(served)
            await viewer.until(lambda: _published(served) > published + 2_000, "publishing all the same")
            assert _received(served) == received
            await served.sfu.permit(CID, "host", HOST_MAY)
            assert await _unmute(host) == 0
            await viewer.until(lambda: _received(served) > received + 2_000, "picture again")

    run(scenario)


def test_tokens_from_before_a_removal_do_not_let_in(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            early = served.client("viewer")
            await served.sfu.remove(CID, "viewer")
            await early.open()
            await early.ask_to_join()
            error = await early.event("error")
            assert error.error.code == models.ERROR_CODE_UNAUTHENTICATED
            assert error.reconnect_strategy == models.WEBSOCKET_RECONNECT_STRATEGY_DISCONNECT
            await served.client("viewer").join()
            assert [told for told, *_ in served.observer.told] == ["joined"]

    run(scenario)


def test_tokens_from_before_a_change_are_worth_what_is_permitted_since(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            early = served.host()
            await served.sfu.permit(CID, "host", {"send-audio"})
            await early.join()
            response = await _set_publisher(early, VIDEO)
            assert response.error.code == models.ERROR_CODE_PERMISSION_DENIED
            # A newer token says itself what it is worth; nobody else's is worth less.
            for later in (served.host(), served.client("other", HOST_MAY)):
                await later.join()
                answer = await _set_publisher(later, VIDEO)
                assert answer.error.code != models.ERROR_CODE_PERMISSION_DENIED

    run(scenario)


async def _set_publisher(client: Client, kind: int) -> Message:
    tracks = [models.TrackInfo(track_type=kind, mid="0")]
    request = signal.SetPublisherRequest(session_id=client.session_id, sdp="", tracks=tracks)
    return await client.rpc("SetPublisher", request, signal.SetPublisherResponse)


async def _publishing(served: Served) -> tuple[Client, Client]:
    """A host whose picture and sound the SFU has, and a viewer who knows."""
    host, viewer = served.host(), served.client("viewer")
    await host.join()
    await viewer.join()
    await host.publish(Grey(60), Tone(750))
    for kind in (VIDEO, AUDIO):
        await viewer.event("track_published", _of(kind))
    return host, viewer


def _of(kind: int) -> Callable[[Message], bool]:
    return lambda event: bool(event.type == kind)


def _muted(served: Served) -> dict[str, bool]:
    [host] = [each for each in served.sfu.participants(CID) if each["user_id"] == "host"]
    return {track["type"]: track["muted"] for track in host["published"]}


def _received(served: Served) -> int:
    [viewer] = [each for each in served.sfu.participants(CID) if each["user_id"] == "viewer"]
    return int(viewer["received_bytes"])


def _published(served: Served) -> int:
    [host] = [each for each in served.sfu.participants(CID) if each["user_id"] == "host"]
    return min(int(track["bytes"]) for track in host["published"])


async def _unmute(host: Client) -> int:
    state = signal.TrackMuteState(track_type=VIDEO, muted=False)
    request = signal.UpdateMuteStatesRequest(session_id=host.session_id, mute_states=[state])
    response = await host.rpc("UpdateMuteStates", request, signal.UpdateMuteStatesResponse)
    return int(response.error.code)
