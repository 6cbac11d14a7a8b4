/**
 * How a child process is started: the same Deno, with the configuration and the permissions of this one.
 *
 * @module
 */

/** The program of a child. */
const ENTRY = new URL("./process_entry.ts", import.meta.url);

/** All that Deno asks for. */
const PERMISSIONS = ["read", "write", "net", "env", "sys", "run", "ffi", "import"] as const;

/**
 * The arguments with which Deno becomes a child process.
 *
 * @param flags More flags for `deno run`.
 * @param config The configuration file, as {@linkcode findConfig} found it.
 * @returns The arguments.
 */
export function processArguments(
  flags: readonly string[],
  config: string | undefined,
): string[] {
  return [
    "run",
    "--quiet", // What Deno says of its downloads would stand on the task's stderr.
    "--no-prompt",
    ...permissionFlags(config),
    ...(config ? [`--config=${config}`] : []),
    ...flags,
    ENTRY.href,
    ...Deno.args, // A task sees them wherever it runs.
  ];
}

/**
 * Why this program may not start processes.
 *
 * @returns A sentence that says what to do; `undefined` if nothing is missing.
 */
export async function processObstacle(): Promise<string | undefined> {
  if (Deno.build.standalone) {
    return "Cannot start processes: this program was compiled, and has no Deno to start. Use the " +
      "workers backend";
  }
  const command = Deno.execPath();
  if (!(await isAllowed({ name: "run", command }))) {
    return `Cannot start processes: Deno may not run ${command}. Run with --allow-run`;
  }
  if (!(await isAllowed({ name: "env" }))) {
    return "Cannot start processes: Deno may not read the environment that they are to have. Run " +
      "with --allow-env";
  }
  return undefined;
}

/** Asks for it on a terminal; elsewhere it is refused at once. */
async function isAllowed(permission: Deno.PermissionDescriptor): Promise<boolean> {
  const { state } = await Deno.permissions.query(permission);
  if (state !== "prompt") return state === "granted";
  return (await Deno.permissions.request(permission)).state === "granted";
}

/** In a child process, the configuration of the program that started it. */
let inherited: { readonly config: string | undefined } | undefined;

/**
 * Makes the configuration of the program that started this process that of its own children, too.
 *
 * @param config The path of the file, or `undefined` if there is none.
 */
export function inheritConfig(config: string | undefined): void {
  inherited = { config };
}

/**
 * The configuration of the program: Deno takes that of a main module, and the main module of a child is
 * ours.
 *
 * @returns The path of the file; `undefined` if there is none, or if it is where Deno looks anyway. One
 * that was named with `--config` can't be found out.
 */
export function findConfig(): string | undefined {
  if (inherited) return inherited.config;
  const main = new URL(Deno.mainModule);
  if (main.protocol !== "file:") return undefined; // Deno looks in the working directory, for both.
  for (let folder = new URL("./", main);; folder = new URL("../", folder)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const file = new URL(name, folder);
      if (isFile(file)) return pathOf(file);
    }
    if (folder.pathname === new URL("../", folder).pathname) return undefined;
  }
}

function isFile(path: URL): boolean {
  // Nobody is to be asked for it. Without it, the child could not read the file either.
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return false;
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false; // It is not there.
  }
}

function pathOf(url: URL): string {
  const path = decodeURIComponent(url.pathname);
  return Deno.build.os === "windows" ? path.slice(1) : path;
}

/** Never more than this program has: what it has only in part, a child has not, but for reading modules. */
function permissionFlags(config: string | undefined): string[] {
  const granted = PERMISSIONS.filter((name) => isGranted({ name }));
  if (granted.length === PERMISSIONS.length) return ["--allow-all"];
  const flags = granted.map((name) => `--allow-${name}`);
  if (granted.includes("read")) return flags;
  const folders = [new URL("../../", import.meta.url), new URL("./", Deno.mainModule)]
    .filter(({ protocol }) => protocol === "file:").map(pathOf);
  if (config) folders.push(config.slice(0, config.lastIndexOf("/") + 1));
  const readable = [...new Set(folders)].filter((path) => isGranted({ name: "read", path }));
  return readable.length > 0
    ? [...flags, `--allow-read=${readable.map(escapeCommas).join(",")}`]
    : flags;
}

/** Deno takes two of them for one that is part of a path. */
function escapeCommas(path: string): string {
  return path.replaceAll(",", ",,");
}

function isGranted(permission: Deno.PermissionDescriptor): boolean {
  const { state, partial } = Deno.permissions.querySync(permission);
  return state === "granted" && !partial;
}
