/**
 * Whether this program may start processes.
 *
 * @module
 */

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
  const mayRun = await isAllowed({ name: "run", command });
  const mayReadEnv = await isAllowed({ name: "env" });
  if (mayRun && mayReadEnv) return undefined;
  const missing = [
    ...(mayRun ? [] : ["run itself"]),
    ...(mayReadEnv ? [] : ["read the environment that they are to have"]),
  ];
  const flags = [
    ...(mayRun ? [] : [`--allow-run=${command}`]),
    ...(mayReadEnv ? [] : ["--allow-env"]),
  ];
  return `Cannot start processes: Deno may not ${missing.join(" nor ")}. Run with ${
    flags.join(" ")
  }`;
}

/** Asks for it on a terminal; elsewhere it is refused at once. */
async function isAllowed(permission: Deno.PermissionDescriptor): Promise<boolean> {
  const { state } = await Deno.permissions.query(permission);
  if (state !== "prompt") return state === "granted";
  return (await Deno.permissions.request(permission)).state === "granted";
}
