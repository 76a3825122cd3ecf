/** Under what the history keeps things of the agent's own. */

/** The number up to which events may have been given out. */
export const seqName = "seq";
