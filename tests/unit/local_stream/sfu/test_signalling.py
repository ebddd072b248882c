"""The SFU's two doors as clients use them: who may enter, who hears of what, and how the SFU says no."""

import asyncio
import json

import pytest

from harness.local_stream.sfu import CameraOptions
from harness.local_stream.sfu.protocol import events, json_format, models, signal
from harness.local_stream.sfu.signal_rpc import LARGEST_BODY
from harness.local_stream.sfu.token import Grant, SfuUser, mint
from harness.local_stream.sfu.transport import PeerTransport
from tests.unit.local_stream.sfu.client import Client
from tests.unit.local_stream.sfu.conftest import Run
from tests.unit.local_stream.sfu.pictures import Grey, Tone
from tests.unit.local_stream.sfu.served import CID, HOST_MAY, SECRET, Served, serving

VIDEO, AUDIO = models.TRACK_TYPE_VIDEO, models.TRACK_TYPE_AUDIO
FAST = models.WEBSOCKET_RECONNECT_STRATEGY_FAST
REJOIN = models.WEBSOCKET_RECONNECT_STRATEGY_REJOIN
DISCONNECT = models.WEBSOCKET_RECONNECT_STRATEGY_DISCONNECT


def test_publish_options_ask_for_one_layer_of_vp8_and_for_opus(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            options = {each.track_type: each for each in (await served.host().join()).publish_options}
            assert (options[VIDEO].codec.name, options[VIDEO].max_spatial_layers) == ("vp8", 1)
            assert options[AUDIO].codec.name == "opus"
            assert len({each.id for each in options.values()}) == len(options)

    run(scenario)


@pytest.mark.parametrize(
    ("token", "strategy"),
    [
        ("not a token", DISCONNECT),
        (
            mint("the secret of some other app, long enough for it", Grant(CID, SfuUser("x"), HOST_MAY)),
            DISCONNECT,
        ),
        (mint(SECRET, Grant(CID, SfuUser("x"), HOST_MAY), now=1_000_000), REJOIN),
    ],
    ids=["garbage", "other secret", "expired"],
)
def test_wrong_token_is_refused_on_both_doors(run: Run, token: str, strategy: int) -> None:
    async def scenario() -> None:
        async with serving() as served:
            stranger = served.host("stranger")
            stranger.token = token
            await stranger.open()
            await stranger.send(
                events.SfuRequest(
                    join_request=events.JoinRequest(token=token, session_id=stranger.session_id)
                )
            )
            refusal = await stranger.event("error")
            assert refusal.error.code == models.ERROR_CODE_UNAUTHENTICATED
            assert refusal.reconnect_strategy == strategy
            response = await stranger.rpc(
                "SetPublisher", signal.SetPublisherRequest(sdp="v=0"), signal.SetPublisherResponse
            )
            assert response.error.code == models.ERROR_CODE_UNAUTHENTICATED
            assert served.sfu.participants(CID) == []

    run(scenario)


def test_viewer_never_publishes(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            response = await viewer.publish(Grey(60))
            assert response.error.code == models.ERROR_CODE_PERMISSION_DENIED
            assert "send-video" in response.error.message
            assert not response.sdp
            # The events arrive in order: had anything been published, it would stand before this.
            await served.client("second viewer").join()
            await host.event("participant_joined", lambda each: each.participant.user_id == "second viewer")
            assert not [each for each in host.received if each.HasField("track_published")]
            assert [each["published"] for each in served.sfu.participants(CID)] == [[], [], []]

            [refused] = served.journal.entries(operation="SetPublisher", user_id="viewer", call_cid=CID)
            assert refused["detail"]["error"] == models.ERROR_CODE_PERMISSION_DENIED

    run(scenario)


def test_capability_for_sound_allows_no_picture(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            speaker = served.client("speaker", frozenset({"send-audio"}))
            await speaker.join()
            response = await speaker.publish(Tone(500), Grey(60))
            assert response.error.code == models.ERROR_CODE_PERMISSION_DENIED

    run(scenario)


def test_session_of_another_user_is_not_found(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, thief = served.host(), served.host("thief")
            await host.join()
            await thief.join()
            thief.session_id = host.session_id
            response = await thief.publish(Grey(60))
            assert response.error.code == models.ERROR_CODE_PARTICIPANT_NOT_FOUND

    run(scenario)


def test_published_muted_and_unmuted_tracks_are_told(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            await host.publish(Grey(60))
            published = await viewer.event("track_published")
            assert (published.session_id, published.type) == (host.session_id, VIDEO)
            await host.mute(VIDEO, muted=True)
            unpublished = await viewer.event("track_unpublished")
            assert unpublished.cause == models.TRACK_UNPUBLISH_REASON_USER_MUTED
            assert list(unpublished.participant.published_tracks) == []
            await host.mute(VIDEO, muted=False)
            assert list((await viewer.event("track_published")).participant.published_tracks) == [VIDEO]

    run(scenario)


def test_track_that_was_muted_before_it_came_is_muted(run: Run) -> None:
    """Client 1.0 waits for no answer to its offer: a camera may be off again before the SFU knows of it."""

    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await viewer.join()
            await host.join()
            await host.mute(VIDEO, muted=True)
            await host.publish(Grey(60))
            [_, published] = [each["published"] for each in served.sfu.participants(CID)]
            assert [track["muted"] for track in published] == [True]
            await host.mute(VIDEO, muted=False)
            await viewer.event("track_published")

    run(scenario)


def test_what_is_offered_is_what_there_is_when_its_turn_comes(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with serving() as served:
            slow, viewer, host = served.client("slow"), served.client("viewer"), served.host()
            for each in (slow, viewer, host):
                await each.join()
            await viewer.subscribe((host.session_id, VIDEO))
            held = _held_first_offer(monkeypatch, served, slow)
            # Sound for both, and the viewer's turn comes after the one that is held up; then a picture.
            await host.publish(Tone(750))
            await host.publish(Grey(60))
            offer = await viewer.answer_offer()
            assert "TRACK_TYPE_VIDEO" in offer
            held.set()
            await slow.event("subscriber_offer")
            await viewer.subscribe((host.session_id, VIDEO))
            told = [each.WhichOneof("event_payload") for each in viewer.received]
            assert "subscriber_offer" not in told, "expected the picture to stay as it is"

    run(scenario)


def _held_first_offer(monkeypatch: pytest.MonkeyPatch, served: Served, client: Client) -> asyncio.Event:
    """Until this is set, the client's subscribing connection does not open."""
    held, really_open = asyncio.Event(), PeerTransport.open
    subscriber = served.room().participants[client.session_id].subscriber

    async def opens(transport: PeerTransport) -> None:
        if transport is subscriber._transport:
            await held.wait()
        await really_open(transport)

    monkeypatch.setattr(PeerTransport, "open", opens)
    return held


def test_offer_names_the_stream_after_its_publisher(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            state = (await host.join()).call_state
            await viewer.join()
            await host.publish(Grey(60))
            await viewer.subscribe((host.session_id, VIDEO))
            offer = await viewer.event("subscriber_offer")
            prefix = state.participants[0].track_lookup_prefix
            assert f"a=msid:{prefix}:TRACK_TYPE_VIDEO " in offer.sdp
            assert "127.0.0.1" in offer.sdp
            assert not offer.ice_restart

    run(scenario)


def test_sound_of_a_screen_comes_unasked_and_its_picture_does_not(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host = served.client("host", frozenset({"screenshare"}))
            viewer = served.client("viewer")
            await host.join()
            await viewer.join()
            kinds = (models.TRACK_TYPE_SCREEN_SHARE, models.TRACK_TYPE_SCREEN_SHARE_AUDIO)
            for track in (Grey(60), Tone(750)):
                host.publisher.addTransceiver(track, direction="sendonly")
            await host.publisher.setLocalDescription(await host.publisher.createOffer())
            infos = [
                models.TrackInfo(track_id=each.sender.track.id, track_type=kind, mid=each.mid)
                for kind, each in zip(kinds, host.publisher.getTransceivers(), strict=True)
            ]
            await host.set_publisher(host.publisher.localDescription.sdp, infos)
            offer = await viewer.answer_offer()
            assert "TRACK_TYPE_SCREEN_SHARE_AUDIO" in offer
            assert "m=video" not in offer

    run(scenario)


def test_ice_restart_offers_new_credentials(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            await host.publish(Grey(60))
            await viewer.subscribe((host.session_id, VIDEO))
            await viewer.answer_offer()
            before = viewer.subscriber.remoteDescription.sdp
            request = signal.ICERestartRequest(
                session_id=viewer.session_id, peer_type=models.PEER_TYPE_SUBSCRIBER
            )
            await viewer.rpc("IceRestart", request, signal.ICERestartResponse)
            # On a busy machine the first offer is repeated before its answer has come.
            offer = await viewer.event("subscriber_offer", lambda offer: bool(offer.ice_restart))
            assert _ufrag(offer.sdp) != _ufrag(before)

    run(scenario)


def test_binary_and_json_say_the_same_and_unknown_fields_are_ignored(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            viewer = served.client("viewer")
            await viewer.join()
            request = signal.UpdateSubscriptionsRequest(session_id=viewer.session_id)
            # Field 99 as a later SDK might send it.
            binary = await viewer.raw(
                "UpdateSubscriptions", request.SerializeToString() + b"\x98\x06\x01", "application/protobuf"
            )
            assert binary.headers["content-type"] == "application/protobuf"
            assert signal.UpdateSubscriptionsResponse.FromString(binary.content) == (
                signal.UpdateSubscriptionsResponse()
            )
            text = {"sessionId": viewer.session_id, "tracks": [], "negotiationId": 7}
            answer = await viewer.raw("UpdateSubscriptions", json.dumps(text).encode())
            assert (answer.status_code, answer.json()) == (200, {})

    run(scenario)


def test_unknown_method_is_refused_loudly_and_readable_for_pages(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            viewer = served.client("viewer")
            answer = await viewer.raw("StartRecordingOfEverything", b"{}")
            assert (answer.status_code, answer.json()["code"]) == (501, "unimplemented")
            assert answer.headers["access-control-allow-origin"] == "*"
            [entry] = served.journal.entries(operation="Unknown")
            assert (entry["door"], entry["status"]) == ("sfu_rpc", 501)

    run(scenario)


@pytest.mark.parametrize(("body", "kind"), [(b"{", "application/json"), (b"\xff", "application/protobuf")])
def test_malformed_request_is_a_twirp_error(run: Run, body: bytes, kind: str) -> None:
    async def scenario() -> None:
        async with serving() as served:
            answer = await served.client("viewer").raw("SendAnswer", body, kind)
            assert (answer.status_code, answer.json()["code"]) == (400, "malformed")

    run(scenario)


def test_body_without_end_is_not_read(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            answer = await served.client("viewer").raw("SendStats", b" " * (LARGEST_BODY + 1))
            assert (answer.status_code, answer.json()["code"]) == (413, "resource_exhausted")

    run(scenario)


def test_malformed_sdp_is_a_validation_error(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host = served.host()
            await host.join()
            infos = [models.TrackInfo(track_id="t", track_type=VIDEO, mid="0")]
            response = await host.set_publisher("this is no SDP", infos)
            assert response.error.code == models.ERROR_CODE_REQUEST_VALIDATION_FAILED
            assert "v=0" in response.error.message

    run(scenario)


def test_first_message_that_is_no_join_request_ends_the_connection(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            viewer = served.client("viewer")
            await viewer.open()
            await viewer.send(events.SfuRequest())
            assert (await viewer.event("error")).error.code == models.ERROR_CODE_REQUEST_VALIDATION_FAILED

    run(scenario)


def test_journal_tells_the_story_without_secrets(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            await host.publish(Grey(60))
            await viewer.subscribe((host.session_id, VIDEO))
            await viewer.answer_offer()
            entries = served.journal.entries(call_cid=CID)
            told = [(each["operation"], each["user_id"]) for each in entries]
            for expected in (("JoinRequest", "host"), ("SetPublisher", "host"), ("SendAnswer", "viewer")):
                assert expected in told
            [published] = served.journal.entries(operation="SetPublisher")
            assert published["detail"]["tracks"] == ["TRACK_TYPE_VIDEO"]
            written = json.dumps(served.journal.entries())
            assert host.token not in written
            assert "ice-pwd" not in written

    run(scenario)


def test_statistics_and_noise_cancellation_are_accepted(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            viewer = served.client("viewer")
            await viewer.join()
            for method in ("SendStats", "SendMetrics", "StartNoiseCancellation", "StopNoiseCancellation"):
                request = json_format.ParseDict({"sessionId": viewer.session_id}, signal.SendStatsRequest())
                answer = await viewer.raw(method, json_format.MessageToJson(request).encode())
                assert (answer.status_code, answer.json()) == (200, {})

    run(scenario)


def _ufrag(sdp: str) -> str:
    return next(line for line in sdp.splitlines() if line.startswith("a=ice-ufrag:"))


def test_cameras_are_asked_for_the_codec_and_the_layers_that_were_set(run: Run) -> None:
    async def scenario() -> None:
        async with serving(camera=CameraOptions("h264", 3)) as served:
            joined = await served.host().join()
            asked = {each.track_type: each for each in joined.publish_options}
            camera, screen = asked[models.TRACK_TYPE_VIDEO], asked[models.TRACK_TYPE_SCREEN_SHARE]
            assert (camera.codec.name, camera.max_spatial_layers) == ("h264", 3)
            assert (screen.codec.name, screen.max_spatial_layers) == ("vp8", 1)

    run(scenario)
