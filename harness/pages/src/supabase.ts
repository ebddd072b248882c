import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Config } from "./config.ts";

export type Supabase = SupabaseClient;

export function createSupabase(config: Config): Supabase {
  return createClient(config.supabaseUrl, config.supabaseAnonKey);
}
