// Takes the pictures of the README from what the browser tests have left in test/.artifacts.
//
//   npm run test:browser && node scripts/pictures.ts
import { copyFileSync, existsSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "..");
/** The README's name for it, and the browser tests'. */
export const pictures = {
  "problem.png": "editor-squiggle-light.png",
  "timeline.png": "timeline-light.png",
  "services.png": "services-light.png",
  "form.png": "form-impact-light.png",
} as const;

export const picturesFolder = path.join(root, "media/readme");

/** @returns the bytes of each; @throws Error naming what the browser tests have not made */
export function copyPictures(): ReadonlyMap<string, number> {
  mkdirSync(picturesFolder, { recursive: true });
  const sizes = new Map<string, number>();
  for (const [name, source] of Object.entries(pictures)) {
    const from = path.join(root, "test/.artifacts", source);
    if (!existsSync(from)) throw new Error(`${from} is not there: run "npm run test:browser" first.`);
    const to = path.join(picturesFolder, name);
    copyFileSync(from, to);
    sizes.set(name, statSync(to).size);
  }
  return sizes;
}

if (import.meta.main)
  for (const [name, bytes] of copyPictures())
    console.log(`media/readme/${name}  ${Math.round(bytes / 1024)} KB`);
