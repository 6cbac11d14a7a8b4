/** Tasks that say, whenever they are asked, which levels are in force for them. They never yield. */

import { delayed, getLogger, Parallel, task } from "@paralog/paralog";
import { SharedCount } from "./shared_count.ts";

/** Loggers that the tasks log to, each at DEBUG, INFO and ERROR. */
const NAMES = ["root", "app", "app.jobs", "other"] as const;

/** What is logged last in a round, whatever the levels are. */
export const endOf = (round: number) => `end of round ${round}`;

/** Where a task is asked for rounds, and says how many it has done. */
export interface Rounds {
  readonly asked: SharedArrayBuffer;
  readonly done: SharedArrayBuffer;
}

/** Logs a round whenever it is asked to, and blocks its thread in between. */
export const logRounds = task(
  import.meta,
  function logRounds({ asked, done }: Rounds, last: number) {
    for (let round = 1; round <= last; round++) {
      new SharedCount(asked).spinUntil(round);
      if (new SharedCount(asked).isOver) return;
      for (const name of NAMES) {
        const log = getLogger(name);
        for (const level of ["DEBUG", "INFO", "ERROR"]) log.log(level, `${name} ${level}`);
      }
      getLogger("marker").critical(endOf(round));
      new SharedCount(done).add();
    }
  },
);

/** Writes whether DEBUG is enabled for each of some loggers whenever it is asked to. */
export const probeRounds = task(
  import.meta,
  function probeRounds(
    { asked, done }: Rounds,
    last: number,
    names: readonly string[],
    answers: SharedArrayBuffer,
  ) {
    const isEnabled = new Uint8Array(answers);
    const loggers = names.map((name) => getLogger(name));
    for (let round = 1; round <= last; round++) {
      new SharedCount(asked).spinUntil(round);
      if (new SharedCount(asked).isOver) return;
      for (const [n, log] of loggers.entries()) isEnabled[n] = log.isEnabledFor("DEBUG") ? 1 : 0;
      new SharedCount(done).add();
    }
  },
);

/** Has a task of its own do the rounds, inline or in a worker. */
export const nestRounds = task(
  import.meta,
  async function nestRounds(backend: "inline" | "workers", rounds: Rounds, last: number) {
    await new Parallel(1, { backend }).run([delayed(logRounds)(rounds, last)]);
  },
);
