import { createContext, useContext } from "react";
import type { Config } from "./config.ts";
import type { Supabase } from "./supabase.ts";

/** What every page works with: made once, before the first page is drawn. */
export interface Services {
  config: Config;
  supabase: Supabase;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error("useServices was called outside of ServicesContext");
  return services;
}
