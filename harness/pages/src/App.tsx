import { useEffect, useState } from "react";
import { Alert } from "./Alert.tsx";
import { sentenceFor } from "./errors.ts";
import { HostPage } from "./HostPage.tsx";
import { findParty, type Party } from "./party.ts";
import { PartyList } from "./PartyList.tsx";
import { useServices } from "./services.ts";
import { useSession } from "./session.ts";
import { SignIn } from "./SignIn.tsx";
import { ViewerPage } from "./ViewerPage.tsx";

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const PARTY_ROUTE = new RegExp(`^/party/(${UUID})(/host)?/?$`, "i");

export function App() {
  const { supabase } = useServices();
  const session = useSession();
  return (
    <>
      <header>
        <a className="brand" href="/">
          <img src="/icon.svg" alt="" width="28" height="28" />
          Listening party
        </a>
        {session && (
          <button className="quiet" type="button" onClick={() => supabase.auth.signOut({ scope: "local" })}>
            Sign out
          </button>
        )}
      </header>
      <Page userId={session && session.user.id} />
    </>
  );
}

/** `userId` is null without a session, undefined while that is not known yet. */
interface Visitor {
  userId: string | null | undefined;
}

function Page({ userId }: Visitor) {
  const path = location.pathname;
  const [, partyId, host] = PARTY_ROUTE.exec(path) ?? [];
  if (partyId) return <PartyPage partyId={partyId.toLowerCase()} host={host !== undefined} userId={userId} />;
  if (path !== "/") return <Notice title="Page not found" text="There is no page at this address." />;
  return (
    <main>
      {userId === null && (
        <>
          <h1>Listen together, live</h1>
          <SignIn />
        </>
      )}
      {userId && <PartyList userId={userId} />}
    </main>
  );
}

function PartyPage({ partyId, host, userId }: Visitor & { partyId: string; host: boolean }) {
  const { supabase } = useServices();
  const [party, setParty] = useState<Party | null>();
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    findParty(supabase, partyId).then(setParty, (problem: unknown) => setError(sentenceFor(problem)));
  }, [supabase, partyId]);

  useEffect(() => {
    if (party) document.title = party.title;
  }, [party]);

  if (error) return <Notice title="Something went wrong" text={error} />;
  if (party === null) return <Notice title="Party not found" text="There is no party at this address." />;
  if (party === undefined || userId === undefined) return null;
  if (host) {
    return (
      <>
        <HostPage party={party} userId={userId} />
        {userId === null && <SignIn />}
      </>
    );
  }
  return userId ? (
    <ViewerPage key={userId} party={party} />
  ) : (
    <main>
      <h1>{party.title}</h1>
      <SignIn />
    </main>
  );
}

function Notice({ title, text }: { title: string; text: string }) {
  return (
    <main>
      <h1>{title}</h1>
      <Alert text={text} />
      <p>
        <a href="/">To the parties</a>
      </p>
    </main>
  );
}
