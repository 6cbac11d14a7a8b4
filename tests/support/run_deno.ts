/** What a program printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The root of the project. */
export const ROOT = new URL("../../", import.meta.url);

/** Runs Deno without a terminal, as a user would, and waits for its end. */
export async function runDeno(
  args: readonly string[],
  options: { cwd?: string | URL; env?: Record<string, string> } = {},
): Promise<Ran> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: options.cwd ?? ROOT,
    env: { NO_COLOR: "1", ...options.env },
    stdin: "null",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: decode(output.stdout), stderr: decode(output.stderr) };
}

/** The lines of a text, without the empty one at its end. */
export function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
