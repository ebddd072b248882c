"""The SFU's two doors as clients use them: who may enter, who hears of what, and how the SFU says no."""

import asyncio
import json

import pytest

from harness.local_stream.sfu.protocol import events, json_format, models, signal
from harness.local_stream.sfu.token import Grant, SfuUser, mint
from tests.unit.local_stream.sfu.conftest import Run
from tests.unit.local_stream.sfu.pictures import Grey, Tone
from tests.unit.local_stream.sfu.served import CID, HOST_MAY, SECRET, serving

VIDEO, AUDIO = models.TRACK_TYPE_VIDEO, models.TRACK_TYPE_AUDIO
FAST = models.WEBSOCKET_RECONNECT_STRATEGY_FAST
REJOIN = models.WEBSOCKET_RECONNECT_STRATEGY_REJOIN
DISCONNECT = models.WEBSOCKET_RECONNECT_STRATEGY_DISCONNECT


def test_join_shows_the_call_and_tells_the_others(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            first = await host.join()
            second = await viewer.join()
            assert [each.user_id for each in first.call_state.participants] == ["host"]
            assert [each.user_id for each in second.call_state.participants] == ["host", "viewer"]
            assert not second.reconnected
            assert second.fast_reconnect_deadline_seconds == 10
            [shown] = [each for each in second.call_state.participants if each.user_id == "host"]
            assert (shown.name, list(shown.roles), shown.custom["colour"]) == ("Host", ["user"], "green")
            assert shown.track_lookup_prefix
            joined = await host.event("participant_joined")
            assert (joined.call_cid, joined.participant.session_id) == (CID, viewer.session_id)
            await host.event("health_check_response", lambda each: each.participant_count.total == 2)
            assert ("joined", viewer.session_id, "viewer") in served.observer.told

    run(scenario)


def test_publish_options_ask_for_one_layer_of_vp8_and_for_opus(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            options = {each.track_type: each for each in (await served.host().join()).publish_options}
            assert (options[VIDEO].codec.name, options[VIDEO].max_spatial_layers) == ("vp8", 1)
            assert options[AUDIO].codec.name == "opus"
            assert len({each.id for each in options.values()}) == len(options)

    run(scenario)


def test_health_check_is_answered_with_the_count(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host = served.host()
            await host.join()
            await host.event("health_check_response")
            await host.send(events.SfuRequest(health_check_request=events.HealthCheckRequest()))
            assert (await host.event("health_check_response")).participant_count.total == 1

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
            offer = await viewer.event("subscriber_offer")
            assert offer.ice_restart
            assert _ufrag(offer.sdp) != _ufrag(before)

    run(scenario)


def test_leaving_tells_the_others(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            await host.leave()
            left = await viewer.event("participant_left")
            assert left.participant.session_id == host.session_id
            await viewer.event("health_check_response", lambda each: each.participant_count.total == 1)
            await viewer.until(
                lambda: ("left", host.session_id, "host") in served.observer.told, "observer told"
            )

    run(scenario)


def test_who_vanishes_is_removed_after_the_time_out(run: Run) -> None:
    async def scenario() -> None:
        async with serving(vanish_seconds=0.3) as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            started = asyncio.get_running_loop().time()
            await host.vanish()
            await viewer.event("participant_left")
            assert asyncio.get_running_loop().time() - started >= 0.3
            assert [each["user_id"] for each in served.sfu.participants(CID)] == ["viewer"]

    run(scenario)


def test_who_falls_silent_counts_as_vanished(run: Run) -> None:
    async def scenario() -> None:
        async with serving(vanish_seconds=0.1, silence_seconds=0.3) as served:
            await served.host().join()
            await served.clients[0].until(
                lambda: "left" in [each[0] for each in served.observer.told], "left"
            )

    run(scenario)


def test_fast_reconnect_finds_the_same_participant(run: Run) -> None:
    async def scenario() -> None:
        async with serving(vanish_seconds=5) as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            await host.publish(Grey(60))
            await viewer.subscribe((host.session_id, VIDEO))
            await viewer.answer_offer()
            await viewer.vanish()
            response = await viewer.join(strategy=FAST)
            assert response.reconnected
            assert (await viewer.event("subscriber_offer")).ice_restart
            assert [each[0] for each in served.observer.told] == ["joined", "joined"]

    run(scenario)


def test_rejoin_leaves_no_double(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            again = served.host()
            state = (await again.join(strategy=REJOIN, previous_session_id=host.session_id)).call_state
            assert sorted(each.session_id for each in state.participants) == sorted(
                [again.session_id, viewer.session_id]
            )
            left = await viewer.event("participant_left")
            assert left.participant.session_id == host.session_id

    run(scenario)


def test_end_of_the_live_sends_viewers_away_and_keeps_the_host(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            await served.sfu.end_call(CID, "live_ended", keep=lambda user: user.id == "host")
            assert (await viewer.event("call_ended")).reason == models.CALL_ENDED_REASON_LIVE_ENDED
            await host.event("participant_left")
            assert [each["user_id"] for each in served.sfu.participants(CID)] == ["host"]
            assert not [each for each in host.received if each.HasField("call_ended")]
            # The same credentials do not open the door again; new ones do.
            stale = served.client("viewer")
            stale.token = viewer.token
            await stale.open()
            await stale.send(
                events.SfuRequest(join_request=events.JoinRequest(token=stale.token, session_id="s"))
            )
            assert (await stale.event("error")).error.code == models.ERROR_CODE_LIVE_ENDED
            assert (await served.client("viewer").join()).call_state.participants

    run(scenario)


def test_end_of_the_call_sends_everybody_away(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            await served.sfu.end_call(CID, "ended")
            for client in (host, viewer):
                assert (await client.event("call_ended")).reason == models.CALL_ENDED_REASON_ENDED
            assert served.sfu.participants(CID) == []

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


def test_reset_drops_everybody(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            await served.host().join()
            await served.sfu.reset()
            assert served.sfu.participants(CID) == []
            assert (await served.host().join()).call_state.participant_count.total == 1

    run(scenario)


def _ufrag(sdp: str) -> str:
    return next(line for line in sdp.splitlines() if line.startswith("a=ice-ufrag:"))
