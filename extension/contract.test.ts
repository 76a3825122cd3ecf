import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import * as z from "zod";
import { commands, contextKeys, settings, statusItemId } from "./contract.ts";

const root = join(import.meta.dirname, "..");
const manifestSchema = z.object({
  name: z.string(),
  icon: z.string(),
  contributes: z.object({
    commands: z.array(
      z.object({ command: z.string(), title: z.string(), category: z.string(), icon: z.string().optional() }),
    ),
    menus: z.record(z.string(), z.array(z.object({ command: z.string(), when: z.string() }))),
    configuration: z.object({
      properties: z.record(z.string(), z.object({ markdownDescription: z.string(), scope: z.string() })),
    }),
  }),
});
const manifestText = readFileSync(join(root, "package.json"), "utf8");
const manifest = manifestSchema.parse(JSON.parse(manifestText));
const texts = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(join(root, "package.nls.json"), "utf8")));
const { contributes } = manifest;
const sorted = (names: Iterable<string>): string[] => [...names].sort();

describe("package.json", () => {
  it("contributes exactly the commands that the extension registers", () => {
    assert.deepEqual(
      sorted(contributes.commands.map(({ command }) => command)),
      sorted(Object.values(commands)),
    );
  });

  it("contributes exactly the settings that the extension reads", () => {
    assert.deepEqual(
      sorted(Object.keys(contributes.configuration.properties)),
      sorted(Object.values(settings)),
    );
  });

  it("asks only for context keys that the extension sets", () => {
    const asked = Object.values(contributes.menus).flatMap((items) =>
      items.flatMap(({ when }) => when.replaceAll(/view == hotenv\.\w+/g, "").match(/hotenv\.\w+/g) ?? []),
    );
    assert.deepEqual(sorted(new Set(asked)), sorted(Object.values(contextKeys)));
  });

  it("says for each command when the palette offers it", () => {
    const palette = contributes.menus.commandPalette?.map(({ command }) => command) ?? [];
    assert.deepEqual(sorted(palette), sorted(Object.values(commands)));
  });

  it("has a text for every placeholder, and no text that nothing uses", () => {
    const used = new Set([...manifestText.matchAll(/%([\w.]+)%/g)].map(([, name]) => name ?? ""));
    assert.deepEqual(sorted(used), sorted(Object.keys(texts)));
  });

  it("names an icon of 128 × 128 pixels", () => {
    const png = readFileSync(join(root, manifest.icon));
    assert.equal(png.subarray(1, 4).toString("latin1"), "PNG");
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [128, 128]);
  });

  it("is where every id comes from: no other file of the extension spells one out", () => {
    const ids = [
      ...Object.values(commands),
      ...Object.values(settings),
      ...Object.values(contextKeys),
      statusItemId,
    ];
    const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" }).filter(
      (name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && name !== "contract.ts",
    );
    assert(sources.length > 5);
    for (const name of sources) {
      const text = readFileSync(join(import.meta.dirname, name), "utf8");
      for (const id of ids) assert(!text.includes(`"${id}"`), `${name} spells out "${id}"`);
    }
  });
});
