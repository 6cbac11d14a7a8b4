/**
 * Runs a Python program and reads what it prints as JSON.
 *
 * @param program The program; `sys` and `json` are imported.
 * @param input What it reads from stdin, as JSON.
 */
export async function askPython<T>(program: string, input: unknown = null): Promise<T> {
  const python = new Deno.Command("python3", {
    args: ["-c", `import sys, json\n${program}`],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = python.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(input)));
  await writer.close();
  const { success, stdout, stderr } = await python.output();
  if (!success) throw new Error(`Python failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}
