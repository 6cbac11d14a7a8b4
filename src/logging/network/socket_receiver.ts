/**
 * The receiver of records that other programs send, ours or Python's.
 *
 * @module
 */

import { reportLoggingError } from "../handler.ts";
import { safely } from "../queues/safely.ts";
import { display } from "../text/inspect.ts";
import { currentRealm, getLogger, runInRealm } from "../realm.ts";
import type { LogRecord } from "../record.ts";
import { type FrameSource, readFrames } from "./frames.ts";
import { readPayload, UnreadableError } from "./read_payload.ts";
import { checkReceiverOptions, type SocketReceiverOptions } from "./receiver_options.ts";

export { DEFAULT_TCP_LOGGING_PORT, type SocketReceiverOptions } from "./receiver_options.ts";

/** The name of the logger that tells of clients. */
const RECEIVER_LOGGER = "paralog.receiver";

/** How long clients have to be silent until `stop` takes it that all has come, in milliseconds. */
const SILENCE = 25;

/** In how many looks that is found out. */
const LOOKS = 5;

/** How long `stop` reads on at most, in milliseconds. */
const MAX_DRAIN = 1000;

/** How long nobody is accepted after the system refused to accept, in milliseconds. */
const ACCEPT_PAUSE = 100;

/** How many loggers clients may name; a logger is never forgotten. */
const MAX_LOGGERS = 10_000;

/** A client that is connected. */
interface Client {
  readonly name: string;
  readonly connection: Deno.Conn;
  /** Since when more is waited for, by `performance.now()`; `Infinity` while there is work to do. */
  silentSince: number;
  /** Whether `stop` cut it off while it was sending. */
  isCutOff: boolean;
  /** Whether it paused for too long within a record. */
  isTooSlow: boolean;
  /** Whether something that it sent was read: it speaks our protocol. */
  isUnderstood: boolean;
  /** How many of its records were refused, and how many of them no report has told of. */
  refused: number;
  unreported: number;
}

/**
 * Receives records over TCP from our `SocketHandler` or Python's, from many clients at once, and has
 * them handled here. It listens from the start.
 *
 * A record that can't be read is refused, and a WARN of the logger "paralog.receiver" names the client
 * and says why: for the 1st, 10th, 100th, … of a client, and for all of them when it leaves. A client is
 * dropped when its records can't be told apart any more, or when the first is no record at all; the
 * others go on. Pickles are read as plain data: nothing that they ask for is called.
 *
 * Ported from the `LogRecordSocketReceiver` of Python's logging cookbook.
 *
 * @example
 * ```ts
 * import { basicConfig, SocketReceiver } from "@paralog/paralog/logging";
 *
 * basicConfig({ level: "INFO" });
 * await using receiver = new SocketReceiver({ port: 0 });
 * console.log(receiver.port > 0); // true
 * ```
 */
export class SocketReceiver implements AsyncDisposable {
  /** The address that it listens on. */
  readonly hostname: string;
  /** The port that it listens on. */
  readonly port: number;
  readonly #listener: Deno.Listener;
  readonly #maxLength: number;
  readonly #maxClients: number;
  readonly #frameTimeout: number;
  readonly #handle: (record: LogRecord) => void | Promise<void>;
  readonly #realm = currentRealm();
  readonly #clients = new Set<Client>();
  readonly #loggers = new Set<string>();
  readonly #serving = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;
  #stopped: Promise<void> | undefined;
  #isCut = false;
  #turnedAway = 0;
  /** When the last client came, or else when `stop` was called, by `performance.now()`. */
  #acceptedAt = 0;

  /**
   * Listens.
   *
   * @param options Where to listen, and what to do with records.
   * @throws {TypeError} If an option is unknown.
   * @throws {RangeError} If a number is out of range.
   * @throws {Deno.errors.AddrInUse} If somebody else has the port.
   */
  constructor(options: SocketReceiverOptions = {}) {
    const checked = checkReceiverOptions(options);
    const { hostname, port, tls, respectLevels } = checked;
    this.#maxLength = checked.maxLength;
    this.#maxClients = checked.maxClients;
    this.#frameTimeout = checked.frameTimeout;
    this.#handle = options.handle ?? ((record) => this.#log(record, { respectLevels }));
    this.#listener = tls
      ? Deno.listenTls({ hostname, port, cert: tls.cert, key: tls.key })
      : Deno.listen({ hostname, port });
    const address = this.#listener.addr as Deno.NetAddr; // What a TCP listener has.
    this.hostname = address.hostname;
    this.port = address.port;
    this.#accepting = this.#accept();
  }

  /** How many clients are connected. */
  get clients(): number {
    return this.#clients.size;
  }

  /**
   * Reads what clients have sent until now, then disconnects them. What one was still sending a second
   * later is cut off, and a WARN says so.
   *
   * @returns When all of it has been handled. Never rejects.
   */
  stop(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  /** Stops at the end of an `await using` scope. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    const isSilent = await this.#waitForSilence();
    this.#isCut = true;
    this.#listener.close();
    for (const client of this.#clients) {
      client.isCutOff = !isSilent && performance.now() - client.silentSince < SILENCE;
      close(client.connection);
    }
    await this.#accepting;
    await Promise.all(this.#serving);
  }

  /** Waits until clients are silent; `false` if they do not become so in time. */
  async #waitForSilence(): Promise<boolean> {
    const start = this.#acceptedAt = performance.now();
    let last = start;
    // In several short looks: after a pause of this very thread the timer comes before what was sent.
    for (let looks = 0; looks < LOOKS; looks++) {
      await pause(SILENCE / LOOKS);
      const since = this.#silentSince();
      if (performance.now() - start > MAX_DRAIN) return false;
      if (since !== last || since === Infinity) looks = -1;
      last = since;
    }
    return true;
  }

