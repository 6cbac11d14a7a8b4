import { assertEquals, assertThrows } from "@std/assert";
import { evaluate } from "../../src/parallel/schedule/arithmetic.ts";
import { checkPreDispatch } from "../../src/parallel/schedule/pre_dispatch.ts";

const TWO = { nJobs: 2, isFixed: false };

function most(option: unknown, nJobs: number, isFixed = false): number {
  return checkPreDispatch(option, { nJobs, isFixed }).most(10);
}

Deno.test("checkPreDispatch() allows two batches for each worker unless something else is asked for", () => {
  const { amount, most } = checkPreDispatch(undefined, { nJobs: 3, isFixed: false });
  assertEquals([amount, most(1), most(100)], [6, 6, 600]);
  assertEquals(checkPreDispatch(undefined, { nJobs: 3, isFixed: true }).most(5), 30);
});

Deno.test('checkPreDispatch() takes "all", numbers and sums', () => {
  assertEquals(most("all", 2), Infinity);
  assertEquals(checkPreDispatch("all", TWO).amount, 0);
  assertEquals(most(7, 2), 7);
  assertEquals(most("2*nJobs", 4), 8);
  assertEquals(most("2 * n_jobs", 4), 8);
  assertEquals(most("nJobs", 4), 4);
  assertEquals(most("nJobs + 4", 4), 8);
  assertEquals(most("12", 4), 12);
});

Deno.test("checkPreDispatch() cuts to whole numbers, as joblib does", () => {
  assertEquals(most("1.5*nJobs", 3), 4);
  assertEquals(most("1.5*nJobs", 1), 1);
  assertEquals(most(2.9, 2), 2);
});

Deno.test("checkPreDispatch() counts calls, or batches where their size is fixed", () => {
  assertEquals(most("2*nJobs", 2, false), 4);
  assertEquals(most("2*nJobs", 2, true), 40);
  assertEquals(most(3, 2, true), 30);
});

Deno.test("checkPreDispatch() says what joblib's amount is: what was given, and 0 for one worker", () => {
  assertEquals(checkPreDispatch("3*nJobs", { nJobs: 2, isFixed: true }).amount, 6);
  assertEquals(checkPreDispatch("3*nJobs", { nJobs: 1, isFixed: true }).amount, 0);
});

Deno.test("checkPreDispatch() refuses what gives less than 1, and says what it gives", () => {
  assertThrows(
    () => checkPreDispatch("nJobs - 4", TWO),
    RangeError,
    'Cannot take calls ahead by "nJobs - 4", which is -2 with 2 jobs: preDispatch must be "all"',
  );
  assertThrows(
    () => checkPreDispatch("nJobs/2", { nJobs: 1, isFixed: true }),
    RangeError,
    "1 job:",
  );
  for (const wrong of [0, -1, 0.9, NaN, Infinity, "0", "0.5"]) {
    assertThrows(() => checkPreDispatch(wrong, TWO), RangeError, "Cannot take calls ahead by");
  }
});

Deno.test("checkPreDispatch() refuses what is no sum, and says what one is", () => {
  for (const wrong of ["", "2*cores", "2nJobs", "all of them", "nJobs(2)", "2 nJobs", "1/0"]) {
    assertThrows(
      () => checkPreDispatch(wrong, TWO),
      RangeError,
      `Cannot take calls ahead by "${wrong}": preDispatch must be "all", a number from 1, or a sum`,
    );
  }
  for (const wrong of [null, {}, true, 3n]) {
    assertThrows(() => checkPreDispatch(wrong, TWO), TypeError, "Cannot take calls ahead by");
  }
});

Deno.test("evaluate() knows no names but those it is given", () => {
  assertEquals(evaluate("a + b", { a: 1, b: 2 }), 3);
  for (const name of ["constructor", "toString", "__proto__", "c"]) {
    assertEquals(evaluate(name, { a: 1, b: 2 }), undefined);
  }
});

Deno.test("evaluate() refuses sums that are too deep for the stack", () => {
  const deep = (depth: number) => "(".repeat(depth) + "1" + ")".repeat(depth);
  assertEquals(evaluate(deep(99), {}), 1);
  assertEquals(evaluate(deep(100_000), {}), undefined);
});
