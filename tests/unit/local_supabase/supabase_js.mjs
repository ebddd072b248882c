// Does through the real @supabase/supabase-js what the pages do, and prints what came of it as JSON.
// Standard input: {modules, url, anonKey, serviceRoleKey, email, password, partyId, hostId, otherEmail, otherPassword}.

import { createRequire } from "node:module";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const given = JSON.parse(await text(process.stdin));
const { createClient } = createRequire(join(given.modules, "from-here.cjs"))("@supabase/supabase-js");
const auth = { persistSession: false, autoRefreshToken: false };
const client = (key) => createClient(given.url, key, { auth });

const told = ({ data, error, count, status }) => ({
  data: data ?? null,
  error: error && { name: error.name, code: error.code, status: error.status ?? null, message: error.message },
  count: count ?? null,
  status: status ?? null,
});

const host = client(given.anonKey);
const viewer = client(given.anonKey);
const anonymous = client(given.anonKey);
const service = client(given.serviceRoleKey);
const { hostId, partyId } = given;
const ownParty = (who, row) => who.from("parties").update(row).eq("id", partyId);

const results = {};
const step = async (name, promise) => {
  results[name] = told(await promise);
};

await step("wrong password", host.auth.signInWithPassword({ email: given.email, password: "wrong" }));
await step("sign in", host.auth.signInWithPassword({ email: given.email, password: given.password }));
await step("user", host.auth.getUser());
await step("claims", host.auth.getClaims());
await step("refresh", host.auth.refreshSession());
await step("unknown refresh token", anonymous.auth.refreshSession({ refresh_token: "zzzzzzzzzzzz" }));
await viewer.auth.signInWithPassword({ email: given.otherEmail, password: given.otherPassword });

await step("single", host.from("parties").select("id,title,is_live").eq("id", partyId).single());
await step("maybe none", host.from("parties").select().eq("title", "no such").maybeSingle());
await step("none", host.from("parties").select().eq("title", "no such").single());
await step("count", host.from("parties").select("*", { count: "exact", head: true }).eq("id", partyId));
const ofHost = () => host.from("parties").select("title").eq("host_id", hostId);
await step(
  "ordered",
  ofHost().in("title", ["b, \"x\"", "a", "c"]).order("title", { ascending: false }).limit(2),
);
await step("filters", ofHost().is("stream_app_id", null).not("title", "eq", "a").ilike("title", "C%"));
await step("unknown column", host.from("parties").select("nope"));
await step("unknown table", host.from("nope").select());

await step("anonymous goes live", ownParty(anonymous, { is_live: true }));
await step("viewer goes live", ownParty(viewer, { is_live: true }).select());
await step("viewer goes live, single", ownParty(viewer, { is_live: true }).select().single());
await step("host goes live", ownParty(host, { is_live: true, stream_app_id: partyId }).select("is_live,stream_app_id").single());
await step("host ends", ownParty(host, { is_live: false }));
await step("after", anonymous.from("parties").select("is_live,stream_app_id").eq("id", partyId).single());

await step("admin without right", host.auth.admin.createUser({ email: "x@example.com", password: "long enough" }));
const wanted = { email: `${crypto.randomUUID()}@example.com`, password: "long enough", email_confirm: true, user_metadata: { name: "Zoë" } };
const made = await service.auth.admin.createUser(wanted);
await step("admin makes a user", Promise.resolve(made));
await step("taken", service.auth.admin.createUser(wanted));
await step("service inserts", service.from("parties").insert({ host_id: made.data.user.id, title: "new" }).select("title,is_live").single());
await step("service deletes", service.from("parties").delete().eq("host_id", made.data.user.id));
await step("admin removes a user", service.auth.admin.deleteUser(made.data.user.id));

const { data: { session } } = await host.auth.getSession();
await step("sign out", host.auth.signOut());
await step("user after", anonymous.auth.getUser(session.access_token));

process.stdout.write(JSON.stringify(results));
