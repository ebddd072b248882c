import { type CallIds, logError } from "./log.ts";

/** What has to be taken back, newest first. Each part is tried, whatever becomes of the others. */
export class Undo {
  private readonly parts: { what: string; work: () => Promise<unknown> }[] = [];
  private readonly ids: CallIds;

  constructor(ids: CallIds) {
    this.ids = ids;
  }

  add(what: string, work: () => Promise<unknown>): void {
    this.parts.push({ what, work });
  }

  async run(): Promise<void> {
    for (let part = this.parts.pop(); part; part = this.parts.pop()) {
      const { what, work } = part;
      await work().catch((error: unknown) => logError(`Could not ${what}`, this.ids, error));
    }
  }
}

/** `work` tried again after each pause (ms): what others would be left with is worth more than one attempt. */
export function persistently<T>(work: () => Promise<T>, pauses: readonly number[] = [300, 1000]): () => Promise<T> {
  return async () => {
    for (const pause of pauses) {
      try {
        return await work();
      } catch {
        await new Promise((done) => setTimeout(done, pause));
      }
    }
    return work();
  };
}

export async function undoAll(...undos: Undo[]): Promise<void> {
  for (const undo of undos) await undo.run();
}
