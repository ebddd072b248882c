import { useEffect, useRef } from "react";

/** What the host's camera sees, mirrored as people know themselves. Never with sound. */
export function OwnPicture({ stream }: { stream: MediaStream | null }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  return (
    <div className="stage">
      <video ref={video} className="mirrored" aria-label="Your camera" autoPlay playsInline muted />
      {!stream && <p className="stage-note">Your camera is off</p>}
    </div>
  );
}
