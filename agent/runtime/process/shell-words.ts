/**
 * Splits a command into words as Compose does (mattn/go-shellwords): quotes and backslashes count,
 * nothing is expanded and no shell runs. Who wants a shell writes ["sh", "-c", "…"].
 * @returns undefined where a quote is never closed
 */
export function splitWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? "";
    if (character === "\\" && quote !== "'") {
      const next = line[++at];
      if (next === undefined) return undefined;
      word = (word ?? "") + next;
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word = (word ?? "") + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (quote !== undefined) return undefined;
  if (word !== undefined) words.push(word);
  return words;
}
