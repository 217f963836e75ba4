import type { JSX } from 'preact';
import { useForm } from './form-context.js';
import type { Guide, Preset } from './guide.js';
import { Button } from '../../ui/button.js';
import { Words } from '../../ui/words.js';

/** Ready sets of parameters; taking one replaces what is there. */
export function Presets({ guide }: { guide: Guide }): JSX.Element {
  const { set } = useForm();
  const take = ({ parameters, constraints, engineArgs }: Preset): void => {
    set(['parameters'], parameters);
    set(['constraints'], constraints.length > 0 ? constraints : undefined);
    for (const [name, value] of Object.entries(engineArgs)) set(['engine_args', name], value);
  };
  return (
    <div class="stack tight">
      <p class="small muted">
        <Words text={guide.intro} />
      </p>
      <ul class="presets">
        {guide.presets.map((preset) => (
          <li key={preset.id}>
            <span class="grow">
              <span class="strong">{preset.title}</span> <span class="muted small">{preset.scale}</span>
              <br />
              <span class="small">
                <Words text={preset.words} />
              </span>
            </span>
            <Button small onPress={() => take(preset)} label={`Use the preset ${preset.title}`}>
              Use
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
