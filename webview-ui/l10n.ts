/**
 * Texts for people, in the language of whoever shows the page: the translations come from the host, so that no bundle
 * carries them.
 */
import { speak as speakTexts, t } from "../core/l10n.ts";

export { t };

/** What a host hands over: a BCP 47 tag, and the translations by their English text. */
export interface Spoken {
  readonly language: string;
  readonly texts: Readonly<Record<string, string>>;
}

let tag = "en";

/** Before anything is rendered. @param next undefined: English */
export function speak(next: Spoken | undefined): void {
  tag = next?.language ?? "en";
  speakTexts(next?.texts);
}

/** A BCP 47 tag, for times and numbers. */
export const language = (): string => tag;
