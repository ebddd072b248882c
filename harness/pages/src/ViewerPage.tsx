import { Alert } from "./Alert.tsx";
import { LivePicture } from "./LivePicture.tsx";
import type { Party } from "./party.ts";
import { Status } from "./Status.tsx";
import { type Moment, useWatching } from "./watching.ts";

const STATUS: Record<Moment, string> = {
  waiting: "Waiting for the host to go live",
  joining: "Joining…",
  live: "Live",
  ended: "The party has ended",
};

export function ViewerPage({ party }: { party: Party }) {
  const { call, moment, error, retry } = useWatching(party);
  return (
    <main className="stage-page">
      <div className="heading">
        <h1>{party.title}</h1>
        <Status text={STATUS[moment]} live={moment === "live"} />
      </div>
      <Alert text={error} />
      {call && moment === "live" ? (
        <LivePicture call={call} party={party} />
      ) : (
        <div className="stage">
          <p className="stage-note">{moment === "ended" ? "Thank you for watching" : "The picture starts by itself"}</p>
        </div>
      )}
      {error && (
        <button className="primary" type="button" onClick={retry}>
          Try again
        </button>
      )}
    </main>
  );
}
