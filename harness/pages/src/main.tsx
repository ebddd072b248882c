import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { loadConfig } from "./config.ts";
import { ServicesContext } from "./services.ts";
import { ensureStorage } from "./storage.ts";
import { createSupabase } from "./supabase.ts";
import "./styles.css";

const root = createRoot(document.getElementById("root")!);

try {
  ensureStorage();
  const config = await loadConfig();
  const services = { config, supabase: createSupabase(config) };
  root.render(
    <StrictMode>
      <ServicesContext value={services}>
        <App />
      </ServicesContext>
    </StrictMode>,
  );
} catch (error) {
  root.render(
    <main>
      <h1>Listening party</h1>
      <p className="alert" role="alert">
        The page could not be set up: {(error as Error).message}. Please refresh, or tell whoever runs this site.
      </p>
    </main>,
  );
}
