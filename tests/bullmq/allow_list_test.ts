/** Which tasks an agent runs, and how one could try to have it run others. */

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { pathToFileURL } from "node:url";
import { AllowList } from "../../src/bullmq/agent/allow_list.ts";
import { runDeno } from "../support/run_deno.ts";
import { withFolder } from "../support/log_folder.ts";

function refusal(patterns: readonly string[], url: string): string | undefined {
  const list = new AllowList(patterns, { allowSource: false });
  return list.refusalOf({ kind: "module", url, name: "work" });
}

/** Which of the modules are run. */
function allowed(patterns: readonly string[], urls: readonly string[]): string[] {
  return urls.filter((url) => refusal(patterns, url) === undefined);
}

/** The URL of a module of the folder /nowhere, which is not there: so only its name counts. */
function at(path: string): string {
  return `file:///nowhere/${path}`;
}

const MODULES = ["a.ts", "b.ts", "x/a.ts", "x/y/a.ts", "x/y/b.js"].map(at);

for (
  const [pattern, expected] of [
    ["/nowhere/a.ts", ["a.ts"]],
    ["file:///nowhere/a.ts", ["a.ts"]],
    ["file:///elsewhere/../nowhere/a.ts", ["a.ts"]],
    ["/elsewhere/../nowhere/a.ts", ["a.ts"]],
    ["/nowhere/*", ["a.ts", "b.ts"]],
    ["/nowhere/*/a.ts", ["x/a.ts"]],
    ["/nowhere/*/*/*.ts", ["x/y/a.ts"]],
    ["/nowhere/x/y/*.*", ["x/y/a.ts", "x/y/b.js"]],
    ["/nowhere/", ["a.ts", "b.ts", "x/a.ts", "x/y/a.ts", "x/y/b.js"]],
    ["/nowhere/x/", ["x/a.ts", "x/y/a.ts", "x/y/b.js"]],
    ["/nowhere/x", []],
    ["/nowhere/**/a.ts", ["a.ts", "x/a.ts", "x/y/a.ts"]],
    ["/nowhere/**/y/**", ["x/y/a.ts", "x/y/b.js"]],
    ["/nowhere/*/", ["a.ts", "b.ts", "x/a.ts", "x/y/a.ts", "x/y/b.js"]],
    ["/**", ["a.ts", "b.ts", "x/a.ts", "x/y/a.ts", "x/y/b.js"]],
    ["/", ["a.ts", "b.ts", "x/a.ts", "x/y/a.ts", "x/y/b.js"]],
    ["*.ts", []], // In the working directory.
    ["**", []],
    ["https://host/nowhere/", []],
  ] satisfies [string, string[]][]
) {
  Deno.test(`AllowList with ${pattern} runs ${expected.length} of five modules`, () => {
    assertEquals(allowed([pattern], MODULES), expected.map(at));
  });
}

Deno.test("AllowList takes paths from the working directory", () => {
  const here = pathToFileURL(`${Deno.cwd()}/tests/support/process_tasks.ts`).href;
  assertEquals(refusal(["tests/support/"], here), undefined);
  assertEquals(refusal(["./tests/**/*_tasks.ts"], here), undefined);
  assertMatch(refusal(["./tests/*_tasks.ts"], here) ?? "", /was not told to run tasks/);
});

Deno.test("AllowList reads names of files that URLs write otherwise", () => {
  for (const name of ["a b.ts", "ä.ts", "a#b.ts", "a?b.ts", "a[1]{2}.ts", "100%.ts", "=.ts"]) {
    const { href } = pathToFileURL(`/nowhere/${name}`);
    assertEquals([name, refusal([`/nowhere/${name}`], href)], [name, undefined]);
    assertEquals([name, refusal([href], href)], [name, undefined]);
    assertEquals([name, refusal(["/nowhere/*"], href)], [name, undefined]);
  }
});

