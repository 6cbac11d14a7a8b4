/**
 * What goes wrong on the way of records to a peer.
 *
 * @module
 */

import { type Handler, reportLoggingError } from "../handler.ts";
import { display } from "../text/inspect.ts";
import type { LogRecord } from "../record.ts";

/** Options of {@linkcode SendError}. */
export interface SendErrorOptions extends ErrorOptions {
  /**
   * How many items of the batch, counted from its start, the peer has nevertheless: they are not
   * sent again.
   *
   * @default 0
   */
  delivered?: number;
  /**
   * How many of the items after these the peer will never take: they are given up. The rest is sent
   * again. `Infinity` is all of them.
   *
   * @default 0
   */
  refused?: number;
  /**
   * How long the peer asks to wait, in milliseconds.
   *
   * @default 0
   */
  retryAfter?: number;
}

/** Says which part of a batch could not be sent, where a sender knows it. */
export class SendError extends Error {
  /** Always "SendError". */
  override readonly name = "SendError";
  /** How many items the peer has, from the start of the batch. */
  readonly delivered: number;
  /** How many items after these the peer will never take. */
  readonly refused: number;
  /** How long the peer asks to wait, in milliseconds. */
  readonly retryAfter: number;

  /**
   * Makes the error.
   *
   * @param message What the peer or the system said.
   * @param options What became of the batch.
   */
  constructor(message: string, options: SendErrorOptions = {}) {
    super(message, options);
    this.delivered = options.delivered ?? 0;
    this.refused = options.refused ?? 0;
    this.retryAfter = options.retryAfter ?? 0;
  }
}

/**
 * Records have not reached their peer, or not yet. A handler that sends hands it to its
 * `handleError`, seldom enough to be shown each time.
 */
export class UndeliveredError extends Error {
  /** Always "UndeliveredError". */
  override readonly name = "UndeliveredError";
  /** How many records are lost; 0 while they only wait. */
  readonly lost: number;

  /**
   * Makes the error.
   *
   * @param message What happened to how many records.
   * @param options How many are lost, and what the peer or the system said.
   */
  constructor(message: string, options: ErrorOptions & { lost: number }) {
    super(options.cause === undefined ? message : `${message}: ${display(options.cause)}`, options);
    this.lost = options.lost;
  }
}

/**
 * Shows an {@linkcode UndeliveredError} on stderr. Its sender has counted already, so it passes by
 * the counting of `Handler.handleError`.
 *
 * @param handler The handler that sends.
 * @param record A record that it is about.
 * @param error What was given to `handleError`.
 * @returns Whether it was one, and is shown.
 */
export function reportUndelivered(handler: Handler, record: LogRecord, error: unknown): boolean {
  if (!(error instanceof UndeliveredError)) return false;
  reportLoggingError(handler.constructor.name, record, error.message);
  return true;
}
