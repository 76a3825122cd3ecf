/** What both sides of a connection hold themselves to. */

/** Largest frame that is accepted. A diff of two snapshots is the largest message there is. */
export const maxFrameBytes = 32 * 1024 * 1024;