  /** Since when nobody has come and nothing has been sent. */
  #silentSince(): number {
    const clients = [...this.#clients].map(({ silentSince }) => silentSince);
    return Math.max(this.#acceptedAt, ...clients);
  }

  async #accept(): Promise<void> {
    while (!this.#isCut) {
      try {
        const connection = await this.#listener.accept();
        this.#acceptedAt = performance.now();
        if (this.#clients.size >= this.#maxClients) {
          this.#turnAway(connection);
          continue;
        }
        const served = this.#serve(connection).finally(() => this.#serving.delete(served));
        this.#serving.add(served);
      } catch (error) {
        if (this.#isCut) return;
        this.#warn("a client could not be accepted", error);
        await pause(ACCEPT_PAUSE); // Such as with too many open files: it may be better soon.
      }
    }
  }

  /** Reads one client to its end. Never rejects. */
  async #serve(connection: Deno.Conn): Promise<void> {
    const client: Client = {
      name: nameOf(connection),
      connection,
      silentSince: Infinity,
      isCutOff: false,
      isTooSlow: false,
      isUnderstood: false,
      refused: 0,
      unreported: 0,
    };
    this.#clients.add(client);
    try {
      const source: FrameSource = {
        read: (buffer, isWithinFrame) => this.#read(client, { buffer, isWithinFrame }),
      };
      for await (const payload of readFrames(source, { maxLength: this.#maxLength })) {
        const record = this.#readRecord(client, payload);
        if (record) await this.#handleSafely(record);
      }
      if (client.isCutOff) throw new Error("it was still sending when the receiver was stopped");
    } catch (error) {
      this.#warn(`${client.name} was dropped`, error, { client: client.name });
    } finally {
      this.#clients.delete(client);
      if (client.unreported > 0) this.#reportRefused(client, "it has left");
      close(connection);
    }
  }

  /** A record that can't be read is refused; the next one begins where its frame ends. */
  #readRecord(client: Client, payload: Uint8Array): LogRecord | undefined {
    try {
      const record = readPayload(payload);
      client.isUnderstood = true;
      return record;
    } catch (error) {
      if (error instanceof UnreadableError && !client.isUnderstood) throw error;
      client.isUnderstood = true;
      client.refused++;
      client.unreported++;
      if (Number.isInteger(Math.log10(client.refused))) this.#reportRefused(client, error);
    }
  }

  #reportRefused(client: Client, error: unknown): void {
    const { name, refused } = client;
    client.unreported = 0;
    const what = refused === 1 ? "a record" : `${refused} records`;
    this.#warn(`${what} of ${name} ${refused === 1 ? "was" : "were"} refused`, error, {
      client: name,
      refused,
    });
  }

  #turnAway(connection: Deno.Conn): void {
    this.#turnedAway++;
    if (Number.isInteger(Math.log10(this.#turnedAway))) {
      const reason = `${this.#clients.size} are connected, allowed are up to ${this.#maxClients}`;
      const count = this.#turnedAway === 1 ? "a client was" : `${this.#turnedAway} clients were`;
      const fields = { client: nameOf(connection), turnedAway: this.#turnedAway };
      this.#warn(`${count} turned away`, reason, fields);
    }
    close(connection);
  }

  /** Reads some bytes. To have been cut off by `stop` is the end, and no error. */
  async #read(
    client: Client,
    { buffer, isWithinFrame }: { readonly buffer: Uint8Array; readonly isWithinFrame: boolean },
  ): Promise<number | null> {
    client.silentSince = performance.now();
    const timer = isWithinFrame ? this.#dropLater(client) : undefined;
    try {
      return await client.connection.read(buffer);
    } catch (error) {
      if (client.isTooSlow) {
        throw new Error(`nothing came for ${this.#frameTimeout} ms within a record`);
      }
      if (this.#isCut) return null;
      throw error;
    } finally {
      clearTimeout(timer);
      client.silentSince = Infinity;
    }
  }

  #dropLater(client: Client): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      client.isTooSlow = true;
      close(client.connection);
    }, this.#frameTimeout);
    Deno.unrefTimer(timer);
    return timer;
  }

  /** Never throws: that a record can't be handled is not the client's fault. */
  async #handleSafely(record: LogRecord): Promise<void> {
    try {
      await runInRealm(this.#realm.alive(), () => this.#handle(record));
    } catch (error) {
      reportLoggingError("A received record could not be handled", record, error);
    }
  }

  #log(record: LogRecord, { respectLevels }: { readonly respectLevels: boolean }): void {
    const isKnown = this.#loggers.has(record.name);
    if (!isKnown && this.#loggers.size < MAX_LOGGERS) this.#loggers.add(record.name);
    else if (!isKnown) return void getLogger().handle(record);
    const logger = getLogger(record.name);
    if (!respectLevels || logger.isEnabledFor(record.level)) logger.handle(record);
  }

  #warn(what: string, error: unknown, fields: Readonly<Record<string, unknown>> = {}): void {
    const reason = error instanceof Error ? error.message : display(error);
    safely("A client could not be told of", () => {
      const warn = () =>
        getLogger(RECEIVER_LOGGER).warn("%s: %s", what, reason, { ...fields, reason });
      return runInRealm(this.#realm.alive(), warn);
    });
  }
}

/** Where a client is: address and port. */
function nameOf(connection: Deno.Conn): string {
  const { hostname, port } = connection.remoteAddr as Deno.NetAddr; // What a TCP connection has.
  return `${hostname}:${port}`;
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It is closed already: by the client's end, or by `stop`.
  }
}

function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}
