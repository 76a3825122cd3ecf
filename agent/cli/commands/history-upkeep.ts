/** What is done with a history beyond reading it: notes, pins, pruning, copies, archives. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { reach } from "../access.ts";
import type { Context } from "../context.ts";
import { answer } from "../context.ts";
import { never } from "../interrupt.ts";
import { renderAudit } from "../render/audit.ts";
import { renderKeyHistory } from "../render/key-history.ts";
import { renderRevision } from "../render/revision.ts";
import { renderStatistics } from "../render/statistics.ts";
import { plural, visible } from "../render/text.ts";

export async function historyKey(
  context: Context,
  key: string,
  options: { readonly limit?: number | undefined; readonly before?: number | undefined },
): Promise<number> {
  await using access = await reach(context);
  const changes = await access.api["history/key"]({ key, ...options }, never);
  answer(context, "history key", changes, (view) => renderKeyHistory(key, changes, view));
  return 0;
}

export async function historyAnnotate(
  context: Context,
  revision: number,
  change: { readonly note?: string | undefined; readonly pinned?: boolean | undefined },
): Promise<number> {
  await using access = await reach(context);
  const shown = await access.api["history/annotate"]({ revision, ...change }, never);
  answer(context, "history annotate", shown, (view) => renderRevision(shown, view));
  return 0;
}

export async function historyPrune(
  context: Context,
  options: {
    readonly keep?: number | undefined;
    readonly before?: string | undefined;
    readonly dryRun?: boolean | undefined;
    readonly vacuum?: boolean | undefined;
  },
): Promise<number> {
  await using access = await reach(context);
  const { vacuum, ...rule } = options;
  const pruned = await access.api["history/prune"](rule, never);
  if (vacuum === true && rule.dryRun !== true) await access.api["history/vacuum"]({}, never);
  const verb = rule.dryRun === true ? "would go" : "are gone";
  answer(
    context,
    "history prune",
    pruned,
    () => `${plural(pruned.removed, "revision")} ${verb}; ${pruned.kept} stay.\n`,
  );
  return 0;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

export async function historyVacuum(context: Context): Promise<number> {
  await using access = await reach(context);
  const sizes = await access.api["history/vacuum"]({}, never);
  const text = `The history takes ${megabytes(sizes.bytesAfter)}; it took ${megabytes(sizes.bytesBefore)}.\n`;
  answer(context, "history vacuum", sizes, () => text);
  return 0;
}

const absolute = ({ terminal }: Context, file: string): string => resolve(terminal.cwd, file);

export async function historyBackup(context: Context, named: string): Promise<number> {
  await using access = await reach(context);
  const file = absolute(context, named);
  await access.api["history/backup"]({ file }, never);
  answer(context, "history backup", { file }, () => `${visible(file)} opens with the same key only.\n`);
  return 0;
}

export async function historyRestore(context: Context, named: string): Promise<number> {
  await using access = await reach(context);
  const file = absolute(context, named);
  const restored = await access.api["history/restore"]({ file }, never);
  const { aside, lastGood, revisions } = restored;
  const was = aside === null ? "" : `What was there is ${visible(aside)}.\n`;
  const good = lastGood === null ? "none of them good" : `the last good one is ${lastGood}`;
  const text = `${plural(revisions, "revision")}, ${good}.\n${was}`;
  answer(context, "history restore", restored, () => text);
  return 0;
}

export async function historyRekey(
  context: Context,
  options: { readonly forget?: boolean | undefined },
): Promise<number> {
  await using access = await reach(context);
  const changed = await access.api["history/rekey"](options, never);
  const former =
    options.forget === true
      ? `${plural(changed.forgotten, "former key")} forgotten.`
      : "The former key stays in the key file for other projects and for copies; --forget lets go of it.";
  answer(context, "history rekey", changed, () => `The history has a new key. ${former}\n`);
  return 0;
}

export async function historyAudit(
  context: Context,
  options: { readonly limit?: number | undefined; readonly before?: number | undefined },
): Promise<number> {
  await using access = await reach(context);
  const entries = await access.api["history/audit"](options, never);
  answer(context, "history audit", entries, (view) => renderAudit(entries, view));
  return 0;
}

export async function historyStats(
  context: Context,
  options: { readonly since?: string | undefined },
): Promise<number> {
  await using access = await reach(context);
  const found = await access.api["history/stats"](options, never);
  answer(context, "history stats", found, (view) => renderStatistics(found, view));
  return 0;
}

/** The first line of a file: a passphrase on the command line could be read by every user of the machine. */
function passphraseIn(context: Context, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(absolute(context, file), "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HotenvError("usage", `The passphrase cannot be read from ${file}: ${why}.`);
  }
  const line = text.split(/\r?\n/)[0] ?? "";
  if (line !== "") return line;
  throw new HotenvError("usage", `The first line of ${file} is empty, so it is no passphrase.`);
}

export async function historyExport(
  context: Context,
  named: string,
  options: { readonly passphraseFile?: string | undefined },
): Promise<number> {
  const passphrase = passphraseIn(context, options.passphraseFile);
  await using access = await reach(context);
  const exported = await access.api["history/export"](
    { file: absolute(context, named), ...(passphrase === undefined ? {} : { passphrase }) },
    never,
  );
  const secrets = exported.masked ? "secrets masked" : "with secrets, encrypted";
  answer(
    context,
    "history export",
    exported,
    () =>
      `${visible(exported.file)}: ${plural(exported.revisions, "revision")}, ${secrets}.\nSigner: ${exported.signer}\n`,
  );
  return 0;
}

export async function historyImport(
  context: Context,
  named: string,
  options: { readonly passphraseFile?: string | undefined; readonly signer?: string | undefined },
): Promise<number> {
  const passphrase = passphraseIn(context, options.passphraseFile);
  await using access = await reach(context);
  const imported = await access.api["history/import"](
    {
      file: absolute(context, named),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(options.signer === undefined ? {} : { signer: options.signer }),
    },
    never,
  );
  const range = imported.first === null ? "" : `, ${imported.first} to ${imported.last}`;
  const masked = imported.masked ? " Their secrets are masked, so there is no going back to them." : "";
  answer(
    context,
    "history import",
    imported,
    () => `Imported ${plural(imported.revisions, "revision")}${range}.${masked}\n`,
  );
  return 0;
}
