/** What a task can ask for at most, where others must know it, too. */

/** Finalists, and so those whose ranking is remembered. */
export const MOST_FINALISTS = 5;
/** Suggestions in a row that promise next to nothing, and so those that are remembered. */
export const MOST_IN_A_ROW = 20;
