import { useCallback, useEffect, useRef, useState } from "react";
import { capture, stopTracks } from "./capture.ts";

export interface Preview {
  stream: MediaStream | null;
  start: () => Promise<void>;
  stop: () => void;
}

/** The host's own camera before going live. Asks for the camera only when started. */
export function usePreview(): Preview {
  const [stream, setStream] = useState<MediaStream | null>(null);
  const wanted = useRef(false);
  useEffect(() => {
    const [track] = stream?.getVideoTracks() ?? [];
    const onEnded = () => setStream(null);
    if (track?.readyState === "ended") onEnded();
    track?.addEventListener("ended", onEnded);
    return () => {
      track?.removeEventListener("ended", onEnded);
      stopTracks(stream);
    };
  }, [stream]);

  const start = useCallback(async () => {
    wanted.current = true;
    const started = await capture("camera");
    if (wanted.current) setStream(started);
    else stopTracks(started);
  }, []);
  const stop = useCallback(() => {
    wanted.current = false;
    setStream(null);
  }, []);
  useEffect(() => stop, [stop]);
  return { stream, start, stop };
}
