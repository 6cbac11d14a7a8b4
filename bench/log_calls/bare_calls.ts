/**
 * The program behind the row of the least that a disabled call takes: a method that compares two
 * numbers, of eight objects in turn.
 *
 * @module
 */

import { type CallsInput, type CallsOutput, timeCalls } from "./timing.ts";

const INFO = 20;
const DEBUG = 10;

/** What a logger must have at least. */
class BareLogger {
  level = INFO;
  handled = 0;

  debug(message: string): void {
    if (DEBUG >= this.level && message !== "") this.handled++;
  }
}

function main(input: CallsInput): CallsOutput {
  const loggers = Array.from({ length: 8 }, () => new BareLogger());
  const count = () => loggers.reduce((sum, { handled }) => sum + handled, 0);
  const loop = (calls: number) => {
    for (let i = 0; i < calls; i++) loggers[i & 7]?.debug("fetched, checked and stored");
  };
  const ns = timeCalls(loop, input);
  const handled = count();
  for (const logger of loggers) logger.level = DEBUG;
  loop(1);
  return { ns, handled, lifted: count() - handled };
}

if (import.meta.main) console.log(JSON.stringify(main(JSON.parse(Deno.args[0] ?? "{}"))));
