/** Mends environment files in place; what would change a value is left to people. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type DotenvDocument, parseDotenv } from "../../../core/dotenv/document.ts";
import { masked } from "../../../core/language/masked.ts";
import { mend } from "../../../core/language/mend.ts";
import type { FixReport } from "../../../core/protocol/cli.ts";
import { exitCodes, HotenvError } from "../../../core/protocol/errors.ts";
import { writeIfUnchanged } from "../../project/write-file.ts";
import {
  type CheckedFile,
  dialectOf,
  holdsVariables,
  lookupFor,
  openFile,
  secretsFor,
  variableFiles,
} from "../checked-file.ts";
import { answer, type Context } from "../context.ts";
import { findProject } from "../find-project.ts";
import { fileDiff } from "../render/diff.ts";
import { plural, visible } from "../render/text.ts";
import type { View } from "../render/view.ts";

interface FixedFile {
  readonly file: CheckedFile;
  readonly before: DotenvDocument;
  readonly after: DotenvDocument;
  /** What of it may not be shown. */
  readonly isSecret: (key: string) => boolean;
  readonly report: FixReport[number];
}

/**
 * @param named default: the project's environment files
 * @throws file-changed where somebody writes at the same moment: that file is left as they want it
 */
export async function fix(
  context: Context,
  named: readonly string[],
  { dryRun = false }: { readonly dryRun?: boolean },
): Promise<number> {
  const { terminal, options } = context;
  const names = named.length > 0 ? named : await variableFiles(findProject(terminal.cwd, options.project));
  const fixed: FixedFile[] = [];
  for (const name of names) fixed.push(await fixFile(await openFile(terminal.cwd, name)));
  if (!dryRun) for (const file of fixed) await write(file);
  answer(
    context,
    "fix",
    fixed.map(({ report }) => report),
    (view) => (dryRun ? renderDryRun(fixed, view) : renderFixes(fixed)),
  );
  return exitCodes.done;
}

async function fixFile(file: CheckedFile): Promise<FixedFile> {
  if (!holdsVariables(file))
    throw new HotenvError("usage", `${file.path} is no environment file: there is nothing to fix in it.`);
  // White space is nothing to one reader, and a part of the value to another.
  const before = parseDotenv(file.text, { dialect: dialectOf(file) });
  const { document, fixes } = mend(before, { uri: file.name, lookup: lookupFor(file) });
  return {
    file,
    before,
    after: document,
    isSecret: secretsFor(file),
    report: { file: file.name, fixes: [...fixes] },
  };
}

/** Over the content that was read, and over no other. */
async function write({ file, before, after }: FixedFile): Promise<void> {
  if (after.text === before.text) return;
  const bytes = await readFile(file.path);
  // What is no UTF-8 was not read as it stands, and would not be written as it stood.
  if (bytes.toString("utf8") !== before.text || !Buffer.from(before.text).equals(bytes)) throw changed(file);
  const result = await writeIfUnchanged(dirname(file.path), {
    path: file.path,
    expected: createHash("sha256").update(bytes).digest("hex"),
    content: Buffer.from(after.text),
    inPlace: false,
  });
  if (result === "changed-meanwhile") throw changed(file);
}

const changed = ({ path }: CheckedFile): HotenvError =>
  new HotenvError("file-changed", `${path} was changed meanwhile, or is not UTF-8, and was left alone.`, {
    todo: "Run the command again.",
  });

function renderFixes(fixed: readonly FixedFile[]): string {
  const lines = fixed.flatMap(({ report: { file, fixes } }) =>
    fixes.map(({ line, title, code }) => `${visible(file)}:${line}: ${visible(title)} [${code}]`),
  );
  const files = fixed.filter(({ report }) => report.fixes.length > 0).length;
  const sum =
    lines.length === 0
      ? `Nothing to fix in ${plural(fixed.length, "file")}.`
      : `${lines.length} ${lines.length === 1 ? "fix" : "fixes"} in ${plural(files, "file")}.`;
  return `${[...lines, sum].join("\n")}\n`;
}

function renderDryRun(fixed: readonly FixedFile[], view: View): string {
  const lines = fixed.flatMap(({ file, before, after, isSecret }) =>
    before.text === after.text
      ? []
      : fileDiff(file.name, masked(before, isSecret), masked(after, isSecret), view),
  );
  return lines.length === 0 ? renderFixes(fixed) : `${lines.join("\n")}\n`;
}
