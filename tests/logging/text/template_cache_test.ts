import { assertEquals } from "@std/assert";
import { parseTemplate } from "../../../src/logging/text/percent.ts";
import { TemplateCache } from "../../../src/logging/text/template_cache.ts";

Deno.test("TemplateCache.parse() takes templates apart as parseTemplate() does, however many and long", () => {
  const templates = Array.from({ length: 500 }, (_, i) => `took %d ms, 100%% of ${i}: %(a)s`);
  templates.push("", "%", "%s", `${"x".repeat(5000)}%d`);
  const cache = new TemplateCache();
  for (const template of [...templates, ...templates.toReversed()]) {
    assertEquals(cache.parse(template), parseTemplate(template));
  }
});

Deno.test("TemplateCache.parse() takes a template apart once", () => {
  const cache = new TemplateCache();
  assertEquals(cache.parse("took %d ms") === cache.parse("took %d ms"), true);
});
