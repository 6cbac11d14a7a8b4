/**
 * What tasks print on other machines, printed here.
 *
 * @module
 */

import { writeAbove } from "../../logging/terminal/status_line.ts";
import type { OutputStream } from "../../parallel/backends/child_channel.ts";

/** Prints what one job prints, as if its process were one of this machine. */
export class RemoteOutput {
  /** A character may be cut between two pieces. */
  readonly #decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };

  /**
   * Prints a piece. Where nobody reads what this program prints, as behind a pipe that was closed, it is dropped.
   *
   * @param stream Where the task has printed it to.
   * @param bytes What it has printed.
   */
  print(stream: OutputStream, bytes: Uint8Array): void {
    const text = this.#decoders[stream].decode(bytes, { stream: true });
    try {
      writeAbove(Deno[stream], text);
    } catch {
      // There is nobody to tell, and the task goes on.
    }
  }
}
