"""RTCP read and written, against aiortc's own reader and writer."""

from aiortc.rtp import (
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSenderInfo,
    RtcpSrPacket,
    unpack_remb_fci,
)
from hypothesis import given
from hypothesis import strategies as st

from harness.local_stream.sfu import rtcp
from harness.local_stream.sfu.rtcp import ReportBlock, SenderReport


@given(st.sets(st.integers(0, 0xFFFF), min_size=1, max_size=40))
def test_nack_is_read_by_another_and_read_back(lost: set[int]) -> None:
    data = rtcp.negative_acknowledgement(1, 2, sorted(lost))
    [theirs] = RtcpPacket.parse(data)
    assert isinstance(theirs, RtcpRtpfbPacket)
    assert (theirs.media_ssrc, set(theirs.lost)) == (2, lost)
    [ours] = rtcp.read(data)
    assert (rtcp.media_ssrcs(ours), set(rtcp.lost_sequences(ours))) == ([2], lost)


def test_nack_of_another_is_read() -> None:
    [ours] = rtcp.read(bytes(RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=2, lost=[10, 11, 26, 27])))
    assert rtcp.lost_sequences(ours) == [10, 11, 26, 27]


def test_reports_are_read_by_another() -> None:
    block = ReportBlock(2, 64, -5, 70_000, 9, 10, 11)
    [theirs] = RtcpPacket.parse(rtcp.receiver_report(1, [block]))
    assert isinstance(theirs, RtcpRrPacket)
    [report] = theirs.reports
    assert (report.ssrc, report.fraction_lost, report.packets_lost) == (2, 64, -5)
    assert (report.highest_sequence, report.jitter, report.lsr, report.dlsr) == (70_000, 9, 10, 11)


def test_sender_report_of_another_is_read_and_written() -> None:
    theirs = RtcpSrPacket(ssrc=7, sender_info=RtcpSenderInfo(1 << 63, 2, 3, 4))
    [packet] = rtcp.read(bytes(theirs))
    report = SenderReport.read(packet.body)
    assert report == SenderReport(7, 1 << 63, 2, 3, 4)
    assert report.write() == bytes(theirs)


def test_key_frame_requests_name_their_stream() -> None:
    [pli] = rtcp.read(rtcp.picture_loss(1, 2))
    assert (pli.kind, pli.format, rtcp.media_ssrcs(pli)) == (rtcp.PAYLOAD_FEEDBACK, rtcp.PLI, [2])
    fir = RtcpPsfbPacket(fmt=rtcp.FIR, ssrc=1, media_ssrc=0, fci=(5).to_bytes(4, "big") + b"\x01\0\0\0")
    assert rtcp.media_ssrcs(next(rtcp.read(bytes(fir)))) == [5]


@given(st.integers(1_000, 100_000_000))
def test_remb_is_read_by_another(bitrate: int) -> None:
    [theirs] = RtcpPacket.parse(rtcp.maximum_bitrate(1, bitrate, [2, 3]))
    assert isinstance(theirs, RtcpPsfbPacket)
    read, ssrcs = unpack_remb_fci(theirs.fci)
    assert ssrcs == [2, 3]
    assert bitrate * 0.999 < read <= bitrate


@given(st.binary(max_size=80))
def test_any_bytes_are_read_as_far_as_they_are_whole(data: bytes) -> None:
    for packet in rtcp.read(data):
        assert isinstance(rtcp.media_ssrcs(packet), list)
        assert isinstance(rtcp.lost_sequences(packet), list)
        SenderReport.read(packet.body)


def test_report_blocks_are_read_as_they_are_written_in_either_report() -> None:
    blocks = [
        rtcp.ReportBlock(11, 26, -3, 70_000, 5, 6, 7),
        rtcp.ReportBlock(12, 255, 0x7FFFFF, 1, 2, 3, 4),
    ]
    [receiver] = rtcp.read(rtcp.receiver_report(1, blocks))
    assert rtcp.report_blocks(receiver) == blocks
    sender = rtcp.Rtcp(rtcp.SENDER_REPORT, 2, SenderReport(1, 2, 3, 4, 5).write()[4:] + receiver.body[4:])
    assert rtcp.report_blocks(sender) == blocks


def test_report_that_is_cut_short_or_is_none_has_no_blocks() -> None:
    [whole] = rtcp.read(rtcp.receiver_report(1, [rtcp.ReportBlock(11, 1, 1, 1, 1, 1, 1)]))
    assert rtcp.report_blocks(rtcp.Rtcp(whole.kind, 2, whole.body)) == []
    assert rtcp.report_blocks(rtcp.Rtcp(rtcp.PAYLOAD_FEEDBACK, 1, whole.body)) == []
