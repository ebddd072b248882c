import { useEffect, useState } from "react";
import { Alert } from "./Alert.tsx";
import { type Device, DEVICES, LABELS, type Wait } from "./capture.ts";
import { DevicePicker } from "./DevicePicker.tsx";
import { useDeviceWarnings, usePreviewWarnings } from "./device-warnings.ts";
import { PartyError } from "./errors.ts";
import type { Devices } from "./go-live.ts";
import { type Phase, useHosting } from "./hosting.ts";
import { useObservable } from "./observe.ts";
import { OwnPicture } from "./OwnPicture.tsx";
import type { Party } from "./party.ts";
import { usePreview } from "./preview.ts";
import { useServices } from "./services.ts";
import { Status } from "./Status.tsx";
import { watching } from "./audience.ts";

const STATUS: Record<Phase, string> = {
  "not live": "Not live",
  elsewhere: "Live, but not from this page",
  "going live": "Going live…",
  live: "You are live",
  ending: "You are live",
  ended: "Party ended",
};

const NOT_THE_HOST = "Only the host of this party can go live.";

export function HostPage({ party, userId }: { party: Party; userId: string | null }) {
  const { supabase } = useServices();
  const hosting = useHosting(party);
  // What was said to one person is not about the next. Who was signed out still has to read why: a broken session
  // ends by itself, soon after it was refused.
  useEffect(() => {
    if (userId !== null) hosting.clearError();
  }, [userId, hosting.clearError]);
  const preview = usePreview();
  const [wanted, setWanted] = useState<Devices>({ camera: true, microphone: true });
  const call = hosting.live?.call;
  const participants = useObservable(call?.state.participants$);
  const camera = useObservable(call?.camera.state.status$);
  const microphone = useObservable(call?.microphone.state.status$);
  const stream = useObservable(call?.camera.state.mediaStream$);
  const [onAirWarnings, previewWarnings] = [useDeviceWarnings(hosting.live), usePreviewWarnings(preview.stream)];
  const warnings = call ? onAirWarnings : previewWarnings;
  const isElsewhere = hosting.phase === "elsewhere";
  const onAir = hosting.phase === "live" || hosting.phase === "ending";
  const busy = hosting.phase === "going live" || hosting.phase === "ending";
  // While live the buttons show what the devices really do: they can stop by themselves.
  const on: Devices = call ? { camera: camera === "enabled", microphone: microphone === "enabled" } : wanted;

  const goLive = async (devices: Devices, unchecked = false) => {
    // At the click: what was said before is not about this attempt.
    hosting.clearError();
    const { data } = await supabase.auth.getSession();
    if (data.session && data.session.user.id !== party.host_id) {
      return hosting.fail(new PartyError(NOT_THE_HOST));
    }
    // One capture of the camera at a time: the preview's ends before the broadcast's begins.
    preview.stop();
    await hosting.start(devices, unchecked);
  };

  const toggle = async (device: Device) => {
    hosting.clearError();
    setWanted({ ...on, [device]: !on[device] });
    if (device === "camera" && on.camera) preview.stop();
    const failed = `${LABELS[device]} failed`;
    await hosting.live?.devices.toggle(device).catch((problem: unknown) => hosting.fail(problem, failed));
  };

  const togglePreview = async () => {
    hosting.clearError();
    if (preview.stream) return preview.stop();
    await preview.start().catch((problem: unknown) => hosting.fail(problem, "The preview failed"));
  };

  if (userId !== null && userId !== party.host_id) return <NotTheHost party={party} />;
  return (
    <main className="stage-page">
      <div className="heading">
        <h1>{party.title}</h1>
        <Status text={hosting.wait ? waitingFor(hosting.wait) : STATUS[hosting.phase]} live={onAir || isElsewhere} />
        {onAir && participants && <p className="audience">{watching(participants, party)}</p>}
      </div>
      <Alert text={hosting.error} />
      {warnings.map((warning) => (
        <Alert key={warning} text={warning} />
      ))}
      {hosting.offers.length > 0 && (
        <div className="controls">
          {hosting.offers.map(({ label, devices, unchecked }) => (
            <button key={label} type="button" onClick={() => goLive(devices, unchecked)}>
              {label}
            </button>
          ))}
        </div>
      )}
      <OwnPicture stream={(call ? on.camera && stream : preview.stream) || null} />
      {isElsewhere && (
        <p className="hint">
          You are live in another tab or on another device, or this page was opened again. Go live to broadcast from here.
        </p>
      )}
      <div className="controls">
        {userId !== null &&
          DEVICES.map((device) => (
            <button
              key={device}
              className="device"
              type="button"
              aria-pressed={on[device]}
              disabled={busy}
              onClick={() => toggle(device)}
            >
              {LABELS[device]}
            </button>
          ))}
        {userId !== null && !onAir && (
          <button
            type="button"
            aria-pressed={preview.stream !== null}
            disabled={busy || !wanted.camera}
            onClick={togglePreview}
          >
            Preview
          </button>
        )}
        <span className="spacer" />
        {hosting.wait && hosting.phase === "going live" && (
          <button type="button" onClick={hosting.cancel}>
            Stop waiting
          </button>
        )}
        {(onAir || (isElsewhere && userId !== null)) && (
          <button className="danger" type="button" disabled={busy} onClick={hosting.end}>
            End party
          </button>
        )}
        {!onAir && (
          <button className="primary" type="button" disabled={busy} onClick={() => goLive(wanted)}>
            Go live
          </button>
        )}
      </div>
      {!onAir && <DevicePicker disabled={busy} when={`${hosting.phase} ${preview.stream?.id}`} onChoice={preview.stop} />}
      <p className="hint">
        Viewers watch at <a href={`/party/${party.id}`}>{`${location.origin}/party/${party.id}`}</a>
      </p>
    </main>
  );
}

function waitingFor({ device, why }: Wait): string {
  return why === "permission"
    ? `Waiting for permission: please answer your browser's question about the ${device}`
    : `Waiting for your ${device} to start…`;
}

function NotTheHost({ party }: { party: Party }) {
  return (
    <main className="stage-page">
      <h1>{party.title}</h1>
      <Alert text={NOT_THE_HOST} />
      <p>
        <a href={`/party/${party.id}`}>Watch the party</a>
      </p>
    </main>
  );
}
