/**
 * What ends child processes whose program was killed.
 *
 * A program that ends by itself kills its processes, and one that was killed leaves pipes behind that are
 * closed, at which a process ends too; but only if it gets to look at them. A task that spins never does. So a
 * shell looks instead: it is told of each process, through a pipe that is open as long as the program lives.
 *
 * On Windows there is no such shell: there, a task that neither yields nor logs outlives a program that was
 * killed.
 *
 * @module
 */

/**
 * Lines are "+ 12" for a process that began, "- 12" for one that has ended, and "! 12" for one to be killed
 * with all that it has started. Each is the first of its process group. There is no single quote in it.
 */
const SCRIPT = `
  trap "" INT TERM HUP
  pids=
  while read -r sign pid; do
    case $sign in
      +) pids="$pids $pid" ;;
      -) rest=; for each in $pids; do [ "$each" = "$pid" ] || rest="$rest $each"; done; pids=$rest ;;
      !) kill -9 "-$pid" ;;
    esac
  done
  for each in $pids; do kill -9 "-$each"; done
`;

/** Watches over the processes of a backend. It lives as long as there are any. */
export class Reaper {
  readonly #pids = new Set<number>();
  #shell: ReaperShell | undefined;

  /**
   * Watches over a process from now on.
   *
   * @param pid Its number, which is that of its group, too.
   */
  watch(pid: number): void {
    if (Deno.build.os === "windows") return;
    if (this.#pids.size === 0) this.#shell = startShell();
    this.#pids.add(pid);
    this.#shell?.write(`+ ${pid}`);
  }

  /**
   * Kills all processes of a group.
   *
   * @param pid The number of the process that is the first of them.
   */
  killGroup(pid: number): void {
    if (this.#pids.has(pid)) this.#shell?.write(`! ${pid}`);
  }

  /**
   * Leaves a process alone that has ended.
   *
   * @param pid Its number.
   * @returns When no shell is left, if that was the last process.
   */
  async release(pid: number): Promise<void> {
    if (!this.#pids.delete(pid)) return;
    const shell = this.#shell;
    shell?.write(`- ${pid}`);
    if (this.#pids.size > 0) return;
    this.#shell = undefined;
    await shell?.end();
  }
}

/** A shell that runs the script. It keeps no program alive. */
class ReaperShell {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(command: string, args: readonly string[]) {
    this.#child = new Deno.Command(command, {
      args: [...args],
      cwd: "/",
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      detached: true, // What a terminal sends to the program is not meant for it.
    }).spawn();
    this.#child.unref();
    this.#writer = this.#child.stdin.getWriter();
  }

  write(line: string): void {
    this.#writer.write(new TextEncoder().encode(`${line}\n`)).catch(ignoreEnd);
  }

  async end(): Promise<void> {
    this.#child.ref();
    await this.#writer.close().catch(ignoreEnd);
    await this.#child.status;
  }
}

/** Where only Deno may be run, its own shell runs the one of the system. */
function startShell(): ReaperShell | undefined {
  const { state } = Deno.permissions.querySync({ name: "run", command: "sh" });
  try {
    return state === "granted"
      ? new ReaperShell("sh", ["-c", SCRIPT])
      : new ReaperShell(Deno.execPath(), ["task", "--quiet", "--eval", `sh -c '${SCRIPT}'`]);
  } catch {
    return undefined; // The processes are started all the same: as on Windows.
  }
}

/** Somebody has killed the shell. The processes are watched over no longer. */
function ignoreEnd(): void {}
