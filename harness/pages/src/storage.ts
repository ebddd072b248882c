/**
 * Give this page a storage of its own where the browser forbids the real one, as in a frame of another site: reading
 * `localStorage` throws there, which the SDK does not expect. What is stored then is forgotten with the page.
 */
export function ensureStorage(): void {
  try {
    window.localStorage.getItem("");
  } catch {
    Object.defineProperty(window, "localStorage", { value: forgetfulStorage(), configurable: true });
  }
}

function forgetfulStorage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, String(value)),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}
