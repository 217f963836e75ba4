export function makeImage(
  name: string,
  content: {
    readonly parts: Readonly<Record<string, string>>;
    readonly native?: readonly string[];
    readonly changes: readonly string[];
  }
): Promise<void>;
export const NODE: string;
