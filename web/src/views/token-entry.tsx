/** Asks for the API's token when a request was refused for want of one. */
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { queryClient } from '../api/queries.js';
import { currentToken, setToken, tokenWanted } from '../api/token.js';
import { useStore } from '../lib/store.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { TextField } from '../ui/field.js';

export function TokenEntry(): JSX.Element | null {
  const isWanted = useStore(tokenWanted);
  const [value, setValue] = useState('');
  if (!isWanted) return null;
  const wasWrong = currentToken() !== null;
  const enter = (): void => {
    setToken(value.trim());
    setValue('');
    tokenWanted.set(false);
    // Streams do not come back from a refusal by themselves.
    if (wasWrong || value) location.reload();
    else void queryClient.invalidateQueries();
  };
  return (
    <Dialog title="This server wants a token" onClose={() => tokenWanted.set(false)}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          enter();
        }}
      >
        <TextField
          label="Token"
          type="password"
          value={value}
          onChange={setValue}
          error={wasWrong ? 'The one you gave was not accepted.' : undefined}
          hint="From the file that AUTOTUNER_API_TOKENS_FILE names. It is kept until this tab is closed."
        />
        <div class="row end">
          <Button onPress={() => tokenWanted.set(false)}>Not now</Button>
          <button type="submit" class="button primary" disabled={value.trim() === ''}>
            Continue
          </button>
        </div>
      </form>
    </Dialog>
  );
}
