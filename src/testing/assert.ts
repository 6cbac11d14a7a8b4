/**
 * The one file that knows `@std/assert`: what the tests of a backend are checked with.
 *
 * @module
 */

export {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
