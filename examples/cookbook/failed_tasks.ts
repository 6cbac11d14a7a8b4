/**
 * Every detail of the tasks that fail, and nothing of the others: the caller's handlers get what a
 * task logs only once something goes wrong in it. A task that is fine all the way leaves no line,
 * so the level can be DEBUG in production.
 *
 *     deno run --allow-read examples/cookbook/failed_tasks.ts
 *
 * Prints on stderr the four lines of a task that finds a broken row, none of the two tasks beside it,
 * then the line of a task that throws, and its error.
 */

import { basicConfig, getLogger, Parallel, task } from "@paralog/paralog";

const logger = getLogger("import");

export const importTable = task(import.meta, function importTable(table: string): number {
  logger.debug("%s: reads", table);
  if (table === "sales") throw new RangeError("there is no table sales");
  let rows = 0;
  for (const row of ["1;apple", table === "staff" ? "2,pear" : "2;pear"]) {
    const [id, name] = row.split(";");
    if (name === undefined) logger.error("%s: row %j has no name", table, row);
    else logger.debug("%s: row %d is %s", table, Number(id), name);
    rows++;
  }
  logger.info("%s: has %d rows", table, rows);
  return rows;
});

async function main(): Promise<void> {
  basicConfig({ level: "DEBUG", format: "%(levelname)-5s %(message)s" });
  await using parallel = new Parallel(2);
  const options = { taskLogs: "fingersCrossed" } as const;
  await parallel.map(importTable, ["fruit", "staff", "plants"], options);
  try {
    await parallel.map(importTable, ["sales"], options);
  } catch (error) {
    console.error(`${error}`);
  }
}

if (import.meta.main) await main();
