/** Text as a file; what needs a token cannot be a plain link. */
import { send } from '../api/http.js';

export function saveText(fileName: string, text: string, type = 'text/plain'): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Reads from the API and saves what comes. @throws ApiError */
export async function saveFromApi(path: string, fileName: string): Promise<void> {
  const response = await send(path);
  saveText(fileName, await response.text(), response.headers.get('content-type') ?? 'text/plain');
}
