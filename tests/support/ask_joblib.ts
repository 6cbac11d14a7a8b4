/** Python with joblib: Debian's own is asked first, since its `python3-joblib` serves no other. */
const PYTHONS = ["/usr/bin/python3", "python3", "python"];

const HINT = "these tests compare with joblib: install it with " +
  '"apt-get install python3-joblib" (Debian, Ubuntu) or "python3 -m pip install joblib==1.2.0"';

async function runPython(python: string, args: string[], input = "") {
  const child = new Deno.Command(python, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input)).catch(() => {}); // It may have ended.
  await writer.close().catch(() => {});
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function hasJoblib(python: string): Promise<boolean> {
  try {
    return (await runPython(python, ["-c", "import joblib"])).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function findPython(): Promise<string> {
  for (const python of PYTHONS) if (await hasJoblib(python)) return python;
  throw new Error(`No Python has joblib; ${HINT}`);
}

/**
 * Runs a program in a Python that has joblib, and reads what it prints as JSON.
 *
 * @param program The path of the program.
 * @param input What it reads from stdin, as JSON.
 */
export async function askJoblib<T>(program: URL, input: unknown): Promise<T> {
  const { pathname } = program;
  const { success, stdout, stderr } = await runPython(
    await findPython(),
    [decodeURIComponent(pathname)],
    JSON.stringify(input),
  );
  if (!success) throw new Error(`joblib's side failed: ${stderr}`);
  return JSON.parse(stdout);
}
