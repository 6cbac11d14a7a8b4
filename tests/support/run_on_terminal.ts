import { ROOT } from "./run_deno.ts";

/** Runs a program on a terminal of its own; types an answer until the question has gone. */
const PROGRAM = `
import os, pty, select, sys
question, answer, command = sys.argv[1].encode(), sys.argv[2].encode() + b"\\n", sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
shown, answered = b"", 0
while True:
    readable, _, _ = select.select([terminal], [], [], 0.2)
    if not readable:
        # Nothing new: the program waits for the answer. It drops what was typed before it asked.
        if question and question in shown and answered < 20:
            answered += 1
            os.write(terminal, answer)
        continue
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    shown += data
sys.stdout.buffer.write(shown.replace(b"\\r", b""))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

/**
 * Runs Deno on a terminal, as a person would, and waits for its end.
 *
 * @param args The arguments of Deno.
 * @param options The environment, and what to type when a text is shown.
 * @returns How it ended, and all that the terminal showed.
 */
export async function runOnTerminal(
  args: readonly string[],
  options: { env?: Record<string, string>; question?: string; answer?: string } = {},
): Promise<{ code: number; shown: string }> {
  const { question = "", answer = "" } = options;
  const output = await new Deno.Command("python3", {
    args: ["-c", PROGRAM, question, answer, Deno.execPath(), ...args],
    cwd: ROOT,
    env: options.env,
    stdin: "null",
  }).output();
  return { code: output.code, shown: new TextDecoder().decode(output.stdout) };
}
