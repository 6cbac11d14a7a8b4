/** What tasks may do on an agent: never more than the agent was told. */

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { combineMemoryLimits } from "../../src/bullmq/agent/task_memory.ts";
import { combinePermissions } from "../../src/bullmq/agent/task_permissions.ts";
import type { ProcessPermissions } from "../../src/parallel/options/permissions.ts";

type Case = [ProcessPermissions | undefined, ProcessPermissions | undefined, ProcessPermissions];

for (
  const [agent, asked, expected] of [
    [undefined, undefined, "inherit"],
    [undefined, "inherit", "inherit"],
    [undefined, "none", "none"],
    [undefined, { read: true, net: ["host:1"] }, { read: true, net: ["host:1"] }],
    ["none", undefined, "none"],
    ["none", "inherit", "none"],
    ["none", {}, {}],
    ["none", { read: false, net: [], env: "inherit" }, { net: [] }],
    [{ read: true }, undefined, { read: true }],
    [{ read: true }, "inherit", { read: true }],
    [{ read: true }, "none", "none"],
    [{ read: true, net: true }, { read: "inherit" }, { read: true }],
    [{ read: true, net: true }, { net: ["host"] }, { net: ["host"] }],
    [{ read: "inherit" }, { read: true }, { read: true }], // The start of the process looks it up.
    [{ read: ["/a"] }, { read: "inherit" }, { read: ["/a"] }],
    [{ read: ["/a"] }, { read: ["/a", "/a/b", "/a/../a/c"] }, { read: ["/a", "/a/b", "/a/c"] }],
    [{ read: ["/"] }, { read: ["/a"] }, { read: ["/a"] }],
    [{ write: ["a"] }, { write: ["a/b"] }, { write: [`${Deno.cwd()}/a/b`] }],
    [{ net: ["host", "[::1]"] }, { net: ["host:443", "HOST", "[::1]:1"] }, {
      net: ["host:443", "HOST", "[::1]:1"],
    }],
    [{ env: ["AWS_*", "A"] }, { env: ["AWS_ID", "A", "AWS_S3_*"] }, {
      env: ["AWS_ID", "A", "AWS_S3_*"],
    }],
    [{ sys: ["hostname"], run: ["git"] }, { sys: ["hostname"], run: ["git"] }, {
      sys: ["hostname"],
      run: ["git"],
    }],
  ] as Case[]
) {
  const title = `${Deno.inspect(asked)} of an agent that gives ${Deno.inspect(agent)}`;
  Deno.test(`combinePermissions() gives ${title}`, () => {
    assertEquals(combinePermissions(agent, asked), expected);
  });
}

for (
  const [agent, asked, missing] of [
    ["none", { read: true }, /permission read for all of it .+ they have not got it/],
    ["none", { net: ["host"] }, /permission net for "host"/],
    [{ read: true }, { write: ["/a"] }, /permission write for "\/a"/],
    [{ read: ["/a"] }, { read: true }, /for all of it .+: they have it for "\/a"/],
    [{ read: ["/a"] }, { read: ["/a/b", "/ab"] }, /for "\/ab"/],
    [{ read: ["/a"] }, { read: ["/a/../b"] }, /for "\/b"/],
    [{ read: ["/a"] }, { read: ["/"] }, /for "\/"/],
    [{ ffi: ["/a/x.so"] }, { ffi: ["/a"] }, /permission ffi for "\/a"/],
    [{ net: ["host:443"] }, { net: ["host"] }, /for "host"/],
    [{ net: ["host:443"] }, { net: ["host:4430"] }, /for "host:4430"/],
    [{ net: ["host"] }, { net: ["host.evil"] }, /for "host.evil"/],
    [{ net: ["host"] }, { net: ["evil.host:1"] }, /for "evil.host:1"/],
    [{ net: ["10.0.0.1"] }, { net: ["10.0.0.1/8"] }, /for "10.0.0.1\/8"/],
    [{ net: ["::1"] }, { net: ["::1:80"] }, /for "::1:80"/],
    [{ import: ["jsr.io:443"] }, { import: ["evil:443"] }, /permission import for "evil:443"/],
    [{ env: ["AWS_*"] }, { env: ["*"] }, /for "\*"/],
    [{ env: ["AWS_ID"] }, { env: ["AWS_ID_2"] }, /for "AWS_ID_2"/],
    [{ run: ["/bin/git"] }, { run: ["/bin/git/../sh"] }, /for "\/bin\/git\/..\/sh"/],
    [{ sys: ["hostname"] }, { sys: true }, /permission sys for all of it/],
  ] as [ProcessPermissions, ProcessPermissions, RegExp][]
) {
  const title = `${Deno.inspect(asked)} of an agent that gives ${Deno.inspect(agent)}`;
  Deno.test(`combinePermissions() refuses ${title}`, () => {
    const combine = () => combinePermissions(agent, asked);
    const { message } = assertThrows(combine, Deno.errors.NotCapable, "Cannot give tasks");
    assertMatch(message, missing);
  });
}

Deno.test("combinePermissions() refuses what is none, since it comes from outside", () => {
  for (
    const asked of ["all", null, [], { read: 1 }, { all: true }, { net: ["a,b"] }, { env: [""] }]
  ) {
    const given = asked as ProcessPermissions; // It is not.
    assertThrows(() => combinePermissions(undefined, given ?? "x" as "none"), TypeError);
    assertThrows(() => combinePermissions("none", given ?? "x" as "none"), TypeError);
  }
});

Deno.test("combineMemoryLimits() gives what is asked for, up to that of the agent", () => {
  assertEquals(combineMemoryLimits(undefined, undefined), undefined);
  assertEquals(combineMemoryLimits(undefined, 100), 100);
  assertEquals(combineMemoryLimits(200, undefined), 200);
  assertEquals(combineMemoryLimits(200, 100), 100);
  assertThrows(() => combineMemoryLimits(200, 201), RangeError, "at most 200");
});
