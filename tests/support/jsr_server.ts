/**
 * A registry on loopback that serves this package as it would be published, and the `@std` packages
 * from `vendor/`.
 */

import { ROOT } from "./run_deno.ts";

interface Version {
  readonly version: string;
  readonly exports: Record<string, string>;
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/**
 * Starts the registry. Its `url` is what `JSR_URL` has to be.
 *
 * @param missing A path that is not found, as when a network fails.
 */
export async function serveJsr(
  missing?: string,
): Promise<AsyncDisposable & { url: string; requests: string[] }> {
  const packages = new Map([["@paralog/paralog", await publishedPackage()]]);
  for await (const { name } of Deno.readDir(new URL("vendor/jsr.io/@std/", ROOT))) {
    if (!name.endsWith(".txt")) packages.set(`@std/${name}`, await vendoredPackage(name));
  }
  const requests: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    requests.push(pathname);
    if (missing !== undefined && pathname.endsWith(missing)) {
      return new Response(null, { status: 404 });
    }
    return answer(packages, pathname);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function answer(packages: ReadonlyMap<string, Version>, path: string): Promise<Response> {
  const [, scope, name, first = "", ...rest] = path.split("/");
  const found = packages.get(`${scope}/${name}`);
  if (!found) return new Response(null, { status: 404 });
  const { version, exports, files } = found;
  if (first === "meta.json") {
    return Response.json({ scope, name, latest: version, versions: { [version]: {} } });
  }
  if (first === `${version}_meta.json`) {
    const manifest: Record<string, { size: number; checksum: string }> = {};
    for (const [file, bytes] of files) {
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
      manifest[`/${file}`] = { size: bytes.length, checksum: `sha256-${hash}` };
    }
    return Response.json({ manifest, exports });
  }
  const bytes = files.get(rest.join("/"));
  if (!bytes) return new Response(null, { status: 404 });
  const type = path.endsWith(".ts") ? "text/typescript" : "text/javascript";
  return new Response(bytes, { headers: { "content-type": type } });
}

/** The files that `deno publish` would send; it writes out what the import map stands for. */
async function publishedPackage(): Promise<Version> {
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const included of config.publish.include) {
    for await (const path of filesBelow(ROOT, included)) {
      const bytes = await Deno.readFile(new URL(path, ROOT));
      files.set(path, path.endsWith(".ts") ? writeOutImports(bytes, config.imports) : bytes);
    }
  }
  return { version: config.version, exports: config.exports, files };
}

function writeOutImports(
  bytes: Uint8Array<ArrayBuffer>,
  imports: Record<string, string>,
): Uint8Array<ArrayBuffer> {
  const code = new TextDecoder().decode(bytes).replace(
    /((?:from|import) ")(@std\/\w+|bullmq|ioredis)(?=["/])/g,
    (_match, before, name) => `${before}${imports[name]}`,
  );
  return new TextEncoder().encode(code);
}

async function vendoredPackage(name: string): Promise<Version> {
  const folder = new URL(`vendor/jsr.io/@std/${name}/`, ROOT);
  const { versions } = JSON.parse(await Deno.readTextFile(new URL("meta.json", folder)));
  let version = "";
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isDirectory && entry.name in versions) version = entry.name;
  }
  const meta = JSON.parse(await Deno.readTextFile(new URL(`${version}_meta.json`, folder)));
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const root = new URL(`${version}/`, folder);
  for await (const path of filesBelow(root, "")) {
    files.set(path, await Deno.readFile(new URL(path, root)));
  }
  return { version, exports: meta.exports, files };
}

/** The files at a path or below it, as paths from the root. */
async function* filesBelow(root: URL, path: string): AsyncGenerator<string> {
  if (path !== "" && !path.endsWith("/")) return yield path;
  for await (const { name, isDirectory } of Deno.readDir(new URL(path, root))) {
    yield* filesBelow(root, `${path}${name}${isDirectory ? "/" : ""}`);
  }
}