Deno.test("AllowList runs modules of a host, with its port and over its protocol only", () => {
  const urls = [
    "https://host/app/a.ts",
    "http://host/app/a.ts",
    "https://host:8443/app/a.ts",
    "https://host.evil/app/a.ts",
    "https://evil/host/app/a.ts",
    "https://host./app/a.ts",
    "https://user@host/app/a.ts",
    "https://host@evil/app/a.ts",
    "https://host/app2/a.ts",
    "https://host/a.ts",
    "file:///app/a.ts",
  ];
  assertEquals(allowed(["https://host/app/"], urls), urls.slice(0, 1));
  assertEquals(allowed(["HTTPS://HOST:443/app/"], urls), urls.slice(0, 1));
  assertEquals(allowed(["https://host:8443/**"], urls), [urls[2]]);
  assertEquals(allowed(["http://host/app/a.ts"], urls), [urls[1]]);
});

/** Ways to write a module that is not below /nowhere/app, or of https://host/app, as if it was. */
const TRICKS = [
  at("app/../secret.ts"),
  at("app/%2e%2e/secret.ts"),
  at("app/.%2E/secret.ts"),
  at("app/..%2fsecret.ts"),
  at("app/..%2F..%2fetc/x.ts"),
  at("app/..%5csecret.ts"),
  at("app/..\\secret.ts"),
  at("app/%252e%252e%252fsecret.ts"),
  at("app/%25252e%25252e/secret.ts"),
  at("app//a.ts"),
  at("app/./a.ts"),
  at("app/a.ts/"),
  at("app/"),
  at("app/a.ts%00.png"),
  at("app/%ff.ts"),
  at("app/%zz.ts"),
  at("app/\n../../a.ts"),
  ` ${at("app/a.ts")}`,
  `${at("app/a.ts")} `,
  at("app/a.ts?v=2"),
  at("app/a.ts#b"),
  at("app/a.ts?"),
  at("app/a.ts#"),
  "file://host/nowhere/app/a.ts",
  "file://localhost/nowhere/app/a.ts",
  "file:////nowhere/app/a.ts",
  "file:/nowhere/app/a.ts",
  "FILE:///nowhere/app/a.ts",
  "/nowhere/app/a.ts",
  "nowhere/app/a.ts",
  "https://host/app/../a.ts",
  "https://host/app/%2e%2e/a.ts",
  "https://host/app/..%2fa.ts",
  "https://host/app/%252e%252e%252fa.ts",
  "https://host/app//evil/a.ts",
  "https://host/app/a.ts?redirect=https://evil",
  "https://HOST/app/a.ts",
  "https://host:443/app/a.ts",
  "https://@host/app/a.ts",
  "https:host/app/a.ts",
  "https:\\\\host\\app\\a.ts",
  "data:text/javascript,Deno.exit()",
  "data:text/javascript,1#file:///nowhere/app/a.ts",
  "blob:https://host/app/a.ts",
  "blob:null/123",
  "node:fs",
  "ext:core/ops",
  "javascript:1",
  "view-source:https://host/app/a.ts",
  "jsr:@host/app",
  "npm:app",
  "",
  "app",
  at(`app/${"a/".repeat(5000)}a.ts`),
];

for (const url of TRICKS) {
  const shown = url.length > 60 ? `${url.slice(0, 40)}…` : url;
  Deno.test(`AllowList does not run ${JSON.stringify(shown)} for being below a folder`, () => {
    const text = refusal(["/nowhere/app/", "https://host/app/"], url) ?? "";
    assertMatch(text, /^Cannot run a task of .{2,1000}$/);
  });
}

Deno.test("AllowList runs nothing of data: and blob:, whatever its patterns", () => {
  for (const url of ["data:text/javascript,1", "blob:null/1", "node:fs", "ext:a/b"]) {
    assertMatch(refusal(["/**", "https://host/"], url) ?? "", /begins with ".+", not with file:/);
  }
});

Deno.test("AllowList takes a module with a query for another one, unless it is in the pattern", () => {
  const urls = ["https://host/a.ts", "https://host/a.ts?v=1", "https://host/a.ts?v=2"]
    .concat("https://host/a.ts#v", "https://host/a.ts?");
  for (const url of urls) assertEquals(allowed([url], urls), [url]);
  assertEquals(allowed(["https://host/*?v=1"], urls), [urls[1]]);
  assertEquals(allowed(["file:///nowhere/a.ts?v=1"], [at("a.ts"), at("a.ts?v=1")]), [
    at("a.ts?v=1"),
  ]);
});

