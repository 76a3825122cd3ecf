/**
 * What reads YAML, and is more than half of the extension: a bundle of its own (scripts/build.ts), loaded with the
 * first file that it is for.
 */
export { speak } from "../core/l10n.ts";
export { startService } from "../core/language/service.ts";
export { PreviewService } from "../core/plan/preview-service.ts";
export { previewImpact } from "./form/form-impact.ts";
