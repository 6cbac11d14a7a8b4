/** Reads levels while another thread changes them, and says what it saw that was wrong. */

import { SharedLevels } from "../../src/relay/level_page.ts";

const worker = self as unknown as DedicatedWorkerGlobalScope;

worker.onmessage = ({ data }: MessageEvent<{ page: SharedArrayBuffer; stop: Int32Array }>) => {
  const levels = new SharedLevels(data.page);
  const wrong = new Set<string>();
  while (Atomics.load(data.stop, 0) === 0) {
    const seen = [...levels.levels().values()];
    // A table of n loggers has the level n for each.
    if (seen.some((level) => level !== seen.length)) wrong.add(seen.join());
    Atomics.add(data.stop, 1, 1);
  }
  // Asked for what the levels are from now on.
  if (Atomics.load(data.stop, 0) === 2) {
    const now = [...levels.levels()].map(([name, level]) => `${name}=${level}`).join();
    return worker.postMessage([now]);
  }
  worker.postMessage([...wrong]);
};
