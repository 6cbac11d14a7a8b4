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

  obstacle(): Promise<string | undefined> {
    this.#obstacle ??= this.#install();
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

  async #install(): Promise<string | undefined> {
    const wanted = await wantedVersion(this.name);
    if (await askProgram("node", "--version") === undefined) return "there is no node on PATH";
    if (await installedVersion(this.name) === wanted) return undefined;
    const npm = Deno.build.os === "windows" ? "npm.cmd" : "npm";
    const args = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"];
    try {
      await new Deno.Command(npm, { args, cwd: FOLDER, stdin: "null" }).output();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      return "there is no npm on PATH to install it";
    }
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
