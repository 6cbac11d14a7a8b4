/**
 * Receiving from a ZeroMQ socket, for `zeromq_handler.ts` and `zeromq_listener.ts`.
 *
 * In Deno 2.9 a ZeroMQ socket that waits is not always woken, and one that waits with a time limit
 * can end the program: the part of libuv that does it is a stand-in there. So sockets are made
 * with {@linkcode WITHOUT_WAITING}, and asked every few milliseconds.
 */

// deno-lint-ignore no-import-prefix -- Only these recipes need it.
import type { Readable } from "npm:zeromq@6.8.0";

/** How often a socket is asked, in milliseconds. */
const INTERVAL = 10;

/** The option of sockets that {@linkcode receive} asks. */
export const WITHOUT_WAITING = { receiveTimeout: 0 } as const;

/** Receives a message of one part; `undefined` if the signal comes first. */
export async function receive(
  socket: Pick<Readable, "receive">,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  while (!signal?.aborted) {
    try {
      const [message] = await socket.receive();
      return message;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL)); // Nothing is there yet.
  }
}
