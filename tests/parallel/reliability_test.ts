/** What docs/reliability.md says rests on tests that are there. */

import { assertNamedTestsExist } from "../support/named_tests.ts";

Deno.test("every test that docs/reliability.md names is there", () =>
  assertNamedTestsExist("docs/reliability.md"));
