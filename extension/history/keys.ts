/** The key of the histories in VS Code's own safe, for those who want it there and not in a file. */
import { randomBytes } from "node:crypto";
import type * as vscode from "vscode";
import * as z from "zod/mini";
import type { HandedKeys } from "../../client/spawn.ts";

export type KeyPlace = "file" | "secretStorage";

const secretName = "hotenv.history.keys";
const keysSchema = z.array(z.string());

async function storedKeys(secrets: vscode.SecretStorage): Promise<string[]> {
  const stored = await secrets.get(secretName);
  return stored === undefined ? [] : keysSchema.parse(JSON.parse(stored));
}

/** A new key in front of those that are there. */
export async function addKey(secrets: vscode.SecretStorage): Promise<string[]> {
  const keys = [randomBytes(32).toString("base64"), ...(await storedKeys(secrets))];
  await secrets.store(secretName, JSON.stringify(keys));
  return keys;
}

/** What an agent has to be told when it is started; undefined: nothing, its key file is enough. */
export async function handedKeys(
  secrets: vscode.SecretStorage,
  place: KeyPlace,
): Promise<HandedKeys | undefined> {
  const stored = await storedKeys(secrets);
  if (place === "file") return stored.length === 0 ? undefined : { present: null, former: stored };
  const [present = null, ...former] = stored.length === 0 ? await addKey(secrets) : stored;
  return { present, former };
}
