import { assertEquals } from "@std/assert";
import { strftime } from "../../../src/logging/text/strftime.ts";
import { TimeText } from "../../../src/logging/text/time_text.ts";

const FORMATS = ["%H:%M:%S", "%H:%M:%S.%f %Z", "%f", "%f%f %%f %-f|%_f|%-%f %s", "%^b %e%", "%"];

Deno.test("TimeText writes what strftime() writes, whichever time and format came before", () => {
  for (const utc of [true, false]) {
    const text = new TimeText(utc);
    for (const time of [0, 0.25, 999.999, 1000, -0.5, 1.7e12, 1.7e12 + 7, 1.7e12 + 1500]) {
      for (const format of FORMATS) {
        assertEquals(
          text.write(format, time),
          strftime(format, time, { utc }),
          `${format} ${time}`,
        );
      }
    }
    for (const format of FORMATS) {
      for (let time = 1.7e12; time < 1.7e12 + 3000; time += 123.25) {
        assertEquals(
          text.write(format, time),
          strftime(format, time, { utc }),
          `${format} ${time}`,
        );
      }
    }
  }
});

Deno.test("TimeText asks for the name of the time zone once a second, also beside %f", () => {
  const { DateTimeFormat } = Intl;
  let made = 0;
  Intl.DateTimeFormat = new Proxy(DateTimeFormat, {
    construct(target, args) {
      made++;
      return Reflect.construct(target, args);
    },
  });
  try {
    const text = new TimeText(false);
    text.write("%H:%M:%S.%f %Z", 1.7e12);
    const first = made;
    for (let n = 1; n < 1000; n++) text.write("%H:%M:%S.%f %Z", 1.7e12 + n);
    assertEquals([first > 0, made], [true, first]);
  } finally {
    Intl.DateTimeFormat = DateTimeFormat;
  }
});
