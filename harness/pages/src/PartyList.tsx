import { useEffect, useState } from "react";
import { Alert } from "./Alert.tsx";
import { sentenceFor } from "./errors.ts";
import { listParties, type Party } from "./party.ts";
import { useServices } from "./services.ts";

export function PartyList({ userId }: { userId: string }) {
  const { supabase } = useServices();
  const [parties, setParties] = useState<Party[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    listParties(supabase).then(setParties, (problem: unknown) => setError(sentenceFor(problem)));
  }, [supabase]);

  return (
    <section>
      <h1>Parties</h1>
      <Alert text={error} />
      {parties?.length === 0 && <p className="hint">There is no party yet.</p>}
      <ul className="parties">
        {parties?.map((party) => (
          <li key={party.id}>
            <PartyLink party={party} own={party.host_id === userId} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function PartyLink({ party, own }: { party: Party; own: boolean }) {
  return (
    <a className="card party" href={own ? `/party/${party.id}/host` : `/party/${party.id}`}>
      <span className="party-title">{party.title}</span>
      {own && <span className="badge">You host</span>}
      {party.is_live && <span className="badge live">Live</span>}
    </a>
  );
}