Deno.test("AllowList takes a package of JSR for all its modules, or those of one version", () => {
  const urls = [
    "https://jsr.io/@scope/name/1.2.3/mod.ts",
    "https://jsr.io/@scope/name/1.2.4/src/a.ts",
    "jsr:@scope/name",
    "jsr:@scope/name@1.2.3",
    "jsr:@scope/name@^1.2/sub",
    "https://jsr.io/@scope/name2/1.2.3/mod.ts",
    "https://jsr.io/@scope2/name/1.2.3/mod.ts",
    "https://jsr.io/@scope/name/1.2.3/mod.ts?a",
    "https://evil.io/@scope/name/1.2.3/mod.ts",
    "http://jsr.io/@scope/name/1.2.3/mod.ts",
    "https://jsr.io/@scope/name",
    "jsr:@scope/name@1.2.3@evil",
    "jsr:@scope/name@npm:evil",
    "jsr:@scope/../@evil/name",
    "jsr:@scope%2fname",
    "jsr:/@scope/name",
    "npm:@scope/name",
    "npm:name",
  ];
  assertEquals(allowed(["jsr:@scope/name"], urls), urls.slice(0, 5));
  assertEquals(allowed(["jsr:@scope/name@1.2.3"], urls), [urls[0], urls[3]]);
});

Deno.test("AllowList takes a package of npm by its name, or one version of it", () => {
  const urls = ["npm:name", "npm:name@1.2.3", "npm:name@1.2.3/sub", "npm:name/sub"]
    .concat("npm:name2", "npm:@scope/name", "npm:name@npm:evil@1.0.0", "npm:name@https://evil")
    .concat(
      "npm:/name",
      "npm:name?a",
      "npm:name#a",
      "npm:name/../evil",
      "npm:name@",
      "jsr:@a/name",
    );
  assertEquals(allowed(["npm:name"], urls), urls.slice(0, 4));
  assertEquals(allowed(["npm:name@1.2.3"], urls), urls.slice(1, 3));
  assertEquals(allowed(["npm:@scope/name"], urls), [urls[5]]);
});

