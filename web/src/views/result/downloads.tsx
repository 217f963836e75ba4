/** Results as files. */
import type { JSX } from 'preact';
import { saveFromApi } from '../../lib/download.js';
import { Button } from '../../ui/button.js';

interface Props {
  /** From the end of an address to the whole of it. */
  readonly pathOf: (rest: string) => string;
  /** The end of the results file's address. */
  readonly file: string;
  /** What the files are called. */
  readonly name: string;
}

export function Downloads({ pathOf, file, name }: Props): JSX.Element {
  const save = (rest: string, fileName: string) => () => saveFromApi(pathOf(rest), fileName);
  return (
    <section class="row" aria-label="Downloads">
      <span class="muted">Take it with you:</span>
      <Button small icon="save" onPress={save('/report.html', `${name}.html`)}>
        Report (HTML)
      </Button>
      <Button small icon="save" onPress={save('/report.md', `${name}.md`)}>
        Report (Markdown)
      </Button>
      <Button small icon="save" onPress={save(file, `${name}_results.json`)}>
        Results (JSON)
      </Button>
      <Button small icon="save" onPress={save('/results.csv', `${name}_results.csv`)}>
        Table (CSV)
      </Button>
    </section>
  );
}
