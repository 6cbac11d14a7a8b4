/** What an agent logs of BullMQ's errors, and that it goes on. */

import { assertEquals, assertMatch } from "@std/assert";
import { delayed, getLogger } from "@paralog/paralog";
import { square } from "../../src/testing/tasks/values.ts";
import { WatchedHandler } from "../../src/testing/watched_handler.ts";
import { WorkerErrors } from "../../src/bullmq/agent/worker_errors.ts";
import { agentTest, JobsByHand, startAgent, until } from "../support/jobs_by_hand.ts";

agentTest("a job that is none is told once, and the agent goes on", async ({ url }, handler) => {
  await using jobs = new JobsByHand(url);
  const { client, keys } = jobs;
  const id = await jobs.add([delayed(square)(2)]);
  const keyOf = (name: string) => `${keys.prefix}:${keys.queue}:${name}`;
  await client.hset(keyOf("bad1"), { name: "batch", data: "{nonsense", opts: "{}" });
  await client.hset(keyOf("bad2"), { name: "batch", data: "{}", opts: "{nonsense" });
  await client.rpush(keyOf("wait"), "bad1", "bad2"); // They are taken first.
  await using _ = await startAgent(url, { slots: 1, lockDuration: 1000 });
  assertEquals(await jobs.values(id), [4]);
  // Nobody runs them, so they are found, and taken, again.
  await until(async () => await client.hget(keyOf("bad1"), "stc") === "2" || undefined);
  assertEquals(await jobs.values(await jobs.add([delayed(square)(3)])), [9]);
  const told = handler.records.filter(({ msg }) => msg.startsWith("BullMQ"));
  assertEquals(told.map(({ levelName }) => levelName), ["WARN"]);
  assertMatch(told[0]!.msg, /told once: SyntaxError: .+ JSON /);
});

Deno.test("lost connections and lost locks are no warnings; of the others some are remembered", () => {
  const handler = new WatchedHandler();
  const logger = getLogger("paralog.agent");
  logger.addHandler(handler);
  logger.propagate = false;
  try {
    const errors = new WorkerErrors();
    const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    errors.tell(refused);
    errors.tell(new Error("Connection is closed."));
    errors.tell(Object.assign(new Error("Missing lock for job 1. moveToFinished"), { code: -2 }));
    errors.tell(new Error("could not renew lock for job 1"));
    assertEquals(warnings(handler), 0);
    for (let n = 0; n < 150; n++) {
      errors.tell(new Error(`wrong ${n}`));
      errors.tell(new Error("wrong 0"));
    }
    assertEquals(warnings(handler), 150);
    errors.tell(new Error("wrong 1")); // It is forgotten, and so told once more.
    assertEquals(warnings(handler), 151);
  } finally {
    logger.removeHandler(handler);
    logger.propagate = true;
  }
});

function warnings({ records }: WatchedHandler): number {
  return records.filter(({ levelName }) => levelName === "WARN").length;
}
