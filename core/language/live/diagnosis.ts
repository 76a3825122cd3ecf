/**
 * Diagnostics of a document that is being typed in: the same as those of `diagnose`, but a keystroke costs
 * what it touches, and what depends on that, not the length of the file.
 */
import type { Diagnostic } from "vscode-languageserver-types";
import { type DotenvDocument, type PlacedEntry, placed, spliceDotenv } from "../../dotenv/document.ts";
import { type Entry, isNamed, type Piece } from "../../dotenv/pieces.ts";
import type { Range } from "../../dotenv/text.ts";
import type { Lookup } from "../../interpolate/fill.ts";
import { deciding, isSensitive } from "../../schema/schema.ts";
import type { LanguageContext } from "../context.ts";
import { inOrder } from "../diagnose.ts";
import { type Finding, levelOf, toDiagnostic } from "../finding.ts";
import { portFindings } from "../ports.ts";
import { referenceFinding } from "../references.ts";
import { pieceSpaceFinding } from "../spaces.ts";
import { isAskedFor, pieceStyleFindings, unorderedKeys } from "../style.ts";
import { isSilencing, withoutSuppressed } from "../suppress.ts";
import { isForTools } from "../unused.ts";
import { entryValueFindings } from "../values.ts";
import { LiveUses } from "./live-uses.ts";
import { LiveValues } from "./live-values.ts";
import { type DraftFinding, nameFindings } from "./name-findings.ts";
import { isAssigning, NameTable, namesReferredTo } from "./name-table.ts";
import { PieceOrder } from "./order.ts";

const maxSecretsKnown = 100_000;

/** Make a new one when the context changes: another schema, another environment. */
export class Diagnosis {
  #document: DotenvDocument;
  readonly #context: LanguageContext;
  readonly #lookup: Lookup;
  readonly #order: PieceOrder;
  readonly #names: NameTable;
  readonly #values: LiveValues;
  readonly #uses: LiveUses | undefined;
  /** A bare key at the very end, which Compose takes for the value of the nameless variable. */
  #bareAtEnd: Entry | undefined;
  /** The keys that are required under a condition, and the names on which that depends. */
  readonly #conditional: readonly string[];
  readonly #deciding: ReadonlySet<string>;
  readonly #secrets = new Map<string, boolean>();
  readonly #silencing = new Set<Piece>();
  /** What needs no other piece than its neighbour, in the piece's own offsets. Only where there is something. */
  readonly #ofPieces = new Map<Piece, readonly Finding[]>();
  /** What is said of a name: duplicates, schema, example, use. Only where there is something. */
  readonly #ofNames = new Map<string, readonly DraftFinding[]>();

  /** @param document the diagnosis makes it its own: edits take it apart */
  constructor(document: DotenvDocument, context: LanguageContext) {
    this.#document = document;
    this.#context = context;
    this.#lookup = context.lookup ?? (() => undefined);
    this.#order = new PieceOrder(document.pieces);
    this.#names = new NameTable(this.#order);
    this.#values = new LiveValues(this.#lookup, this.#order, this.#names);
    const schema = context.schema?.schema;
    this.#conditional = [...(schema?.entries.values() ?? [])]
      .filter(({ requiredWhen }) => requiredWhen !== undefined)
      .map(({ key }) => key);
    this.#deciding = schema === undefined ? new Set() : deciding(schema);
    const { uses } = context;
    this.#uses =
      uses === undefined
        ? undefined
        : new LiveUses(
            this.#names,
            (name) => this.#counting(name) !== undefined && (isForTools(name) || uses(name).length > 0),
          );
    this.#add(document.pieces);
    this.#values.refresh(document.pieces.filter((piece) => piece.kind === "entry"));
    for (let index = 0; index < document.pieces.length; index++) this.#lookAt(index);
    const expected = [...(schema?.entries.keys() ?? []), ...(context.example?.keys.keys() ?? [])];
    this.#judge(new Set([...this.#names.names(), ...expected, ""]), []);
  }

