/**
 * Texts for people, in the language of whoever shows the page. The English text is the key, as in
 * extension/l10n.ts; the translations come from the host, so that no bundle carries them.
 */

/** What a host hands over: a BCP 47 tag, and the translations by their English text. */
export interface Spoken {
  readonly language: string;
  readonly texts: Readonly<Record<string, string>>;
}

const english: Spoken = { language: "en", texts: {} };
let spoken = english;

/** Before anything is rendered. @param next undefined: English */
export function speak(next: Spoken | undefined): void {
  spoken = next ?? english;
}

/** A BCP 47 tag, for times and numbers. */
export const language = (): string => spoken.language;

/** @param text English, with `{0}` for the first argument; without a translation it is said as it is */
export function t(text: string, ...args: readonly (string | number)[]): string {
  const said = spoken.texts[text] ?? text;
  return args.length === 0
    ? said
    : said.replaceAll(/\{(\d)\}/g, (hole, place: string) => String(args[Number(place)] ?? hole));
}
