/**
 * The adapter for nodemailer, which is loaded when the first mail is sent.
 *
 * @module
 */

/**
 * A variable, and not a literal in `import`: Deno downloads what literals name, used or not.
 * `deno compile` needs `--include` with it.
 */
const NODEMAILER: string = "npm:nodemailer@10.6.0";

/** What we tell nodemailer of the mail server. */
export interface MailTransportOptions {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly requireTLS: boolean;
  readonly ignoreTLS: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
  readonly tls?: { readonly ca: readonly string[] };
  readonly connectionTimeout: number;
  readonly greetingTimeout: number;
  readonly socketTimeout: number;
}

/** A mail. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly date: Date;
  readonly text: string;
  /** Ends the sending. */
  readonly signal: AbortSignal;
}

/** Sends mails. */
export interface MailTransport {
  sendMail(mail: Mail): Promise<unknown>;
  close(): void;
}

/**
 * Loads nodemailer.
 *
 * @param options Where mails go.
 * @returns What sends them.
 * @throws {Error} If the package can't be loaded.
 */
export async function createMailTransport(options: MailTransportOptions): Promise<MailTransport> {
  const nodemailer: unknown = await import(NODEMAILER);
  // Its own types need those of Node; of all of it, this is what we use.
  return (nodemailer as { createTransport(options: MailTransportOptions): MailTransport })
    .createTransport(options);
}
