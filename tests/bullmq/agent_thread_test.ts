/** The agent's own thread, which renews the locks of its jobs, reads neither arguments nor results. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { deflateRawSync } from "node:zlib";
import { delayed } from "@paralog/paralog";
import { encodeJob } from "../../src/bullmq/wire/job_data.ts";
import { packRaw, payloadToText } from "../../src/bullmq/wire/payload.ts";
import { square } from "../../src/testing/tasks/values.ts";
import { manyObjects } from "../support/agent_tasks.ts";
import { agentTest, envelopeOf, JobsByHand, startAgent } from "../support/jobs_by_hand.ts";

/** A list of so many empty objects, as V8 writes it, compressed: to read it takes far more than its bytes. */
function manyEmptyObjects(count: number): string {
  const [head, tail] = [[0xff, 0x0f, 0x41, ...varint(count)], [0x24, 0, ...varint(count)]];
  const clone = new Uint8Array(head.length + 3 * count + tail.length);
  clone.set(head);
  for (let at = head.length; at < clone.length - tail.length; at += 3) {
    clone.set([0x6f, 0x7b, 0], at);
  }
  clone.set(tail, clone.length - tail.length);
  return payloadToText(new Uint8Array([1, ...deflateRawSync(clone, { level: 1 })]));
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [value % 128 + 128, ...varint(Math.floor(value / 128))];
}

agentTest("an agent refuses a head that is made to fill its memory", async ({ url }) => {
  await using _ = await startAgent(url);
  await using jobs = new JobsByHand(url);
  const data = await encodeJob(envelopeOf([delayed(square)(2)]), { run: "r", limit: 10_000 });
  const id = await jobs.addData({ ...data, head: manyEmptyObjects(10_000_000) });
  assertMatch(await jobs.refusal(id), /Cannot send .* through Redis/);
  assertEquals(await jobs.values(await jobs.add([delayed(square)(6)])), [36]);
});

agentTest("arguments that are no arguments end their process, not the agent", async ({ url }) => {
  await using _ = await startAgent(url);
  await using jobs = new JobsByHand(url);
  const data = await encodeJob(envelopeOf([delayed(square)(2)]), { run: "r", limit: 10_000 });
  const wrong = [{ calls: [], initializer: [] }, { calls: [5], initializer: [] }, null, "text"];
  for (const args of wrong) {
    const id = await jobs.addData({ ...data, body: payloadToText(packRaw(args)) });
    const { messages } = await jobs.told(id, await jobs.answer(id));
    const uncaught = messages.find(({ type }) => type === "paralog:uncaught");
    assert(uncaught, JSON.stringify(messages.map(({ type }) => type)));
  }
  assertEquals(await jobs.values(await jobs.add([delayed(square)(6)])), [36]);
});

agentTest(
  "a long result comes whole, and one that is too long fails its own call",
  async ({ url }) => {
    await using _ = await startAgent(url, { maxPayload: 1024 * 1024 });
    await using jobs = new JobsByHand(url);
    const counts = [100_000, 1_000_000, 10];
    const calls = counts.map((count) => delayed(manyObjects)(count)); // 0.3, 3 and 0 MB.
    const [whole, refused, short] = await jobs.values(await jobs.add(calls));
    assertEquals([whole, short].map((list) => (list as unknown[]).length), [100_000, 10]);
    const { error } = refused as { error: { message: string } };
    assertMatch(error.message, /Cannot send 3\d{6} bytes through Redis/);
  },
);
