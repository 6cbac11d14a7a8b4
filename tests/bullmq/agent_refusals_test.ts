import { assert, assertEquals, assertMatch } from "@std/assert";
import { delayed } from "@paralog/paralog";
import { square } from "../../src/testing/tasks/values.ts";
import { AllowList } from "../../src/bullmq/agent/allow_list.ts";
import { encodeJob } from "../../src/bullmq/wire/job_data.ts";
import { randomBytes } from "../support/agent_tasks.ts";
import { agentTest, envelopeOf, JobsByHand, startAgent } from "../support/jobs_by_hand.ts";

const allowList = new AllowList(["src/testing/tasks/values.ts"], { allowSource: false });

agentTest(
  "an agent refuses what it does not allow, says why, and goes on",
  async ({ url }, handler) => {
    await using _ = await startAgent(url, {
      allowList,
      memoryLimit: 256,
      permissions: { read: true },
    });
    await using jobs = new JobsByHand(url);
    const { task, args } = delayed(randomBytes)(1);
    const refused: [string, RegExp][] = [
      [
        await jobs.add([delayed(square)(1), delayed(randomBytes)(1)]),
        /agent_tasks\.ts.*--allow-module/,
      ],
      [await jobs.add([delayed((x: number) => x + 1)(1)]), /--allow-source/],
      [
        await jobs.add([delayed(square)(1)], { site: { initializer: { task, args } } }),
        /agent_tasks\.ts/,
      ],
      [await jobs.add([delayed(square)(1)], { site: { memoryLimit: 512 } }), /512 MB.*256/],
      [await jobs.add([delayed(square)(1)], { site: { permissions: { net: true } } }), /net/],
    ];
    for (const [id, reason] of refused) {
      const refusal = await jobs.refusal(id);
      assertMatch(refusal, reason);
      assert(
        handler.messages.includes(`Job ${id} is refused: ${refusal}`),
        handler.messages.join(),
      );
    }
    assertEquals(await jobs.values(await jobs.add([delayed(square)(6)])), [36]);
  },
);

agentTest(
  "an agent refuses a job over its limit, and one with a broken envelope, and goes on",
  async ({ url }) => {
    await using _ = await startAgent(url, { allowList, maxPayload: 100_000 });
    await using jobs = new JobsByHand(url);
    const long = await jobs.add([
      delayed(square)(crypto.getRandomValues(new Uint8Array(60_000)) as never),
      delayed(square)(crypto.getRandomValues(new Uint8Array(60_000)) as never),
    ]);
    assertMatch(await jobs.refusal(long), /max-payload/);
    const good = await encodeJob(envelopeOf([delayed(square)(1)]), { run: "run-1", limit: 1e6 });
    const lists = envelopeOf([delayed(square)(1)]).batch.calls;
    const wrong = envelopeOf([delayed(square)(1)], { batch: { calls: { ...lists, task: [7] } } });
    const broken: unknown[] = [
      ...[null, "text", 5, [], {}],
      ...[{ ...good, protocol: 99 }, { ...good, head: "AAAA" }, { ...good, run: "a:b" }],
      await encodeJob(wrong, { run: "run-1", limit: 1e6 }),
    ];
    for (const data of broken) {
      const reason = await jobs.refusal(await jobs.addData(data));
      assert(reason.length > 20, reason);
    }
    assertEquals(await jobs.values(await jobs.add([delayed(square)(7)])), [49]);
  },
);
