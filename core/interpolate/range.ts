/** A stretch of a text. Offsets count UTF-16 units from 0; the end is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}
