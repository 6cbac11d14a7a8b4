/**
 * `deno task bench:plot`: puts what was measured into docs/performance.md.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { readResults } from "../harness/results.ts";
import { makePage } from "./performance_page.ts";

const USAGE = `Puts bench/results.json into docs/performance.md, and draws its pictures.

Usage: deno task bench:plot [OPTIONS]

Options:
  --check     change nothing; exit code 1 if a file is not what the results give
  -h, --help  show this text`;

const RESULTS = new URL("../results.json", import.meta.url);
const PAGE = new URL("../../docs/performance.md", import.meta.url);
const PICTURES = new URL("../../docs/performance/", import.meta.url);

/** A file as it should be. */
interface Wanted {
  readonly file: URL;
  /** `undefined` if it should not be there. */
  readonly text: string | undefined;
}

async function wantedFiles(): Promise<Wanted[]> {
  const { page, pictures } = await makePage(
    await Deno.readTextFile(PAGE),
    await readResults(RESULTS),
  );
  const names = [...pictures.keys()].map((name) => `${name}.svg`);
  const old = (await picturesIn(PICTURES)).filter((name) => !names.includes(name));
  return [
    { file: PAGE, text: page },
    ...[...pictures].map(([name, text]) => ({ file: new URL(`${name}.svg`, PICTURES), text })),
    ...old.map((name) => ({ file: new URL(name, PICTURES), text: undefined })),
  ];
}

async function picturesIn(folder: URL): Promise<string[]> {
  try {
    const files = await Array.fromAsync(Deno.readDir(folder));
    return files.map(({ name }) => name).filter((name) => name.endsWith(".svg"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function readText(file: URL): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The files that are not as they should be. */
async function changedFiles(): Promise<Wanted[]> {
  const wanted = await wantedFiles();
  const texts = await Promise.all(wanted.map(({ file }) => readText(file)));
  return wanted.filter(({ text }, index) => text !== texts[index]);
}

async function write({ file, text }: Wanted): Promise<void> {
  if (text === undefined) return await Deno.remove(file);
  await Deno.mkdir(new URL(".", file), { recursive: true });
  await Deno.writeTextFile(file, text);
}

/** Returns the exit code. */
async function plot(check: boolean): Promise<number> {
  const changed = await changedFiles();
  if (!check) await Promise.all(changed.map(write));
  const says = check ? "is not what bench/results.json gives" : "changed";
  for (const { file } of changed) console.log(`docs/${file.href.split("/docs/")[1]} ${says}`);
  if (check && changed.length > 0) console.log('Run "deno task bench:plot".');
  return check && changed.length > 0 ? 1 : 0;
}

if (import.meta.main) {
  try {
    const { help, check } = parseArgs(Deno.args, {
      boolean: ["help", "check"],
      alias: { h: "help" },
      unknown: (argument) => {
        throw new RangeError(`unknown argument ${argument}; see --help`);
      },
    });
    if (help) console.log(USAGE);
    else Deno.exit(await plot(check));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(`bench:plot: ${error.message}`);
    Deno.exit(2);
  }
}
