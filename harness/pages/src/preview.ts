import { useCallback, useEffect, useRef, useState } from "react";
import { mediaDevices } from "./media-devices.ts";

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
    track?.addEventListener("ended", onEnded);
    return () => {
      track?.removeEventListener("ended", onEnded);
      track?.stop();
    };
  }, [stream]);

  const start = useCallback(async () => {
    wanted.current = true;
    const started = await mediaDevices().getUserMedia({ video: { width: 1280, height: 720 } });
    if (wanted.current) setStream(started);
    else started.getTracks().forEach((track) => track.stop());
  }, []);
  const stop = useCallback(() => {
    wanted.current = false;
    setStream(null);
  }, []);
  useEffect(() => stop, [stop]);
  return { stream, start, stop };
}
