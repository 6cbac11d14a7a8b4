/** What docs/distributed.md says rests on tests that are there. */

import { assertNamedTestsExist } from "../support/named_tests.ts";

Deno.test("every test that docs/distributed.md names is there", () =>
  assertNamedTestsExist("docs/distributed.md"));
