/**
 * A page of which some parts are generated.
 *
 * @module
 */

/** `<!-- NAME -->`, what is generated, `<!-- end -->`. */
const BLOCK = /<!-- (?!end -->)(?<name>[a-z]+(?:: \w+)?) -->\n.*?<!-- end -->/gs;

/**
 * Fills the generated parts of a page.
 *
 * @param page Its text.
 * @param blocks What stands in each part, by its name.
 * @returns The text with the parts replaced.
 * @throws {RangeError} If the page has a part that there is nothing for, or lacks one.
 */
export function fillPage(page: string, blocks: ReadonlyMap<string, string>): string {
  const missing = new Set(blocks.keys());
  const filled = page.replace(BLOCK, (...matched) => {
    const { name }: { name: string } = matched.at(-1);
    missing.delete(name);
    const block = blocks.get(name);
    if (block === undefined) throw new RangeError(`Cannot fill the page: nothing is "${name}"`);
    return `<!-- ${name} -->\n\n${block}\n\n<!-- end -->`;
  });
  if (missing.size === 0) return filled;
  const first = [...missing].map((name) => `<!-- ${name} -->`).join(", ");
  throw new RangeError(`Cannot fill the page: it has no ${first}; add it, and <!-- end --> below`);
}

/** The names of the figures that a page has a part for. */
export function figuresIn(page: string): string[] {
  return [...page.matchAll(BLOCK)].flatMap(({ groups }) => {
    const [kind, figure] = groups?.name?.split(": ") ?? [];
    return kind === "figure" && figure !== undefined ? [figure] : [];
  });
}
