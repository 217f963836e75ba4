export function findGoTool(name: string): string | null;
export function ensureGoTool(name: string, options?: { onProgress?: (line: string) => void }): Promise<string | null>;
