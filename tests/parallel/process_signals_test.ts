/** What a terminal sends to all processes of its foreground group is for the program alone. */

import { assertEquals } from "@std/assert";
import { ROOT } from "../support/run_deno.ts";

/** Where a process is after so many milliseconds: it is just started, loads its modules, runs its task. */
const DELAYS = [1, 30, 90, 300];

for (const signal of ["SIGINT", "SIGTERM"]) {
  Deno.test(`${signal} of a process group does nothing to tasks, if the program so decides`, async () => {
    for (const delay of DELAYS) {
      const program = "tests/programs/process_group_signal.ts";
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", program, signal, String(delay)],
        cwd: ROOT,
        env: { NO_COLOR: "1" },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
        detached: true, // As a shell starts it: it is the first of its group.
      }).spawn().output();
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assertEquals([code, out, err], [0, "done\n", ""], `after ${delay} ms`);
    }
  });
}
