/** The prototype's task files write numbers as texts: `"temperature": "0.0"`. */
export function withNumbers(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const convert = (value: unknown): unknown =>
    typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, convert(value)]));
}
