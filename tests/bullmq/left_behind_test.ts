/** What is in Redis after a run whose tasks have left something behind. */

import { assert, assertEquals } from "@std/assert";
import { delayed } from "@paralog/paralog";
import { logFiles } from "../support/agent_tasks.ts";
import { agentTest, JobsByHand, startAgent } from "../support/jobs_by_hand.ts";

/** What BullMQ keeps of each queue. */
const OF_QUEUE = /:(meta|events|id|marker)$/;

agentTest("what is logged after a run is gone after a while", async ({ url }) => {
  const folder = await Deno.makeTempDir();
  try {
    await using jobs = new JobsByHand(url);
    await using _ = await startAgent(url);
    const { client, keys, queue } = jobs;
    const stream = keys.stream("run-1");
    const files = ["while the run goes on", "after it"].map((name) => `${folder}/${name}`);
    const id = await jobs.add([delayed(logFiles)(files)]);
    await jobs.answer(id);
    for (const file of files) {
      await client.unlink(stream); // So its caller ends a run.
      await Deno.writeTextFile(file, "");
      await jobs.untilTold(id, ({ records }) => records.at(-1)?.msg === file);
    }
    await queue.remove(id);
    const all = await client.keys("*");
    assert(all.includes(stream));
    const ttls = await Promise.all(all.map(async (key) => [key, await client.ttl(key)] as const));
    const kept = ttls.filter(([key, ttl]) => ttl === -1 && !OF_QUEUE.test(key));
    assertEquals(kept, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
