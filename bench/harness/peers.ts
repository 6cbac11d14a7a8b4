/**
 * Peers: packages of npm that run in Node, and Python.
 *
 * @module
 */

import type { Peer } from "./figure.ts";
import { askProgram } from "./program.ts";

/** Where the packages are; its package.json has their exact versions. */
const FOLDER = new URL("../peers/", import.meta.url);

/** A package of npm, run by Node. It is installed when it is missing. */
export class NpmPeer implements Peer {
  readonly name: string;
  readonly #parts: readonly string[];
  /** All are installed at once, and once: a registry that can't be reached is not asked for each. */
  static #installed: Promise<boolean> | undefined;
  #obstacle: Promise<string | undefined> | undefined;

  /**
   * Names the package.
   *
   * @param name Its name in bench/peers/package.json.
   * @param parts Packages that it stands on, whose versions are told too.
   */
  constructor(name: string, parts: readonly string[] = []) {
    this.name = name;
    this.#parts = parts;
  }

  obstacle(signal: AbortSignal): Promise<string | undefined> {
    this.#obstacle ??= this.#install(signal);
    return this.#obstacle;
  }

  async version(): Promise<string> {
    const node = await askProgram("node", "--version");
    const parts = await Promise.all(
      this.#parts.map(async (part) => `${part} ${await installedVersion(part)}`),
    );
    const on = parts.length > 0 ? ` (${parts.join(", ")})` : "";
    return `${await installedVersion(this.name)}${on}, node ${node?.replace("v", "")}`;
  }

  async #install(signal: AbortSignal): Promise<string | undefined> {
    const wanted = await wantedVersion(this.name);
    if (await askProgram("node", "--version") === undefined) return "there is no node on PATH";
    if (await installedVersion(this.name) === wanted) return undefined;
    const npm = Deno.build.os === "windows" ? "npm.cmd" : "npm";
    NpmPeer.#installed ??= installAll(npm, signal);
    if (!await NpmPeer.#installed) return "there is no npm on PATH to install it";
    if (await installedVersion(this.name) === wanted) return undefined;
    return `npm could not install ${this.name} ${wanted}; try "npm install" in bench/peers`;
  }
}

/** Python, with what it brings. */
export const PYTHON: Peer = {
  name: "Python",
  obstacle: async () =>
    await askProgram("python3", "--version") === undefined
      ? "there is no python3 on PATH"
      : undefined,
  version: async () => (await askProgram("python3", "--version"))?.replace("Python ", "") ?? "",
};

/** How long npm may take, in milliseconds. */
const LONGEST_INSTALL = 120_000;

/** Installs all peers. Returns whether there is an npm. */
async function installAll(npm: string, ended: AbortSignal): Promise<boolean> {
  console.error("installing peers into bench/peers");
  const signal = AbortSignal.any([AbortSignal.timeout(LONGEST_INSTALL), ended]);
  const options = ["--no-package-lock", "--no-audit", "--no-fund", "--silent", "--fetch-retries=0"];
  try {
    const args = ["install", ...options];
    await new Deno.Command(npm, { args, cwd: FOLDER, stdin: "null", signal }).output();
    ended.throwIfAborted();
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}

/** Interpreters, best first: packages of Debian are only there for Debian's own. */
const INTERPRETERS = ["python3", "/usr/bin/python3"] as const;

/** A package of Python that may be installed; it is not installed here. */
export class PythonPeer implements Peer {
  readonly name: string;
  #found: Promise<{ interpreter: string; version: string } | undefined> | undefined;

  /**
   * Names the package.
   *
   * @param name How it is imported; it tells its version as `__version__`.
   */
  constructor(name: string) {
    this.name = name;
  }

  async obstacle(): Promise<string | undefined> {
    if (await this.#find() !== undefined) return undefined;
    return `there is no python3 that has it; try "apt-get install python3-${this.name}"`;
  }

  async version(): Promise<string> {
    const { interpreter = "", version = "" } = await this.#find() ?? {};
    const python = await askProgram(interpreter, "--version");
    return `${version}, python ${python?.replace("Python ", "")}`;
  }

  /** The interpreter that has the package. Asked only if there is no obstacle. */
  async interpreter(): Promise<string> {
    const found = await this.#find();
    if (!found) throw new Error(`Cannot run ${this.name}: ${await this.obstacle()}`);
    return found.interpreter;
  }

  #find(): Promise<{ interpreter: string; version: string } | undefined> {
    this.#found ??= this.#search();
    return this.#found;
  }

  async #search(): Promise<{ interpreter: string; version: string } | undefined> {
    const code = `import ${this.name}; print(${this.name}.__version__)`;
    for (const interpreter of INTERPRETERS) {
      const version = await askProgram(interpreter, "-c", code);
      if (version !== undefined) return { interpreter, version };
    }
    return undefined;
  }
}

async function installedVersion(name: string): Promise<string | undefined> {
  try {
    return (await readJson(new URL(`node_modules/${name}/package.json`, FOLDER))).version;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function wantedVersion(name: string): Promise<string> {
  const { dependencies = {} } = await readJson(new URL("package.json", FOLDER));
  const version = dependencies[name];
  if (version !== undefined) return version;
  throw new Error(`Cannot measure ${name}: add it to bench/peers/package.json, with its version`);
}

async function readJson(
  file: URL,
): Promise<{ version?: string; dependencies?: Record<string, string> }> {
  return JSON.parse(await Deno.readTextFile(file));
}
