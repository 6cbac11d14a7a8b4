/** Whether processes of any program are there. */

/** Waits until there is no process of that number. */
export async function untilGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (!isThere(pid)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Process ${pid} still runs`);
}

/** Tells whether there is a process of that number. */
export function isThere(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT"); // Does nothing to a process that runs.
    return !hasEnded(pid);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof TypeError) return false;
    throw error;
  }
}

/** Linux tells of a process that has ended, and whose parent, or who stands in for it, has not noticed yet. */
function hasEnded(pid: number): boolean {
  return Deno.build.os === "linux" && /\) Z /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
}
