/** A small mail server that keeps what it is sent. */

/** A mail as the server got it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** User and password, if the client said them. */
  readonly login?: string;
  readonly encrypted: boolean;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Options of {@linkcode SmtpServer}. */
export interface SmtpServerOptions {
  readonly port?: number;
  /** Encrypted from the start. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Says something else than "250 OK" to a command; "" says nothing at all. */
  readonly answer?: (command: string) => string | undefined;
}

/** Listens on loopback. */
export class SmtpServer implements AsyncDisposable {
  readonly port: number;
  readonly mails: ReceivedMail[] = [];
  readonly #listener: Deno.Listener<Deno.Conn>;
  readonly #options: SmtpServerOptions;
  readonly #conns = new Set<Deno.Conn>();
  readonly #sessions = new Set<Promise<void>>();

  constructor(options: SmtpServerOptions = {}) {
    const address = { hostname: "127.0.0.1", port: options.port ?? 0 };
    this.#options = options;
    const { tls } = options;
    const listener = tls ? Deno.listenTls({ ...address, ...tls }) : Deno.listen(address);
    this.#listener = listener;
    this.port = (listener.addr as Deno.NetAddr).port;
    this.#accept();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#conns) this.#close(conn);
    await Promise.all(this.#sessions);
  }

  async #accept(): Promise<void> {
    try {
      for await (const conn of this.#listener) {
        this.#conns.add(conn);
        const session = this.#serve(conn).catch(() => {}).finally(() => this.#close(conn));
        this.#sessions.add(session);
      }
    } catch {
      // The listener was closed.
    }
  }

  #close(conn: Deno.Conn): void {
    if (this.#conns.delete(conn)) conn.close();
  }

  async #serve(conn: Deno.Conn): Promise<void> {
    const say = async (text: string) => {
      if (text !== "") await conn.write(new TextEncoder().encode(`${text}\r\n`));
    };
    let mail: { from: string; to: string[]; login?: string } = { from: "", to: [] };
    let data: string[] | undefined;
    await say(this.#options.answer?.("CONNECT") ?? "220 test");
    for await (const line of linesOf(conn)) {
      if (data) {
        if (line !== ".") {
          data.push(line.replace(/^\.\./, "."));
          continue;
        }
        this.mails.push({ ...mail, encrypted: !!this.#options.tls, ...parse(data) });
        data = undefined;
        await say("250 OK");
        continue;
      }
      const answer = this.#options.answer?.(line);
      const [, address = ""] = /<(.*)>/.exec(line) ?? [];
      if (answer !== undefined) await say(answer);
      else if (line.startsWith("EHLO")) await say("250-test\r\n250 AUTH PLAIN");
      else if (line.startsWith("AUTH PLAIN ")) {
        mail = { ...mail, login: atob(line.slice(11)).split("\0").slice(1).join(":") };
        await say("235 OK");
      } else if (line === "DATA") {
        data = [];
        await say("354 go on");
      } else if (line === "QUIT") return await say("221 bye");
      else {
        if (line.startsWith("MAIL")) mail = { ...mail, from: address, to: [] };
        if (line.startsWith("RCPT")) mail.to.push(address);
        await say("250 OK");
      }
    }
  }
}

async function* linesOf(conn: Deno.Conn): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  let text = "";
  for (let count; (count = await conn.read(buffer)) !== null;) {
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
    for (let end; (end = text.indexOf("\r\n")) >= 0; text = text.slice(end + 2)) {
      yield text.slice(0, end);
    }
  }
}

function parse(lines: readonly string[]): { headers: Map<string, string>; body: string } {
  const empty = lines.indexOf("");
  const headers = new Map<string, string>();
  for (const line of lines.slice(0, empty).join("\n").replaceAll(/\n[ \t]+/g, " ").split("\n")) {
    const colon = line.indexOf(":");
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const body = lines.slice(empty + 1).join("\n");
  const encoding = headers.get("content-transfer-encoding");
  if (encoding === "quoted-printable") return { headers, body: fromQuotedPrintable(body) };
  if (encoding === "base64") return { headers, body: utf8(Uint8Array.fromBase64(body)) };
  return { headers, body };
}

function fromQuotedPrintable(text: string): string {
  const bytes = text.replaceAll(/=\n/g, "").replaceAll(
    /=([0-9A-F]{2})/g,
    (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return utf8(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
