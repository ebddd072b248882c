/** Where the back ends are. The page server says it at run time, so one build serves every deployment. */
export interface Config {
  supabaseUrl: string;
  supabaseAnonKey: string;
  tokenUrl: string;
  /** Base of a Stream that is not the vendor's, without `/video`; null for the vendor's own. */
  streamBaseUrl: string | null;
}

const REQUIRED = ["supabaseUrl", "supabaseAnonKey", "tokenUrl"] as const;

export async function loadConfig(): Promise<Config> {
  const response = await fetch("/config.json", { cache: "no-store" });
  if (!response.ok) throw new Error(`/config.json was expected with status 200, came with ${response.status}`);
  const config = (await response.json()) as Partial<Config>;
  const missing = REQUIRED.filter((key) => typeof config[key] !== "string");
  if (missing.length > 0) throw new Error(`/config.json does not name ${missing.join(", ")}`);
  return { ...(config as Config), streamBaseUrl: config.streamBaseUrl ?? null };
}
