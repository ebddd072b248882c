// Three pages, each with its script; nothing of the harness.
export default {
  logLevel: "error",
  build: { target: "esnext", modulePreload: false, rollupOptions: { input: ["login.html", "studio.html", "tune-in.html"] } },
};
