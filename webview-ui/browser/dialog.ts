/** A text, and a question, over the page. */
import { t } from "../l10n.ts";

const style = `
dialog.hotenv {
  max-width: min(64rem, 92vw); max-height: 84vh; padding: 1.25rem; box-sizing: border-box;
  border: 1px solid var(--line); border-radius: 6px; color: var(--text); background: var(--surface);
  font: var(--size) var(--sans); box-shadow: 0 8px 32px var(--shadow);
}
dialog.hotenv[open] { display: flex; flex-direction: column; gap: .9rem; }
dialog.hotenv::backdrop { background: #0007; }
dialog.hotenv h2 { margin: 0; font-size: 1.15em; font-weight: 600; }
dialog.hotenv pre {
  margin: 0; padding: .75rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere;
  background: var(--code); border-radius: 4px; font: 12px/1.5 var(--mono);
}
dialog.hotenv pre span { display: block; }
dialog.hotenv .removed { background: var(--removed); }
dialog.hotenv .inserted { background: var(--inserted); }
dialog.hotenv form { display: flex; gap: .5rem; justify-content: flex-end; }
dialog.hotenv button {
  padding: .35rem .9rem; border: 1px solid var(--second-border); border-radius: 4px; font: inherit; cursor: pointer;
  color: var(--second-text); background: var(--second);
}
dialog.hotenv button[value="yes"] { color: var(--button-text); background: var(--button); }
dialog.hotenv button:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
`;

let styled = false;
function applyStyle(): void {
  if (styled) return;
  styled = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

function lineOf(text: string): HTMLElement {
  const line = document.createElement("span");
  line.textContent = text === "" ? "\u00a0" : text;
  if (/^\+(?!\+\+ )/.test(text)) line.className = "inserted";
  else if (/^-(?!-- )/.test(text)) line.className = "removed";
  return line;
}

function button(text: string, value: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.textContent = text;
  made.value = value;
  return made;
}

/** @returns the value of the button that closed it; empty for Escape */
async function ask(title: string, body: string, buttons: readonly HTMLButtonElement[]): Promise<string> {
  applyStyle();
  const dialog = document.createElement("dialog");
  dialog.className = "hotenv";
  const heading = document.createElement("h2");
  heading.id = "hotenv-dialog";
  heading.textContent = title;
  dialog.setAttribute("aria-labelledby", heading.id);
  const text = document.createElement("pre");
  text.tabIndex = 0;
  text.append(...body.replace(/\n$/, "").split("\n").map(lineOf));
  const form = document.createElement("form");
  form.method = "dialog";
  form.append(...buttons);
  dialog.append(heading, text, form);
  document.body.append(dialog);
  dialog.showModal();
  buttons.at(-1)?.focus();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  dialog.remove();
  return dialog.returnValue;
}

export async function show(title: string, body: string): Promise<void> {
  await ask(title, body, [button(t("Close"), "")]);
}

export async function confirmed(title: string, body: string, yes: string): Promise<boolean> {
  return (await ask(title, body, [button(t("Cancel"), ""), button(yes, "yes")])) === "yes";
}
