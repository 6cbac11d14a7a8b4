import { assertEquals } from "@std/assert";
import { delayed } from "@paralog/paralog";
import { square } from "../../src/testing/tasks/values.ts";
import { StrandedJobs } from "../../src/bullmq/agent/stranded_jobs.ts";
import { agentTest, JobsByHand, until } from "../support/jobs_by_hand.ts";

agentTest(
  "jobs that came when the connection was lost are given back, and no others",
  async ({ url }, handler) => {
    await using jobs = new JobsByHand(url);
    const { client, keys, queue: { backend } } = jobs;
    const queue = `${keys.prefix}:${keys.queue}`;
    const taken: string[] = [];
    for (const token of ["me:1", "me:2", "other:1"]) {
      taken.push(await jobs.add([delayed(square)(1)]));
      await client.lmove(`${queue}:wait`, `${queue}:active`, "RIGHT", "LEFT");
      await client.set(`${queue}:${taken.at(-1)}:lock`, token);
    }
    const [known, lost, others] = taken;
    const isKnown = (job: string) => job === known;
    using stranded = new StrandedJobs({ client, keys, worker: { id: "me", backend }, isKnown });
    const state = async (id = "") => await (await jobs.queue.getJob(id))?.getState();
    await stranded.look();
    assertEquals(await state(lost), "active"); // It may be on its way.
    await until(async () => await state(lost) === "waiting" || undefined);
    assertEquals([await state(known), await state(others)], ["active", "active"]);
    assertEquals(handler.messages, [
      `Job ${lost} came when the connection was lost. It is given back`,
    ]);
  },
);
