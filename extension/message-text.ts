/** Texts of notifications. VS Code makes a link, even to a command, of `[words](target)` in them. */
import type { Command } from "./contract.ts";

/** None of what files and programs say may become a link. */
export const withoutLinks = (text: string): string => text.replaceAll("](", "] (");

/** What is longer VS Code cuts off (`NotificationViewItem.MAX_MESSAGE_LENGTH`), links in the middle included. */
const maxCharacters = 1_000;

/** A text with a link that runs a command behind it. */
export function linked(text: string, words: string, command: Command): string {
  const link = ` [${words}](command:${command})`;
  const plain = withoutLinks(text);
  const room = maxCharacters - link.length;
  return (plain.length <= room ? plain : `${plain.slice(0, room - 1)}…`) + link;
}
