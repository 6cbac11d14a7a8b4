import { linesOf, type Ran, ROOT } from "./run_deno.ts";

/** What to do with a program, and when it has to have ended. */
export interface SignalOptions {
  /** What is sent to it; nothing if it ends by itself. */
  readonly signal?: Deno.Signal;
  /** The line on stdout that it is sent after. */
  readonly after?: string;
  /** After how many milliseconds it is killed. */
  readonly patience?: number;
}

/** How a program ended, and what it had printed. */
export interface Ended extends Ran {
  /** Whether it had to be killed, for it did not end. */
  readonly wasKilled: boolean;
}

/** Runs a program of the tests, sends it a signal when it has printed a line, and waits for its end. */
export async function runAndSignal(
  args: readonly string[],
  { signal, after, patience = 20_000 }: SignalOptions = {},
): Promise<Ended> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let wasKilled = false;
  const timer = setTimeout(() => {
    wasKilled = true;
    child.kill("SIGKILL");
  }, patience);
  let stdout = "";
  let isSent = signal === undefined;
  const reading = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      stdout += text;
      if (isSent || !linesOf(stdout).includes(after ?? "")) continue;
      isSent = true;
      child.kill(signal);
    }
  })();
  const [stderr, { code }] = await Promise.all([child.stderr.text(), child.status, reading]);
  clearTimeout(timer);
  return { code, stdout, stderr, wasKilled };
}
