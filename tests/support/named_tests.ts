import { assert, assertEquals } from "@std/assert";
import { ROOT } from "./run_deno.ts";

/** A link to a file with tests, and with the title of one. */
const LINK = /\]\(\.\.\/(?:tests|src\/testing)\//g;
const NAMED = /\[([^\]]+)\]\(\.\.\/((?:tests|src\/testing)\/[^)]+)\): "([^"]+)"/g;

/**
 * Checks that a page names tests as `[file](../tests/…): "title"`, or of `../src/testing/`, and that each of
 * them is there.
 *
 * @param path The page, from the root of the project.
 */
export async function assertNamedTestsExist(path: string): Promise<void> {
  const page = await Deno.readTextFile(new URL(path, ROOT));
  const text = page.replace(/\s+/g, " "); // A title may go over the end of a line.
  const named = [...text.matchAll(NAMED)];
  assertEquals(named.length, text.match(LINK)?.length, "a link without a title");
  for (const [, , file = "", title = ""] of named) {
    const source = await Deno.readTextFile(new URL(file, ROOT));
    assert(source.replace(/\s+/g, " ").includes(title), `${file} has no test "${title}"`);
  }
}
