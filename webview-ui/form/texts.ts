/** The host's words, by name; one that is missing shows its name. */
export type Texts = { readonly [name: string]: string };

/** `{0}` becomes what is given. */
export const filled = (text: string | undefined, value: string | number): string =>
  (text ?? "{0}").replace("{0}", String(value));
