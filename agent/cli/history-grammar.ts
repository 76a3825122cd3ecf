/** `history`: what is done with revisions beyond looking at them. */
import type { Command } from "commander";
import { moment, positive } from "./arguments.ts";
import type { Run } from "./program.ts";

const upkeep = () => import("./commands/history-upkeep.ts");

export function addHistoryUpkeep(history: Command, run: Run): void {
  history
    .command("key")
    .description("who changed a key, when, and what came of it")
    .argument("<key>")
    .option("--limit <count>", "at most this many", positive)
    .option("--before <revision>", "only older ones", positive)
    .action((key: string, options: { limit?: number; before?: number }) =>
      run(async (context) => (await upkeep()).historyKey(context, key, options)),
    );
  history
    .command("annotate")
    .description("write a note to a revision; an empty one takes it away")
    .argument("<revision>", "its number", positive)
    .argument("<note>")
    .action((revision: number, note: string) =>
      run(async (context) => (await upkeep()).historyAnnotate(context, revision, { note })),
    );
  for (const [name, pinned, description] of [
    ["pin", true, "keep a revision from being pruned"],
    ["unpin", false, "let it be pruned again"],
  ] as const)
    history
      .command(name)
      .description(description)
      .argument("<revision>", "its number", positive)
      .action((revision: number) =>
        run(async (context) => (await upkeep()).historyAnnotate(context, revision, { pinned })),
      );
  history
    .command("prune")
    .description("forget old revisions; pinned ones and the last good one stay")
    .option("--keep <count>", "the newest so many stay", positive)
    .option("--older-than <time>", "only what is older: a date, or 12h, 30d, 4w", moment)
    .option("--dry-run", "only say how many would go")
    .option("--vacuum", "then give the room back to the disk")
    .action(
      ({ olderThan, ...options }: { keep?: number; olderThan?: string; dryRun?: true; vacuum?: true }) =>
        run(async (context) => (await upkeep()).historyPrune(context, { ...options, before: olderThan })),
    );
  history
    .command("vacuum")
    .description("give the room of what was pruned back to the disk")
    .action(() => run(async (context) => (await upkeep()).historyVacuum(context)));
  history
    .command("backup")
    .description("copy the database; the copy opens with the same key only")
    .argument("<file>", "a new one")
    .action((file: string) => run(async (context) => (await upkeep()).historyBackup(context, file)));
  history
    .command("restore")
    .description("put a copy in the place of the history, which is set aside")
    .argument("<file>", "one that backup made")
    .action((file: string) => run(async (context) => (await upkeep()).historyRestore(context, file)));
  history
    .command("rekey")
    .description("encrypt the history with a new key; the former one stays in the key file for copies")
    .option("--forget", "let go of former keys: copies of before do not open any more")
    .action((options: { forget?: true }) =>
      run(async (context) => (await upkeep()).historyRekey(context, options)),
    );
  history
    .command("audit")
    .description("who asked for what, and what was refused")
    .option("--limit <count>", "at most this many", positive)
    .option("--before <entry>", "only older ones", positive)
    .action((options: { limit?: number; before?: number }) =>
      run(async (context) => (await upkeep()).historyAudit(context, options)),
    );
  history
    .command("stats")
    .description("rollouts by service, changes by day, keys that fail")
    .option("--since <time>", "from then on: a date, or 12h, 30d, 4w ago", moment)
    .action((options: { since?: string }) =>
      run(async (context) => (await upkeep()).historyStats(context, options)),
    );
  history
    .command("export")
    .description("write a signed archive; secrets are masked unless a passphrase is given")
    .argument("<file>", "a new one")
    .option("--passphrase-file <file>", "its first line encrypts the archive, which then holds secrets, too")
    .action((file: string, options: { passphraseFile?: string }) =>
      run(async (context) => (await upkeep()).historyExport(context, file, options)),
    );
  history
    .command("import")
    .description("add the revisions of an archive that was not altered")
    .argument("<file>")
    .option("--passphrase-file <file>", "its first line is what the archive was encrypted with")
    .option("--signer <fingerprint>", "accept an archive that this key signed")
    .action((file: string, options: { passphraseFile?: string; signer?: string }) =>
      run(async (context) => (await upkeep()).historyImport(context, file, options)),
    );
}
