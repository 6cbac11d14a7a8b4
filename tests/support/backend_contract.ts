/**
 * What every backend has to do. Each case runs once a backend; the expected values are the same for
 * all of them.
 */

import { testCalls } from "./backend_contract/calls.ts";
import { Contract, type Subject } from "./backend_contract/contract.ts";
import { testFailures } from "./backend_contract/failures.ts";
import { testLives } from "./backend_contract/lives.ts";
import { testRecords } from "./backend_contract/records.ts";

/** Registers the contract's tests for one backend. */
export function testBackend(name: string, subject: Subject): void {
  const contract = new Contract(name, subject);
  testCalls(contract);
  testFailures(contract);
  testRecords(contract);
  testLives(contract);
}
