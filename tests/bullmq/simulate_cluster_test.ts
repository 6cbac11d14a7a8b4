/** The simulation that docs/distributed.md has its numbers from: it runs, and what it counts is what the page says. */

import { assert, assertEquals } from "@std/assert";
import { hasRedis } from "../support/redis_server.ts";
import { ROOT, runDeno } from "../support/run_deno.ts";

const NAME =
  "simulate_cluster.ts counts connections, commands and bytes as docs/distributed.md says";

const SIMULATION = [
  ...["run", "-A", "tools/simulate_cluster.ts", "--json", "--batch-size=1", "--records=1"],
  ...["--agents=20", "--slots=2", "--call-ms=100", "--seconds=3", "--idle-seconds=2"],
];

/** The number that a pattern's first group finds on the page. */
function said(page: string, pattern: RegExp): number {
  const [, number] = pattern.exec(page.replace(/\s+/g, " ")) ?? [];
  assert(number, `the page has nothing like ${pattern}`);
  return Number(number);
}

Deno.test({
  name: hasRedis ? NAME : `${NAME} (skipped: redis-server is not installed)`,
  ignore: !hasRedis,
  fn: async () => {
    const { code, stdout, stderr } = await runDeno(SIMULATION);
    assertEquals(code, 0, stderr);
    const { calls, batches, connections, idle, busy } = JSON.parse(stdout);
    assertEquals([calls, batches], [1200, 1200]);
    const page = await Deno.readTextFile(new URL("docs/distributed.md", ROOT));
    assertEquals(connections, said(page, /An agent has (\d) connections/));
    // Of few agents and of short times a bigger part is what comes once.
    const isNear = (measured: number, expected: number) => measured < 2.5 * expected;
    const received = said(page, /a batch of one small call is ([\d.]+) KB to Redis/);
    const sent = said(page, /a batch of one small call is .*? KB to Redis, ([\d.]+) KB from it/);
    assert(isNear(busy.received / batches, 1000 * received), `${busy.received / batches} bytes`);
    assert(isNear(busy.sent / batches, 1000 * sent), `${busy.sent / batches} bytes`);
    assert(busy.commands / batches < 60, `${busy.commands / batches} commands a batch`);
    assert(idle.commands / idle.seconds / 20 < 10, `${idle.commands} commands while idle`);
  },
});
