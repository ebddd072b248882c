import { PartyError } from "./errors.ts";
import type { CallIds } from "./log.ts";
import type { Supabase } from "./supabase.ts";

/** A row of `public.parties`. Its id is the callId on Stream. */
export interface Party {
  id: string;
  host_id: string;
  title: string;
  is_live: boolean;
  /** The callId of the party's call; null until it was live for the first time. */
  stream_app_id: string | null;
}

export const CALL_TYPE = "livestream";
const COLUMNS = "id, host_id, title, is_live, stream_app_id";
const NEWEST = 50;

export function callIds(partyId: string): CallIds {
  return { callType: CALL_TYPE, callId: partyId };
}

/** The party, or null when there is none with this id. */
export async function findParty(supabase: Supabase, id: string): Promise<Party | null> {
  return read(supabase, "The party", () => supabase.from("parties").select(COLUMNS).eq("id", id).maybeSingle<Party>());
}

export async function listParties(supabase: Supabase): Promise<Party[]> {
  const newestFirst = { ascending: false };
  const query = () => supabase.from("parties").select(COLUMNS).order("created_at", newestFirst).limit(NEWEST);
  return (await read(supabase, "The parties", () => query().returns<Party[]>())) ?? [];
}

interface Answer<T> {
  data: T | null;
  error: { message: string } | null;
  status: number;
}

/** Parties are public. A stored session that is no longer good would hide them, so it is dropped, and asked again. */
async function read<T>(supabase: Supabase, what: string, query: () => PromiseLike<Answer<T>>): Promise<T | null> {
  let answer = await query();
  if (answer.status === 401) {
    await supabase.auth.signOut({ scope: "local" });
    answer = await query();
  }
  const { data, error } = answer;
  if (error) throw new PartyError(`${what} could not be loaded: ${error.message}. Please refresh the page.`);
  return data;
}

export function markLive(supabase: Supabase, id: string): Promise<void> {
  return update(supabase, id, { is_live: true, stream_app_id: id });
}

export function markNotLive(supabase: Supabase, id: string): Promise<void> {
  return update(supabase, id, { is_live: false });
}

async function update(supabase: Supabase, id: string, values: Partial<Party>): Promise<void> {
  const { data, error } = await supabase.from("parties").update(values).eq("id", id).select(COLUMNS).returns<Party[]>();
  if (error) throw new PartyError(`The party could not be saved: ${error.message}. Please try again.`);
  // A row that the policies hide from this user is not an error for the database: it just changes nothing.
  const [saved] = data ?? [];
  if (!saved) throw new PartyError("The party could not be saved: only its host may change it.");
  const wanted = Object.entries({ id, ...values });
  if (data.length !== 1 || wanted.some(([name, value]) => saved[name as keyof Party] !== value)) {
    throw new PartyError("The party could not be saved: the database kept something else. Please try again.");
  }
}
