/**
 * 100 runs of 1,000 calls in which something goes wrong: every call is settled once, as it should be, and every
 * record is accounted for. What happens is drawn from a seed, another one each time; a failure names it, and
 * `FAULT_SEED=… deno test -A tests/parallel/fault_run_test.ts --filter workers` replays it. `FAULT_RUNS=1000`
 * does more.
 */

import { complaintsOf } from "../support/fault_run/check.ts";
import { type BackendName, planSession } from "../support/fault_run/plan.ts";
import { runSession } from "../support/fault_run/session.ts";

const SEED = Number(Deno.env.get("FAULT_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);

/** Of all backends together. A seed that is replayed stands for one to three runs. */
const RUNS = Number(Deno.env.get("FAULT_RUNS") ?? 100) * (Deno.env.has("FAULT_SEED") ? 0.01 : 1);

/** How many of the runs each backend has. */
const SHARES: Readonly<Record<BackendName, number>> = { inline: 0.3, workers: 0.4, processes: 0.3 };

/** How many complaints are shown. */
const MOST = 10;

for (const backend of ["inline", "workers", "processes"] as const) {
  Deno.test(
    `${backend}: every call settles once, with the right outcome, and every record is accounted for, whatever fails`,
    { sanitizeOps: true, sanitizeResources: true, sanitizeExit: true },
    async () => {
      for (let runs = 0, seed = SEED; runs < RUNS * SHARES[backend]; seed++) {
        runs += await runAndCheck(seed, backend);
      }
    },
  );
}

/** Returns how many runs there were. */
async function runAndCheck(seed: number, backend: BackendName): Promise<number> {
  const plan = planSession(seed, backend);
  try {
    const complaints = complaintsOf(await runSession(plan));
    if (complaints.length === 0) return plan.runs.length;
    throw new Error(complaints.slice(0, MOST).join("\n"));
  } catch (cause) {
    throw new Error(`Backend ${backend} fails with FAULT_SEED=${seed}: ${describe(plan)}`, {
      cause,
    });
  }
}

function describe({ options, nJobs, runs }: ReturnType<typeof planSession>): string {
  const forms = runs.map(({ form, input, ending }) => `${form} of a ${input}, ${ending.kind}`);
  return Deno.inspect({ nJobs, options, forms }, { depth: 4 });
}
