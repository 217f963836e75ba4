/** A moment as everything on the wire has it. */
export function timeOf(moment: Date | number): string {
  return new Date(moment).toISOString();
}
