import { assertEquals, assertThrows } from "@std/assert";
import { checkRelayOptions, type RelayOptions } from "../../src/relay/relay_options.ts";

Deno.test("checkRelayOptions() fills in the defaults, also for what is undefined", () => {
  const defaults = checkRelayOptions();
  assertEquals(defaults.ringBytes, 1024 * 1024);
  assertEquals(checkRelayOptions({ maxWait: undefined }), defaults);
  assertEquals(checkRelayOptions({ maxWait: 0 }), { ...defaults, maxWait: 0 });
});

Deno.test("checkRelayOptions() says what is allowed where an option is none", () => {
  const wrong: readonly (readonly [options: unknown, text: string])[] = [
    [7, "Cannot set up the relay with 7: give an object"],
    [{ ring: 1 }, 'unknown option "ring", allowed are ringBytes, maxWait, maxSpillLength'],
    [{ ringBytes: 10 }, "current value of ringBytes is 10, allowed are whole numbers from 1024"],
    [{ ringBytes: 2 ** 31 }, "from 1024 to 1073741824"],
    [{ maxWait: -1 }, "current value of maxWait is -1, allowed are whole numbers from 0"],
    [{ maxWait: "1s" }, 'current value of maxWait is "1s"'],
    [{ maxRecordLength: 1.5 }, "current value of maxRecordLength is 1.5"],
  ];
  for (const [options, text] of wrong) {
    assertThrows(() => checkRelayOptions(options as RelayOptions), Error, text);
  }
});
