/**
 * The layout that all files of this project have.
 *
 * @module
 */

/**
 * Formats a text as `deno fmt` does.
 *
 * @param text The text.
 * @param kind What it is: the ending of a file.
 * @returns The same with another layout.
 * @throws {Error} If it can't be read as that.
 */
export async function formatText(text: string, kind: "md" | "svg"): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", kind, "-"],
    cwd: new URL("../../", import.meta.url), // Whose deno.json says how.
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // If it ends early, that is told below.
  const written = writer.write(new TextEncoder().encode(text)).then(() => writer.close());
  const [{ success, stdout, stderr }] = await Promise.all([
    child.output(),
    written.catch(() => {}),
  ]);
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`Cannot format a text as ${kind}: ${decode(stderr)}`);
  return decode(stdout);
}
