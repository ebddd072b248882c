import type { Session } from "@supabase/supabase-js";
import { useEffect, useState } from "react";
import { useServices } from "./services.ts";

/** The signed-in session, null without one, undefined until that is known. */
export function useSession(): Session | null | undefined {
  const { supabase } = useServices();
  const [session, setSession] = useState<Session | null>();
  useEffect(() => {
    // Tells the stored session at once (INITIAL_SESSION), then every sign-in, renewal and sign-out.
    const { data } = supabase.auth.onAuthStateChange((_event, current) => setSession(current));
    return () => data.subscription.unsubscribe();
  }, [supabase]);
  return session;
}
