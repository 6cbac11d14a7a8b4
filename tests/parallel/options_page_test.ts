/** docs/options.md has every option, with the default that the doc comments say. */

import { assertEquals } from "@std/assert";
import { ROOT, runDeno } from "../support/run_deno.ts";

/** The facts of errors, and options that stand in another interface, too. */
const OTHERS = new Set([
  ...["TaskTimeoutOptions", "WorkerCrashOptions"],
  ...["CollectingRunOptions", "CollectingStreamOptions"],
]);

/** The modules whose options are on the page. */
const MODULES = ["src/parallel/mod.ts", "src/bullmq/mod.ts"];

/** The default of an option that must be given. */
const GIVEN = "none: it must be given";

interface Property {
  readonly name: string;
  readonly jsDoc?: {
    readonly tags?: readonly { readonly value?: string }[];
  };
}

/** All lists of properties in a part of what `deno doc --json` prints, however deep. */
function propertiesIn(part: unknown): Property[] {
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === "properties" && Array.isArray(value) ? value : propertiesIn(value)
  );
}

function defaultOf({ jsDoc }: Property): string {
  const tag = jsDoc?.tags?.find(({ value }) => value?.startsWith("@default "));
  const text = tag?.value?.slice("@default ".length);
  return plain(text ?? GIVEN);
}

/** Without the marks of code, on one line. */
function plain(text: string): string {
  return text.replaceAll("`", "").replace(/\s+/g, " ").trim();
}

/** The options that the types have, as "name: default". */
async function documentedOptions(): Promise<string[]> {
  const { stdout } = await runDeno(["doc", "--json", ...MODULES]);
  const { nodes } = JSON.parse(stdout) as {
    nodes: Record<string, { symbols: { name: string }[] }>;
  };
  const symbols = Object.values(nodes).flatMap(({ symbols }) => symbols);
  const options = symbols.filter(({ name }) => name.endsWith("Options") && !OTHERS.has(name));
  return options.flatMap(propertiesIn).map((property) =>
    `${property.name}: ${defaultOf(property)}`
  );
}

/** The options that the page has, as "name: default". */
async function optionsOnPage(): Promise<string[]> {
  const page = await Deno.readTextFile(new URL("docs/options.md", ROOT));
  const [ours = ""] = page.split("## From another pool");
  const rows = ours.matchAll(/^\| `(\w+)` +\| (.*?) +\|/gm);
  return [...rows].map(([, name, text]) => `${name}: ${plain(`${text}`)}`);
}

Deno.test("docs/options.md has every option with its default, and no other", async () => {
  assertEquals((await optionsOnPage()).toSorted(), (await documentedOptions()).toSorted());
});

Deno.test("docs/options.md names only options that there are, where it speaks of other pools", async () => {
  const page = await Deno.readTextFile(new URL("docs/options.md", ROOT));
  const [, others = ""] = page.split("## From another pool");
  const [glance = ""] = others.split("###");
  const named = [...glance.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => `${name}`);
  const known = (await optionsOnPage()).map((option) => option.split(":", 1)[0]);
  assertEquals(named.filter((name) => name !== "nJobs" && !known.includes(name)), []);
});
