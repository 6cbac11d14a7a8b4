/**
 * Functions that are sent by their source.
 *
 * @module
 */

import { basicConfig, getLogger } from "../../logging/mod.ts";
import { currentTask, delayed } from "../../parallel/mod.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import type { Contract } from "../contract.ts";
import { ListHandler } from "../list_handler.ts";

/** Registers the tests. */
export function testSources({ create, test }: Contract): void {
  test("run() sends a plain function by its source", async () => {
    await using parallel = create();
    async function later(x: number) {
      await Promise.resolve();
      return x + 1;
    }
    const object = {
      double(x: number) {
        return x * 2;
      },
      async *rows() {},
    };
    assertEquals(await parallel.map((x: number) => -x, [1, 2]), [-1, -2]);
    assertEquals(await parallel.map(later, [1]), [2]);
    assertEquals(await parallel.map(object.double, [4]), [8]);
  });

  test("a function sent by its source may have characters of all scripts", async () => {
    await using parallel = create();
    const shout = (text: string) => `${text}, ${["漢字", "é", "🦕"].join(" ")}!`;
    function привет(größe: string): { größe: string; ñandú: boolean } {
      const 名前 = /[\u{1F995}\p{Script=Han}]+/u; // Комментарий, 注釈
      return { größe: `${größe} ${"“„«\u2028»"}`, ñandú: 名前.test(größe) };
    }
    assertEquals(await parallel.map(shout, ["grüß"]), ["grüß, 漢字 é 🦕!"]);
    assertEquals(await parallel.map(привет, ["大", "groß"]), [
      { größe: "大 “„«\u2028»", ñandú: true },
      { größe: "groß “„«\u2028»", ñandú: false },
    ]);
  });

  test("a function sent by its source may use what the library exports", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler], format: "%(name)s %(message)s" });
    const call = delayed((x: number) => {
      getLogger("by.source").info("x is %d", x);
      return currentTask().index;
    });
    assertEquals(await create().run([call(7), call(7)]), [0, 1]);
    assertEquals(handler.lines, ["by.source x is 7", "by.source x is 7"]);
  });

  test("a function sent by its source that uses a name from around it says which", async () => {
    const outside = 10;
    const error = await assertRejects(
      () =>
        create().map(function addOutside(x: number) {
          return x + outside;
        }, [1]),
      ReferenceError,
      '"outside" is not defined',
    );
    assertStringIncludes(error.message, "task(import.meta, function addOutside");
  });
}
