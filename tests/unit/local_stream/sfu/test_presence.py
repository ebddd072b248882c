"""Who is in a call: entering, leaving, vanishing, coming back, and being sent away."""

import asyncio

from harness.local_stream.sfu.protocol import events, models
from tests.unit.local_stream.sfu.conftest import Run
from tests.unit.local_stream.sfu.pictures import Grey
from tests.unit.local_stream.sfu.served import CID, serving

VIDEO = models.TRACK_TYPE_VIDEO
FAST = models.WEBSOCKET_RECONNECT_STRATEGY_FAST
REJOIN = models.WEBSOCKET_RECONNECT_STRATEGY_REJOIN


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


def test_health_check_is_answered_with_the_count(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host = served.host()
            await host.join()
            await host.event("health_check_response")
            await host.send(events.SfuRequest(health_check_request=events.HealthCheckRequest()))
            assert (await host.event("health_check_response")).participant_count.total == 1

    run(scenario)


def test_a_connection_joins_once_and_leaves_nobody_behind(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await viewer.join()
            await host.join()
            first, host.session_id = host.session_id, "another"
            await host.ask_to_join()
            refusal = (await host.event("error")).error
            assert refusal.code == models.ERROR_CODE_REQUEST_VALIDATION_FAILED
            assert "joined already" in refusal.message
            sessions = [each["session_id"] for each in served.sfu.participants(CID)]
            assert sessions == [viewer.session_id, first]
            await host.leave()
            await viewer.event("participant_left")
            assert [each["user_id"] for each in served.sfu.participants(CID)] == ["viewer"]

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


def test_reset_drops_everybody(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            await served.host().join()
            await served.sfu.reset()
            assert served.sfu.participants(CID) == []
            assert (await served.host().join()).call_state.participant_count.total == 1

    run(scenario)
