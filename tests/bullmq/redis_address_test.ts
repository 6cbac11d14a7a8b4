import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { checkAddress, describePlace } from "../../src/bullmq/redis/redis_address.ts";

Deno.test("checkAddress() reads URLs", () => {
  const nothing = { username: undefined, password: undefined, tls: undefined };
  const urls = {
    "redis://example.com": { ...nothing, host: "example.com", port: 6379, db: 0 },
    "redis://10.0.0.1:7000/3": { ...nothing, host: "10.0.0.1", port: 7000, db: 3 },
    "redis://[::1]:7000/": { ...nothing, host: "::1", port: 7000, db: 0 },
    "redis://": { ...nothing, host: "127.0.0.1", port: 6379, db: 0 },
    "rediss://ada:a%40b%3A%2F@h": {
      ...{ host: "h", port: 6379, username: "ada", password: "a@b:/", db: 0, tls: true },
    },
    "redis://:secret@h": {
      ...{ host: "h", port: 6379, username: undefined, password: "secret", db: 0, tls: undefined },
    },
  };
  for (const [url, address] of Object.entries(urls)) {
    assertEquals<object>(checkAddress(url), address, url);
  }
});

Deno.test("checkAddress() copies an object, and fills in what is left out", () => {
  const address = { port: 7000, tls: { ca: "PEM", rejectUnauthorized: true } };
  const checked = checkAddress(address);
  assertEquals<object>(checked, {
    ...{ host: "127.0.0.1", port: 7000, username: undefined, password: undefined, db: 0 },
    tls: { ca: "PEM", rejectUnauthorized: true },
  });
  address.tls.ca = "other";
  assertEquals(checked.tls, { ca: "PEM", rejectUnauthorized: true });
});

Deno.test("checkAddress() refuses what is no address, and says what is allowed", () => {
  const wrong: [string | object, string][] = [
    ["localhost:6379", '"localhost:6379" is no URL of Redis'],
    ["http://localhost", "is no URL of Redis"],
    ["redis://h/db", 'the path "/db" of the URL is no number of a database'],
    ["redis://h?db=1", "has a query or a fragment"],
    [{ hots: "h" }, 'unknown option "hots"'],
    [{ host: "" }, 'host is ""'],
    [{ port: "6379" }, 'port is "6379", allowed is a number'],
    [{ username: "ada" }, "there is a username, but no password"],
    [{ username: 1, password: "p" }, "username is 1"],
    [{ tls: "yes" }, 'tls is "yes"'],
    [{ tls: { CA: "PEM" } }, "did you mean ca?"],
    [{ tls: { ca: 1 } }, "tls.ca is a number, allowed is a string"],
    [{ tls: { rejectUnauthorized: "no" } }, "tls.rejectUnauthorized is a string"],
    [{ tls: { cert: "PEM" } }, "tls has one of cert and key, but they go together"],
  ];
  for (const [option, text] of wrong) assertThrows(() => checkAddress(option), TypeError, text);
  for (const port of [0, 65_536, 1.5, NaN]) {
    assertThrows(() => checkAddress({ port }), RangeError, `port is ${port}`);
  }
  assertThrows(() => checkAddress({ db: -1 }), RangeError, "db is -1");
});

Deno.test("checkAddress() never shows a password", () => {
  const wrong: (string | object)[] = [
    "redis:/ada:secret@h",
    "http://ada:secret@h",
    "ada:secret@h:6379",
    "redis://ada:secret@h/x",
    "redis://ada:secret@h/0?x=1",
    "redis://ada:se%secret@h",
    "redis://ada:sec@secret@h:port",
    { password: ["secret"] },
    { username: "ada", password: { secret: 1 } },
    { tls: { key: ["secret"] } },
  ];
  for (const option of wrong) {
    const { message } = assertThrows(() => checkAddress(option), TypeError);
    assertFalse(message.includes("secret"), message);
  }
});

Deno.test("describePlace() names host, port and database only", () => {
  assertEquals(describePlace(checkAddress("rediss://ada:secret@h:7000/2")), "h:7000/2");
  assertEquals(describePlace({}), "127.0.0.1:6379/0");
  assertEquals(describePlace({ host: "::1" }), "[::1]:6379/0");
});