  /** As it is now; the next edit takes it apart. */
  get document(): DotenvDocument {
    return this.#document;
  }

  /** Replaces a range of the text. */
  edit(range: Range, replacement: string): void {
    const { document, first, gone, added } = spliceDotenv(this.#document, range, replacement, true);
    const fresh = document.pieces.slice(first, first + added);
    const changed = new Set<string>();
    for (const piece of [...gone, ...fresh]) {
      if (piece.kind !== "entry") continue;
      changed.add(piece.key.name);
      if (piece.bareAtEnd) changed.add("");
      for (const name of namesReferredTo(piece)) changed.add(name);
    }

    this.#remove(gone);
    this.#document = document;
    this.#order.splice(document.pieces, first, gone, added);
    this.#add(fresh);

    const stale = new Set<Entry>();
    for (const piece of [...gone, ...fresh]) {
      if (piece.kind !== "entry") continue;
      for (const referer of this.#names.of(piece.key.name).referers) stale.add(referer);
    }
    for (const piece of fresh) if (piece.kind === "entry") stale.add(piece);
    const refilled = this.#values.refresh(stale);

    // A piece's neighbours, and whether it is the first or the last, count for some rules.
    for (
      let index = Math.max(0, first - 1);
      index <= first + added && index < document.pieces.length;
      index++
    )
      this.#lookAt(index);
    this.#judge(changed, refilled);
  }

  /** In the order of the file; without those that are turned off. */
  findings(): Finding[] {
    const { starts, text } = this.#document;
    const place = (entry: Piece): number => starts[this.#order.indexOf(entry)] ?? 0;
    const at = (entry: Entry): PlacedEntry => ({ entry, start: place(entry) });
    const findings: Finding[] = [];
    const add = (finding: Finding): void => {
      if (levelOf(finding, this.#context) !== "off") findings.push(finding);
    };
    for (const [piece, found] of this.#ofPieces) {
      const start = place(piece);
      for (const finding of found) add({ ...finding, range: placed({ start }, finding.range) });
    }
    for (const entry of this.#values.troubled)
      for (const finding of this.#referenceFindings(at(entry), at)) add(finding);
    const { ports } = this.#context;
    if (ports !== undefined) {
      // A bare key counts where the environment has it, and nowhere else.
      const problems = ports((name) => this.#lookup(name) ?? this.#counted(name));
      const source = (name: string): PlacedEntry | undefined => {
        const entry = this.#counting(name);
        return entry === undefined ? undefined : at(entry);
      };
      for (const finding of portFindings(problems, source)) add(finding);
    }
    const end = { start: text.length, end: text.length };
    for (const drafts of this.#ofNames.values()) for (const draft of drafts) add(draft(at, end));
    if (isAskedFor("unordered-key", this.#context))
      for (const finding of unorderedKeys(this.#document)) add(finding);
    return inOrder(this.#silencing.size === 0 ? findings : withoutSuppressed(findings, this.#document));
  }

  diagnostics(): Diagnostic[] {
    const { lines } = this.#document;
    return this.findings().flatMap((finding) => toDiagnostic(finding, lines, this.#context) ?? []);
  }

  #add(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      if (piece.kind === "comment" && isSilencing(piece.text)) this.#silencing.add(piece);
      if (piece.kind !== "entry") continue;
      this.#names.add(piece);
      if (piece.bareAtEnd) this.#bareAtEnd = piece;
    }
  }

  #remove(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      this.#ofPieces.delete(piece);
      this.#silencing.delete(piece);
      if (piece.kind !== "entry") continue;
      this.#names.remove(piece);
      this.#values.forget(piece);
      if (piece === this.#bareAtEnd) this.#bareAtEnd = undefined;
    }
  }

  #isSecret(key: string): boolean {
    const known = this.#secrets.get(key);
    if (known !== undefined) return known;
    const secret = isSensitive(key, this.#context.schema?.schema);
    // Whoever types a key types many that are none.
    if (this.#secrets.size > maxSecretsKnown) this.#secrets.clear();
    this.#secrets.set(key, secret);
    return secret;
  }

  /** The entry that has the last word. */
  #counting(name: string): Entry | undefined {
    if (name === "" && this.#bareAtEnd !== undefined) return this.#bareAtEnd;
    return this.#names
      .of(name)
      .mentions.findLast(
        (entry) =>
          isAssigning(entry) ||
          (entry.operator === null && isNamed(entry) && this.#lookup(name) !== undefined),
      );
  }

  #counted(name: string): string | undefined {
    const counting = this.#counting(name);
    if (counting === undefined) return undefined;
    return counting.operator === null ? (this.#lookup(name) ?? "") : this.#values.valueOf(counting);
  }

  #valueOf(name: string): string | undefined {
    const counted = this.#counted(name);
    if (counted !== undefined) return counted;
    // A bare key that finds nothing outside is there all the same.
    return this.#names.of(name).mentions.some(({ operator }) => operator === null) ? "" : undefined;
  }

  /** The rules of one piece. */
  #lookAt(index: number): void {
    const { pieces, dialect } = this.#document;
    const piece = pieces[index];
    if (piece === undefined) return;
    const findings: Finding[] = [];
    if (piece.kind === "entry" || piece.kind === "skipped")
      for (const { code, range, message, refused } of piece.problems)
        findings.push({ code, range, message, ...(refused ? { refused } : {}) });
    if (piece.kind === "entry")
      findings.push(...entryValueFindings(piece, dialect, (key) => this.#isSecret(key)));
    const space = pieceSpaceFinding(piece, pieces[index - 1], index + 1 === pieces.length, dialect);
    if (space !== undefined) findings.push(space);
    findings.push(...pieceStyleFindings(piece, index === 0, this.#context));
    if (findings.length > 0) this.#ofPieces.set(piece, findings);
    else this.#ofPieces.delete(piece);
  }

  /** The rules of names. @param refilled entries whose value may be another now */
  #judge(changed: Set<string>, refilled: Iterable<Entry>): void {
    const affected = this.#uses?.refresh(changed);
    for (const name of affected ?? []) changed.add(name);
    for (const { key } of refilled) changed.add(key.name);
    if (this.#deciding.size > 0 && [...changed].some((name) => this.#deciding.has(name)))
      for (const name of this.#conditional) changed.add(name);
    for (const name of changed) {
      const drafts = nameFindings(name, {
        named: this.#names.of(name),
        counting: this.#counting(name),
        isUsed: this.#uses === undefined || this.#uses.isUsed(name),
        labelOf: (entry) => this.#order.labelOf(entry),
        value: this.#valueOf(name),
        values: (other) => this.#lookup(other) ?? this.#valueOf(other),
        context: this.#context,
      });
      if (drafts.length > 0) this.#ofNames.set(name, drafts);
      else this.#ofNames.delete(name);
    }
  }

  #referenceFindings(source: PlacedEntry, at: (entry: Entry) => PlacedEntry): Finding[] {
    const { entry } = source;
    const secret = this.#isSecret(entry.key.name);
    return this.#values.issuesOf(entry).map((issue) => {
      const { part } = issue;
      const range = placed(source, part.range);
      if (issue.kind === "required")
        return referenceFinding(
          { kind: "required", range, entry: source, refused: true, reference: part, message: issue.message },
          secret,
        );
      const last = this.#names.of(part.name).mentions.findLast(isAssigning);
      const later = last === undefined ? undefined : at(last);
      return referenceFinding(
        {
          kind: "blank",
          range,
          entry: source,
          refused: false,
          reference: part,
          self: entry.key.name === part.name,
          ...(later !== undefined && later.start > source.start ? { later } : {}),
        },
        secret,
      );
    });
  }
}
