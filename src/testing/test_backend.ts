/**
 * What every backend has to do. Each test runs once a backend; the expected values are the same for all of
 * them.
 *
 * @module
 */

import { Contract } from "./contract.ts";
import { testAbilities } from "./sections/abilities.ts";
import { testBatches } from "./sections/batches.ts";
import { testCalls } from "./sections/calls.ts";
import { testCancellation } from "./sections/cancellation.ts";
import { testErrors } from "./sections/errors.ts";
import { testFailures } from "./sections/failures.ts";
import { testInitializers } from "./sections/initializers.ts";
import { testNesting } from "./sections/nesting.ts";
import { testRealms } from "./sections/realms.ts";
import { testRecords } from "./sections/records.ts";
import { testRetries } from "./sections/retries.ts";
import { testSources } from "./sections/sources.ts";
import { testStreams } from "./sections/streams.ts";
import { testTimeLimits } from "./sections/time_limits.ts";
import { testTransfers } from "./sections/transfers.ts";
import { testWatching } from "./sections/watching.ts";
import { testWorkers } from "./sections/workers.ts";
import type { Subject } from "./subject.ts";

const SECTIONS: readonly ((contract: Contract) => void)[] = [
  testCalls,
  testTransfers,
  testSources,
  testErrors,
  testFailures,
  testRecords,
  testRealms,
  testStreams,
  testBatches,
  testRetries,
  testCancellation,
  testTimeLimits,
  testWorkers,
  testInitializers,
  testNesting,
  testWatching,
  testAbilities,
];

/**
 * Registers the contract of backends as tests of `Deno.test`: results, order, errors, records, cancellation,
 * streams, batches, retries, realms and more. A backend passes if its results, errors and records can't be
 * told from those of the backends that this library has.
 *
 * What a backend can't do is said in the subject, with the reason; such tests are skipped and show it. They
 * need all permissions that the backend needs, and may write to a temporary file.
 *
 * @param name What the names of the tests begin with.
 * @param subject The backend, and what it can't do.
 * @throws {RangeError} If the subject skips a test that is not there.
 *
 * @example
 * ```ts ignore
 * import { testBackend } from "@paralog/paralog/testing";
 * import { RemoteBackend } from "./remote_backend.ts";
 *
 * testBackend("remote", {
 *   backend: new RemoteBackend("https://workers.example"),
 *   noSharedMemory: "the workers are other machines",
 *   noExit: "an agent that ends is started again by systemd, which takes a minute",
 * });
 * ```
 */
export function testBackend(name: string, subject: Subject): void {
  const contract = new Contract(name, subject);
  for (const testSection of SECTIONS) testSection(contract);
  contract.checkSkipped();
}
