/**
 * Log calls of pino, into a destination that counts lines and writes none.
 */

import { createRequire } from "node:module";

// Not an import: Deno, which checks this file too, would want to know the package.
const pino = createRequire(import.meta.url)("pino");

const { name, calls, repetitions } = JSON.parse(process.argv[2]);
const counts = { handled: 0, length: 0 };
const destination = {
  write: (line) => {
    counts.handled++;
    counts.length += line.length;
  },
};
const logger = pino({ level: "info" }, destination);

function logDebug(calls) {
  for (let i = 0; i < calls; i++) logger.debug("fetched, checked and stored");
}

function logMessages(calls) {
  for (let i = 0; i < calls; i++) logger.info("fetched, checked and stored");
}

const loop = name === "disabled" ? logDebug : logMessages;
const ns = Array.from({ length: repetitions }, () => {
  const start = performance.now();
  loop(calls);
  return (performance.now() - start) * 1e6 / calls;
});
const { handled } = counts;
logger.level = "debug";
loop(1);
console.log(JSON.stringify({ ns, handled, lifted: counts.handled - handled }));
