import { ROOT } from "./run_deno.ts";
import { Screen } from "./screen.ts";

/** Runs a program on a terminal of a given size; does something when a text is shown. */
const PROGRAM = `
import fcntl, json, os, pty, signal, struct, sys, termios
given = json.loads(sys.argv[1])
size = struct.pack("HHHH", given["rows"], given["columns"], 0, 0)
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, size)
    os.environ.update(given["env"])
    os.execvp(given["command"][0], given["command"])
shown, steps = b"", given["steps"]
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    shown += data
    while steps and steps[0]["after"].encode() in shown:
        step = steps.pop(0)
        if "type" in step:
            os.write(terminal, step["type"].encode())
        if "kill" in step:
            os.kill(child, getattr(signal, step["kill"]))
sys.stdout.buffer.write(shown)
sys.stdout.buffer.flush()
status = os.waitpid(child, 0)[1]
sys.exit(os.waitstatus_to_exitcode(status) & 0xff)
`;

/** What is done to a program when the terminal has shown a text. */
export interface ScreenStep {
  readonly after: string;
  /** What is typed; "\x03" is Ctrl-C. */
  readonly type?: string;
  /** The signal that it gets. */
  readonly kill?: string;
}

/** How a program ended, and what the terminal showed. */
export interface OnScreen {
  readonly code: number;
  /** All that was written to the terminal. */
  readonly written: string;
  /** What it shows in the end. */
  readonly lines: readonly string[];
}

/** Runs Deno on a terminal, as a person would, and waits for its end. */
export async function runOnScreen(
  args: readonly string[],
  options: {
    columns?: number;
    env?: Record<string, string>;
    steps?: readonly ScreenStep[];
  } = {},
): Promise<OnScreen> {
  const { columns = 80, env = {}, steps = [] } = options;
  const command = [Deno.execPath(), ...args];
  const given = {
    command,
    columns,
    rows: 24,
    env: { NO_COLOR: "1", TERM: "xterm", ...env },
    steps,
  };
  const output = await new Deno.Command("python3", {
    args: ["-c", PROGRAM, JSON.stringify(given)],
    cwd: ROOT,
    stdin: "null",
  }).output();
  const written = new TextDecoder().decode(output.stdout);
  const screen = new Screen(columns || 80);
  screen.write(written);
  return { code: output.code, written, lines: screen.lines };
}
