/** What is shipped, in bytes. Not a time: one sample each. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Benchmark, Line } from "./measure.ts";

const root = path.join(import.meta.dirname, "../..");
const bytesInKilobyte = 1024;
const kilobytes = (file: string): number => statSync(file).size / bytesInKilobyte;

const line = (name: string, size: number, atMost?: number): Line => ({
  group: "Sizes",
  name,
  unit: "KB",
  hotenv: [size],
  peers: {},
  ...(atMost === undefined ? {} : { budget: { atMost, of: "p50" } }),
});

const budgets: Readonly<Record<string, number>> = {
  "hotenv.cjs": 1024,
  "webview.js": 150,
};
/** Loaded one after the other as VS Code starts. */
const extension = { files: ["extension.cjs", "main.cjs"], atMost: 300 };

/** Of what was built for production, as the runner has just done. */
export const benchmark: Benchmark = () => {
  const dist = path.join(root, "dist");
  const sizeOf = (name: string): number => kilobytes(path.join(dist, name));
  const bundles = [
    line(
      extension.files.map((name) => `dist/${name}`).join(" and "),
      extension.files.map(sizeOf).reduce((a, b) => a + b),
      extension.atMost,
    ),
    ...readdirSync(dist)
      .filter((name) => /\.c?js$/.test(name) && !extension.files.includes(name))
      .map((name) => line(`dist/${name}`, sizeOf(name), budgets[name])),
  ];
  const directory = mkdtempSync(path.join(tmpdir(), "hotenv-bench-"));
  try {
    const vsix = path.join(directory, "hotenv.vsix");
    execFileSync(
      process.execPath,
      [
        path.join(root, "node_modules/@vscode/vsce/vsce"),
        "package",
        "--no-dependencies",
        "--no-rewrite-relative-links",
        "--out",
        vsix,
      ],
      { cwd: root, stdio: "ignore" },
    );
    return Promise.resolve([...bundles, line("hotenv.vsix", kilobytes(vsix), 700)]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
