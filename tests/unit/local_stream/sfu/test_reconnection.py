"""Coming back as the SDKs do: the same participant afterwards, no double, and its tracks flow again."""

from __future__ import annotations

import asyncio

import pytest

from harness.local_stream.sfu.protocol import Message, events, models
from harness.local_stream.sfu.sdp import Description
from tests.unit.local_stream.sfu.client import Client
from tests.unit.local_stream.sfu.conftest import Run
from tests.unit.local_stream.sfu.pictures import Grey, Tone
from tests.unit.local_stream.sfu.served import CID, Served, serving

VIDEO = models.TRACK_TYPE_VIDEO
FAST = models.WEBSOCKET_RECONNECT_STRATEGY_FAST
REJOIN = models.WEBSOCKET_RECONNECT_STRATEGY_REJOIN
MIGRATE = models.WEBSOCKET_RECONNECT_STRATEGY_MIGRATE


def test_a_fast_reconnect_of_nobody_is_told_to_join_anew(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            lost = served.host()
            await lost.open()
            await lost.ask_to_join(strategy=FAST)
            error = await lost.event("error")
            assert error.error.code == models.ERROR_CODE_PARTICIPANT_RECONNECT_FAILED
            assert error.reconnect_strategy == REJOIN
            assert served.sfu.participants(CID) == []
            assert served.observer.told == []

    run(scenario)


def test_a_client_that_is_asked_to_go_away_migrates_with_its_tracks(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = await _watching(served, Grey(60))
            assert await served.sfu.outage("go_away", CID, "host") == [host.session_id]
            assert (await host.event("go_away")).reason == models.GO_AWAY_REASON_REBALANCE
            moved = _second_connection(served, host)
            before = {each.user_id: each for each in (await _migrate(moved)).call_state.participants}
            # Until its tracks are there again, the others see those from before.
            assert list(before["host"].published_tracks) == [VIDEO]
            assert not _events(host, "participant_migration_complete")
            await moved.publish(Grey(200))
            await host.event("participant_migration_complete")
            await viewer.answer_offer()
            async with asyncio.timeout(20):
                assert await viewer.luma(3) == pytest.approx(200, abs=12)
            shown = served.sfu.participants(CID)
            assert sorted(each["session_id"] for each in shown) == sorted(
                [host.session_id, viewer.session_id]
            )
            assert [told for told, *_ in served.observer.told] == ["joined", "joined"]
            assert not _events(viewer, "participant_left")
            assert before["host"].track_lookup_prefix == (await _state(served, host)).track_lookup_prefix

    run(scenario)


def test_client_1_0_migrates_in_its_own_words(run: Run) -> None:
    """It keeps its publishing connection: only another certificate makes that begin DTLS anew."""

    async def scenario() -> None:
        async with serving() as served:
            host, viewer = await _watching(served, Grey(60))
            await host.mute(VIDEO, muted=True)
            moved = _second_connection(served, host)
            await moved.open()
            announced = events.Migration(announced_tracks=[{"track_type": VIDEO}])
            request = events.JoinRequest(token=moved.token, session_id=moved.session_id, migration=announced)
            await moved.send(events.SfuRequest(join_request=request))
            await moved.event("join_response")
            answer = Description.parse((await moved.publish(Grey(200))).sdp)
            await host.event("participant_migration_complete")
            assert not _events(viewer, "participant_left")
            before = Description.parse(host.publisher.remoteDescription.sdp)
            assert answer.transport().fingerprints != before.transport().fingerprints
            assert list((await _state(served, host)).published_tracks) == [], "expected it to stay muted"
            [sender] = host.publisher.getSenders()
            assert sender.transport.state == "connected", "expected no goodbye"

    run(scenario)


def test_tracks_that_change_hands_get_sections_of_their_own(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = served.host(), served.client("viewer")
            await host.join()
            await viewer.join()
            await viewer.subscribe((host.session_id, VIDEO))
            await host.publish(Tone(750), Grey(60))
            before = _mids(await viewer.answer_offer())
            while len(before) < 2:
                before = _mids(await viewer.answer_offer())
            moved = _second_connection(served, host)
            await _migrate(moved)
            await moved.publish(Tone(750), Grey(60))
            # Browsers refuse an offer in which a section that they know has another name at once.
            offer = await viewer.event("subscriber_offer", lambda each: len(_mids(each.sdp)) > 2)
            assert _mids(offer.sdp)[:2] == before

    run(scenario)


def test_a_viewer_migrates_at_once(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = await _watching(served, Grey(60))
            moved = _second_connection(served, viewer)
            wanted = [{"session_id": host.session_id, "track_type": VIDEO}]
            await moved.join(strategy=MIGRATE, subscriptions=wanted)
            await viewer.event("participant_migration_complete")
            await moved.answer_offer()
            async with asyncio.timeout(20):
                assert await moved.luma(3) == pytest.approx(60, abs=12)
            assert len(served.sfu.participants(CID)) == 2

    run(scenario)


def test_a_migration_that_is_never_finished_ends_with_the_old_connection(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = await _watching(served, Grey(60))
            moved = _second_connection(served, host)
            await _migrate(moved)
            await host.vanish()
            await viewer.until(
                lambda: [each["published"] for each in served.sfu.participants(CID)] == [[], []], "settled"
            )
            assert sorted(each["user_id"] for each in served.sfu.participants(CID)) == ["host", "viewer"]
            await moved.leave()
            assert (await viewer.event("participant_left")).participant.session_id == host.session_id

    run(scenario)


def test_a_migration_from_elsewhere_is_a_join(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            response = await served.host().join(strategy=MIGRATE, from_sfu_id="another")
            assert response.call_state.participant_count.total == 1
            assert [told for told, *_ in served.observer.told] == ["joined"]

    run(scenario)


def test_a_websocket_that_breaks_leaves_media_and_participant(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = await _watching(served, Grey(60))
            assert await served.sfu.outage("cut_signalling", CID, "viewer") == [viewer.session_id]
            await viewer.until_closed()
            received = _received(served)
            await host.until(lambda: _received(served) > received + 2_000, "media goes on")
            assert (await viewer.join(strategy=FAST)).reconnected
            assert [told for told, *_ in served.observer.told] == ["joined", "joined"]

    run(scenario)


def test_media_that_is_cut_is_lost_while_signalling_goes_on(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, _ = await _watching(served, Grey(60))
            assert await served.sfu.outage("cut_media", CID, "host") == [host.session_id]
            published, sent = _published(served), await _sent(host)
            async with asyncio.timeout(20):
                while await _sent(host) < sent + 20:
                    # Signalling lives.
                    await host.send(events.SfuRequest(health_check_request=events.HealthCheckRequest()))
                    await host.event("health_check_response")
            assert _published(served) == published

    run(scenario)


def test_a_restart_forgets_everybody_and_tells_nobody_but_the_coordinator(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            host, viewer = await _watching(served, Grey(60))
            assert sorted(await served.sfu.outage("restart", None, None) or []) == sorted(
                [host.session_id, viewer.session_id]
            )
            for client in (host, viewer):
                await client.until_closed()
                assert not _events(client, "call_ended")
            assert served.sfu.participants(CID) == []
            assert sorted(told for told, *_ in served.observer.told) == ["joined", "joined", "left", "left"]
            # It is a working SFU again.
            again = served.host()
            response = await again.join(strategy=REJOIN, previous_session_id=host.session_id)
            assert [each.session_id for each in response.call_state.participants] == [again.session_id]

    run(scenario)


def test_there_is_no_other_outage(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as served:
            assert await served.sfu.outage("explode", None, None) is None
            assert await served.sfu.outage("go_away", "livestream:another", None) == []

    run(scenario)


async def _watching(served: Served, picture: Grey) -> tuple[Client, Client]:
    """A host who publishes a picture, and a viewer who sees it."""
    host, viewer = served.host(), served.client("viewer")
    await host.join()
    await viewer.join()
    await host.publish(picture)
    await viewer.subscribe((host.session_id, VIDEO))
    await viewer.answer_offer()
    async with asyncio.timeout(20):
        await viewer.luma(2)
    return host, viewer


def _mids(sdp: str) -> list[str]:
    return [section.mid for section in Description.parse(sdp).sections]


def _second_connection(served: Served, client: Client) -> Client:
    """The same session, with a WebSocket and peer connections of its own."""
    second = served.host() if client.user_id == "host" else served.client(client.user_id)
    second.session_id = client.session_id
    return second


async def _migrate(moved: Client) -> Message:
    return await moved.join(strategy=MIGRATE, announced_tracks=[{"track_type": VIDEO}])


async def _state(served: Served, host: Client) -> Message:
    """How the host looks to who joins now."""
    state = (await served.client("another").join()).call_state
    return next(each for each in state.participants if each.session_id == host.session_id)


def _events(client: Client, kind: str) -> list[object]:
    return [each for each in client.received if each.WhichOneof("event_payload") == kind]


async def _sent(host: Client) -> int:
    """Packets that the host's own side has sent."""
    [sender] = host.publisher.getSenders()
    report = await sender.getStats()
    return sum(each.packetsSent for each in report.values() if each.type == "outbound-rtp")


def _received(served: Served) -> int:
    [viewer] = [each for each in served.sfu.participants(CID) if each["user_id"] == "viewer"]
    return int(viewer["received_bytes"])


def _published(served: Served) -> int:
    [host] = [each for each in served.sfu.participants(CID) if each["user_id"] == "host"]
    return int(host["published"][0]["bytes"])
