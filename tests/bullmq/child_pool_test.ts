/** The processes of an agent: which of them a batch gets. */

import { assert, assertEquals } from "@std/assert";
import { delayed } from "@paralog/paralog";
import { square } from "../../src/testing/tasks/values.ts";
import { ChildPool } from "../../src/bullmq/agent/child_pool.ts";
import type { ChildRun, RemoteChild } from "../../src/bullmq/agent/remote_child.ts";
import type { ProcessWishes } from "../../src/parallel/backends/process_command.ts";
import type { ClonedArgs } from "../../src/parallel/wire/process_wire.ts";
import { encodeClone } from "../../src/relay/clone_bytes.ts";
import type { Call } from "../../src/parallel/tasks/task.ts";
import { throwSoon } from "../support/agent_tasks.ts";
import { envelopeOf, type JobWishes } from "../support/jobs_by_hand.ts";

const WISHES: ProcessWishes = { permissions: undefined, memoryLimit: undefined };

function openPool(most: number): { pool: ChildPool; deaths: string[] } {
  const deaths: string[] = [];
  const onIdleDeath = (name: string) => void deaths.push(name);
  return { pool: new ChildPool({ agent: "a", most, idleTimeout: 60_000, onIdleDeath }), deaths };
}

/** Takes a process for a batch of a call. */
function take(
  pool: ChildPool,
  { site, wishes = WISHES }: { site?: JobWishes["site"]; wishes?: ProcessWishes } = {},
): RemoteChild {
  return pool.take(envelopeOf([delayed(square)(2)], { site }), wishes);
}

/** Runs a call, and gives the process back. */
async function runIn(
  pool: ChildPool,
  child: RemoteChild,
  call: Call,
): Promise<{ failed: Promise<void> }> {
  const over = Promise.withResolvers<void>();
  const { promise: failed, resolve: tell } = Promise.withResolvers<void>();
  const run: ChildRun = {
    onFrame: ({ message }) => message?.type === "paralog:uncaught" ? tell() : undefined,
    onOver: () => over.resolve(),
    onLeft: () => {},
  };
  const args: ClonedArgs = { calls: [call.args], initializer: [] };
  const bytes = new Uint8Array(encodeClone(args)).buffer;
  child.start({ batch: envelopeOf([call]).batch, args: bytes }, run);
  await over.promise;
  pool.giveBack(child);
  return { failed };
}

Deno.test("a process that has told of an uncaught error gets no batch, while it has not ended yet", async () => {
  const { pool, deaths } = openPool(1);
  await using _ = pool;
  const first = take(pool);
  const { failed } = await runIn(pool, first, delayed(throwSoon)(20));
  await failed;
  assertEquals([first.isAlive, pool.size], [false, 1]);
  const second = take(pool);
  assert(second.isAlive && second !== first);
  await runIn(pool, second, delayed(square)(3));
  await first.ended;
  assertEquals(deaths, ["Process-1@a"]);
  assert(take(pool) === second);
});

Deno.test("a process gets batches of its own site only, which ask for the same as the one it was started for", async () => {
  const { pool } = openPool(20);
  await using _ = pool;
  const site = { memoryLimit: 200, args: ["a"], maxTasks: 10, maxRecordLength: 1000 };
  const initializer = { task: delayed(square)(1).task, args: [1] };
  const wishes: ProcessWishes = { permissions: { net: ["a:1"] }, memoryLimit: 200 };
  const first = take(pool, { site, wishes });
  await runIn(pool, first, delayed(square)(3));
  const others: Parameters<typeof take>[1][] = [
    { site: { ...site, id: "other" }, wishes },
    { site: { ...site, args: ["a", "b"] }, wishes },
    { site: { ...site, args: ["a,b"] }, wishes },
    { site: { ...site, maxTasks: Infinity }, wishes },
    { site: { ...site, maxRecordLength: 2000 }, wishes },
    { site: { ...site, initializer }, wishes },
    { site, wishes: { ...wishes, memoryLimit: undefined } },
    { site, wishes: { ...wishes, permissions: "none" } },
    { site, wishes: { ...wishes, permissions: { net: ["a:1"], read: true } } },
  ];
  const taken = others.map((other) => take(pool, other));
  assertEquals(taken.indexOf(first), -1);
  assertEquals(new Set(taken).size, others.length);
  assertEquals(taken[1]?.site.args, ["a", "b"]);
  assert(take(pool, { site: { ...site }, wishes: { ...wishes } }) === first);
});
