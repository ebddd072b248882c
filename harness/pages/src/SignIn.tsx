import type { AuthError } from "@supabase/supabase-js";
import { type FormEvent, useState } from "react";
import { Alert } from "./Alert.tsx";
import { useServices } from "./services.ts";

export function SignIn() {
  const { supabase } = useServices();
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    const { error } = await supabase.auth.signInWithPassword({
      email: String(fields.get("email")),
      password: String(fields.get("password")),
    });
    // On success the session changes and this form goes away.
    setBusy(false);
    if (error) setError(sentence(error));
  };

  return (
    <form className="card sign-in" onSubmit={submit}>
      <h2>Sign in</h2>
      <Alert text={error} />
      <label>
        E-mail
        <input name="email" type="email" autoComplete="username" required />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button className="primary" type="submit" disabled={busy}>
        Sign in
      </button>
    </form>
  );
}

function sentence(error: AuthError): string {
  if (error.code === "invalid_credentials") return "E-mail or password is wrong.";
  return `Signing in failed: ${error.message}. Please try again.`;
}
