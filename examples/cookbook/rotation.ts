/**
 * "Using file rotation" of Python's logging cookbook: when the file has reached its size it is
 * renamed, and a new one begins; five old ones are kept.
 *
 *     deno run --allow-read --allow-write examples/cookbook/rotation.ts [FOLDER]
 *
 * Writes to the folder (default: the current one), and prints the names of the six files.
 */

import { getLogger, RotatingFileHandler } from "@paralog/paralog/logging";

const FILENAME = "logging_rotatingfile_example.out";

function main(folder: string): void {
  const logger = getLogger("MyLogger");
  logger.setLevel("DEBUG");
  // Far too small, so that there is something to see.
  logger.addHandler(
    new RotatingFileHandler(`${folder}/${FILENAME}`, { maxBytes: 20, backupCount: 5 }),
  );
  for (let i = 0; i < 20; i++) logger.debug("i = %d", i);

  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
  for (const name of names.filter((name) => name.startsWith(FILENAME)).sort()) console.log(name);
}

if (import.meta.main) main(Deno.args[0] ?? ".");
