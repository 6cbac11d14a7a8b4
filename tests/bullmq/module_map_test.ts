/** Modules that an agent has elsewhere. */

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { AllowList } from "../../src/bullmq/agent/allow_list.ts";
import { ModuleMap } from "../../src/bullmq/agent/module_map.ts";
import type { Envelope } from "../../src/bullmq/wire/messages.ts";
import type { TaskReference } from "../../src/parallel/tasks/task.ts";

function moduleAt(url: string): TaskReference {
  return { kind: "module", url, name: "work" };
}

function mapped(rules: readonly string[], url: string): string {
  const task = new ModuleMap(rules).taskOf(moduleAt(url));
  return task.kind === "module" ? task.url : "";
}

Deno.test("ModuleMap replaces the beginning of a URL by that of another one", () => {
  const folder = ["file:///home/me/app/=file:///srv/app/"];
  assertEquals(mapped(folder, "file:///home/me/app/x/a.ts?v"), "file:///srv/app/x/a.ts?v");
  assertEquals(mapped(folder, "file:///home/me/app2/a.ts"), "file:///home/me/app2/a.ts");
  assertEquals(mapped(folder, "file:///home/me/app"), "file:///home/me/app");
  assertEquals(mapped(folder, "https://file:///home/me/app/"), "https://file:///home/me/app/");
  assertEquals(
    mapped(["/home/me/app/=/srv/app/"], "file:///home/me/app/a.ts"),
    "file:///srv/app/a.ts",
  );
  assertEquals(mapped(["/home/me/=/"], "file:///home/me/a.ts"), "file:///a.ts");
  assertEquals(
    mapped(["file:///C:/app/=https://host/app/"], "file:///C:/app/a.ts"),
    "https://host/app/a.ts",
  );
});

Deno.test("ModuleMap replaces one module, with its query or without", () => {
  const file = ["/home/a.ts=/srv/b.ts"];
  assertEquals(mapped(file, "file:///home/a.ts"), "file:///srv/b.ts");
  assertEquals(mapped(file, "file:///home/a.ts?v=1"), "file:///srv/b.ts?v=1");
  assertEquals(mapped(file, "file:///home/a.ts#v"), "file:///srv/b.ts#v");
  assertEquals(mapped(file, "file:///home/a.tsx"), "file:///home/a.tsx");
  assertEquals(mapped(file, "file:///home/a.ts/b.ts"), "file:///home/a.ts/b.ts");
});

Deno.test("ModuleMap follows the rule with the longest beginning, once", () => {
  const rules = ["/a/=/b/", "/a/b/=/c/", "/b/=/d/"];
  assertEquals(mapped(rules, "file:///a/x.ts"), "file:///b/x.ts");
  assertEquals(mapped(rules, "file:///a/b/x.ts"), "file:///c/x.ts");
});

Deno.test("ModuleMap takes a path from the working directory", () => {
  assertEquals(mapped(["/home/=./"], "file:///home/a.ts"), `file://${Deno.cwd()}/a.ts`);
});

Deno.test("ModuleMap leaves functions that are sent by their source", () => {
  const task = { kind: "source", source: "file:///home/", name: "f" } as const;
  assertEquals(new ModuleMap(["/home/=/srv/"]).taskOf(task), task);
});

Deno.test("ModuleMap maps all tasks of a job, that of the initializer included", () => {
  const envelope = {
    site: { id: "s", initializer: { task: moduleAt("file:///home/i.ts"), args: [1] } },
    batch: { run: "r", tasks: [moduleAt("file:///home/a.ts"), moduleAt("file:///other/b.ts")] },
  } as unknown as Envelope; // The rest is not looked at.
  const { site, batch } = new ModuleMap(["/home/=/srv/"]).envelopeOf(envelope);
  assertEquals(site.initializer, { task: moduleAt("file:///srv/i.ts"), args: [1] });
  assertEquals(batch.tasks, [moduleAt("file:///srv/a.ts"), moduleAt("file:///other/b.ts")]);
  assertEquals([site.id, batch.run], ["s", "r"]);
  assertEquals(new ModuleMap([]).envelopeOf(envelope), envelope);
});

Deno.test("ModuleMap does not lead past the allow-list", () => {
  const list = new AllowList(["/srv/app/"], { allowSource: false });
  const map = new ModuleMap(["/home/app/=/srv/app/"]);
  for (const path of ["../secret.ts", "%2e%2e/secret.ts", "..%2fsecret.ts", "/secret.ts"]) {
    const refusal = list.refusalOf(map.taskOf(moduleAt(`file:///home/app/${path}`)));
    assertMatch(refusal ?? "", /^Cannot run a task of/, path);
  }
});

for (
  const [rule, why] of [
    ["", /write FROM=TO/],
    ["/home/app/", /write FROM=TO/],
    ["=/srv/", /write FROM=TO/],
    ["/home/=", /write FROM=TO/],
    ["/home/=/srv", /one side is a folder/],
    ["/home/a.ts=/srv/", /one side is a folder/],
    ["data:a=/srv/a.ts", /no URL with file:/],
    ["https://:x/=/srv/", /no URL with file:/],
  ] satisfies [string, RegExp][]
) {
  Deno.test(`ModuleMap refuses the rule ${JSON.stringify(rule)}, and says why`, () => {
    assertMatch(assertThrows(() => new ModuleMap([rule]), RangeError).message, why);
  });
}

Deno.test("ModuleMap refuses two rules for the same beginning", () => {
  assertThrows(
    () => new ModuleMap(["/a/=/b/", "file:///a/=/c/"]),
    RangeError,
    'Cannot map "file:///a/" to two places',
  );
});
