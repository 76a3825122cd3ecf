/**
 * Texts for people, in VS Code's language. The English text is the key: l10n/bundle.l10n.LANGUAGE.json has the
 * others, and a test holds that none is missing.
 */
import { config, t } from "@vscode/l10n";

export { t };

/** A BCP 47 tag, for times and numbers. */
export let language = "en";

/** Before anything else speaks. @param bundle undefined: there is none for this language */
export function speak(tag: string, bundle: Record<string, string> | undefined): void {
  if (bundle === undefined) return;
  language = tag;
  config({ contents: bundle });
}
