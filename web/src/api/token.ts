/** The API's token, where it wants one. Kept for this tab only: closing it forgets the token. */
import { createStore } from '../lib/store.js';

const KEY = 'autotuner.token';

function stored(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

let token = stored();
/** Whether the page should ask for a token. */
export const tokenWanted = createStore(false);

export function currentToken(): string | null {
  return token;
}

export function setToken(value: string | null): void {
  token = value || null;
  try {
    if (token) sessionStorage.setItem(KEY, token);
    else sessionStorage.removeItem(KEY);
  } catch {
    // Then it is kept in memory.
  }
}

export function askForToken(): void {
  tokenWanted.set(true);
}
