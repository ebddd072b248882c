import {
  type Call,
  hasAudio,
  hasVideo,
  ParticipantsAudio,
  StreamCall,
  type StreamVideoParticipant,
} from "@stream-io/video-react-sdk";
import { useEffect, useRef } from "react";
import { hostOf, watching } from "./audience.ts";
import { useObservable } from "./observe.ts";
import type { Party } from "./party.ts";

/** The host's picture and sound, and how many watch. */
export function LivePicture({ call, party }: { call: Call; party: Party }) {
  const participants = useObservable(call.state.participants$) ?? [];
  const silenced = useObservable(call.blockedAudioTracker.autoplayBlocked$);
  const host = hostOf(participants, party);
  return (
    <StreamCall call={call}>
      <div className="stage">
        <Picture call={call} host={host} />
        {!(host && hasVideo(host)) && (
          <p className="stage-note">{host ? "The host’s camera is off" : "The host is away for a moment"}</p>
        )}
        <ParticipantsAudio participants={participants} />
      </div>
      <div className="controls">
        <p className="audience">{watching(participants, party)}</p>
        {host && !hasAudio(host) && <p className="hint">The host’s microphone is off</p>}
        <span className="spacer" />
        {silenced && (
          <button className="primary" type="button" onClick={() => call.resumeAudio()}>
            Play sound
          </button>
        )}
      </div>
    </StreamCall>
  );
}

function Picture({ call, host }: { call: Call; host: StreamVideoParticipant | undefined }) {
  const video = useRef<HTMLVideoElement>(null);
  const sessionId = host?.sessionId;
  useEffect(() => {
    // Also tells Stream how large the picture is drawn, so the element must have its size by now.
    if (video.current && sessionId) return call.bindVideoElement(video.current, sessionId, "videoTrack");
  }, [call, sessionId]);
  return <video ref={video} aria-label="Live picture" autoPlay playsInline muted />;
}
