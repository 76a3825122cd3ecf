/**
 * Texts for people, in VS Code's language. The English text is the key: l10n/bundle.l10n.LANGUAGE.json has the
 * others, and a test holds that none is missing.
 */
import { speak as speakTexts } from "../core/l10n.ts";

export { t } from "../core/l10n.ts";

/** A BCP 47 tag, for times and numbers. */
export let language = "en";

/** What VS Code has for this language; undefined: English. */
let texts: Readonly<Record<string, string>> | undefined;

/** Before anything else speaks. @param bundle undefined: there is none for this language */
export function speak(tag: string, bundle: Readonly<Record<string, string>> | undefined): void {
  if (bundle === undefined) return;
  language = tag;
  texts = bundle;
  speakTexts(bundle);
}

/** A bundle that is loaded apart has texts of its own, and is told the language before it says anything. */
export function alike<T extends { readonly speak: typeof speakTexts }>(loaded: T): T {
  loaded.speak(texts);
  return loaded;
}
