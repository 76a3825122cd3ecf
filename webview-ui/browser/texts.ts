/** The browser's language, as far as Hotenv speaks it. */
import type { Spoken } from "../l10n.ts";

/** Likeliest script and all: "zh" is "zh-Hans-CN", "zh-TW" is not. */
const spokenAs = (tag: string): "en" | "zh-CN" | undefined => {
  const { language, script } = new Intl.Locale(tag).maximize();
  if (language === "en") return "en";
  return language === "zh" && script === "Hans" ? "zh-CN" : undefined;
};

/** @param tags as the person prefers them. @returns the first that there are texts of; English without one */
export const languageOf = (tags: readonly string[]): "en" | "zh-CN" =>
  tags.map(spokenAs).find((tag) => tag !== undefined) ?? "en";

/** @returns undefined: English, also where the texts are not there */
export async function fetchTexts(tags: readonly string[]): Promise<Spoken | undefined> {
  const language = languageOf(tags);
  if (language === "en") return undefined;
  try {
    const response = await fetch(`/l10n/${language.toLowerCase()}.json`);
    return response.ok ? { language, texts: await response.json() } : undefined;
  } catch (error) {
    console.warn(`The texts in ${language} could not be read.`, error);
    return undefined;
  }
}
