/**
 * Buffers that are moved, and not copied.
 *
 * @module
 */

import { delayed } from "../../parallel/mod.ts";
import { assertEquals } from "../assert.ts";
import type { Contract } from "../contract.ts";
import { fillBuffer, sumOfBuffer } from "../tasks/values.ts";

/** Registers the tests. */
export function testTransfers({ create, test }: Contract): void {
  test("with transfer, buffers of arguments and results are moved", async () => {
    await using parallel = create({ transfer: true, batchSize: 2 }, 1);
    const sizes = [10, 1_000_000];
    const buffers = sizes.map((size) => new Uint8Array(size).fill(3));
    assertEquals(await parallel.map(sumOfBuffer, buffers), [30, 3_000_000]);
    assertEquals(buffers.map(({ length }) => length), [0, 0]); // They are there now.
    const filled = await parallel.run(sizes.map((size) => delayed(fillBuffer)(size, 7)));
    assertEquals(filled.map((bytes) => [bytes.length, bytes[0], bytes.at(-1)]), [
      [10, 7, 7],
      [1_000_000, 7, 7],
    ]);
  });

  test("transfer may say which buffers of the arguments are moved", async () => {
    const transfer = (bytes: Uint8Array<ArrayBuffer>) => bytes.length > 100 ? [bytes.buffer] : [];
    await using parallel = create({ transfer }, 1);
    const buffers = [10, 1000].map((size) => new Uint8Array(size).fill(3));
    assertEquals(await parallel.map(sumOfBuffer, buffers), [30, 3000]);
    assertEquals(buffers.map(({ length }) => length), [10, 0]);
  });
}