Deno.test("AllowList looks where symbolic links lead", () =>
  withFolder((folder) => {
    const real = Deno.realPathSync(folder);
    for (const name of ["app", "other", "links"]) Deno.mkdirSync(`${real}/${name}`);
    for (const name of ["app", "other"]) Deno.writeTextFileSync(`${real}/${name}/a.ts`, "");
    Deno.symlinkSync(`${real}/other`, `${real}/app/out`);
    Deno.symlinkSync(`${real}/other/a.ts`, `${real}/app/out.ts`);
    Deno.symlinkSync(`${real}/app/a.ts`, `${real}/app/in.ts`);
    Deno.symlinkSync(`${real}/app`, `${real}/links/current`);
    const refusalIn = (pattern: string, path: string) =>
      refusal([`${real}/${pattern}`], pathToFileURL(`${real}/${path}`).href);

    for (const path of ["app/out/a.ts", "app/out.ts"]) {
      assertMatch(refusalIn("app/", path) ?? "", /it is a symbolic link, or in one/);
    }
    assertEquals(refusalIn("app/", "app/a.ts"), undefined);
    assertEquals(refusalIn("app/", "app/in.ts"), undefined);
    // What the pattern names itself may be a link: it was meant.
    assertEquals(refusalIn("app/out.ts", "app/out.ts"), undefined);
    assertEquals(refusalIn("links/current/", "links/current/a.ts"), undefined);
    assertEquals(refusalIn("links/current/*.ts", "links/current/in.ts"), undefined);
    assertMatch(refusalIn("links/current/", "links/current/out.ts") ?? "", /symbolic link/);
    assertMatch(refusalIn("links/*/a.ts", "links/current/a.ts") ?? "", /symbolic link/);
    assertMatch(refusalIn("app/", "app/a.ts/b.ts") ?? "", /can't look up where that file is/);
    // What is not there can't be imported, which the import says.
    assertEquals(refusalIn("app/", "app/missing.ts"), undefined);
  }));

Deno.test("AllowList sees that a symbolic link was changed", () =>
  withFolder((folder) => {
    const real = Deno.realPathSync(folder);
    for (const name of ["v1", "v2"]) {
      Deno.mkdirSync(`${real}/${name}`);
      Deno.writeTextFileSync(`${real}/${name}/a.ts`, "");
    }
    const list = new AllowList([`${real}/current/`], { allowSource: false });
    const { href } = pathToFileURL(`${real}/current/a.ts`);
    for (const version of ["v1", "v2"]) {
      Deno.symlinkSync(`${real}/${version}`, `${real}/current`);
      assertEquals(list.refusalOf({ kind: "module", url: href, name: "f" }), undefined);
      Deno.removeSync(`${real}/current`);
    }
  }));

Deno.test("AllowList refuses a file whose path it may not look up", async () => {
  const module = new URL("../../src/bullmq/agent/allow_list.ts", import.meta.url).href;
  const url = pathToFileURL(`${Deno.cwd()}/tests/support/process_tasks.ts`).href;
  const code = `import { AllowList } from ${JSON.stringify(module)};
    const list = new AllowList(["/**"], { allowSource: false });
    console.log(list.refusalOf({ kind: "module", url: ${JSON.stringify(url)}, name: "f" }));`;
  const program = `data:text/javascript,${encodeURIComponent(code)}`;
  const { stdout, stderr } = await runDeno(["run", "--no-prompt", program]);
  assertMatch(stdout, /can't look up where that file is: Requires read access/, stderr);
});

Deno.test("AllowList runs functions sent by their source only if it is told to", () => {
  const task = { kind: "source", source: "() => 1", name: "f\n2" } as const;
  const refused = new AllowList(["/**"], { allowSource: false }).refusalOf(task) ?? "";
  assertMatch(refused, /^Cannot run task "f\\n2": it is sent by its source.+--allow-source$/);
  assertEquals(new AllowList([], { allowSource: true }).refusalOf(task), undefined);
  assertMatch(
    new AllowList([], { allowSource: true })
      .refusalOf({ kind: "module", url: at("a.ts"), name: "f" }) ?? "",
    /was not told/,
  );
});

Deno.test("AllowList shows the beginning only of what is very long", () => {
  for (const url of [at("a".repeat(4000)), at("a".repeat(1e6))]) {
    assertEquals((refusal([], url)?.length ?? 0) < 1000, true);
  }
});

Deno.test("AllowList takes little time, however patterns and URLs are made to match badly", () => {
  const pattern = `/nowhere/${"*a".repeat(30)}b/${"**/x/".repeat(20)}y.ts`;
  const start = performance.now();
  refusal([pattern], at(`${"a".repeat(2000)}b/${"x/".repeat(900)}z.ts`));
  refusal([pattern], at("a".repeat(4000)));
  assertEquals(performance.now() - start < 500, true);
});

for (
  const [pattern, why] of [
    ["", /it is empty/],
    ["  ", /it is empty/],
    ["~/app/", /no shell has replaced the "~"/],
    ["data:text/javascript,1", /begins with "data:"/],
    ["blob:null/1", /begins with "blob:"/],
    ["node:fs", /begins with "node:"/],
    ["https://*.host/app/", /not of hosts/],
    ["https://**", /"\/" at its end/],
    ["https://user:secret@host/app/", /has a user or a password/],
    ["file://host/app/", /is on another machine/],
    ["https://host/%2e%2e%2fapp", /hides characters/],
    ["https://host/a//b.ts", /has "\/\/"/],
    ["https://:99999/", /is no URL/],
    ["/nowhere/**.ts", /"\*\*" stands for whole folders/],
    ["/nowhere/a**/b.ts", /"\*\*" stands for whole folders/],
    ["src", /it is a folder: write "src\/"/],
    ["jsr:name", /write npm:name or jsr:@scope\/name/],
    ["jsr:@scope/*", /write npm:name/],
    ["jsr:@scope/name@^1", /with @1\.2\.3 for one version/],
    ["npm:name@latest", /with @1\.2\.3 for one version/],
    ["npm:na%6de", /hides characters/],
  ] satisfies [string, RegExp][]
) {
  Deno.test(`AllowList refuses the pattern ${JSON.stringify(pattern)}, and says why`, () => {
    const make = () => new AllowList(["/nowhere/a.ts", pattern], { allowSource: false });
    const { message } = assertThrows(make, RangeError, "Cannot allow the modules ");
    assertMatch(message, why);
    assertEquals(message.includes("secret") && !pattern.includes("secret"), false);
  });
}
