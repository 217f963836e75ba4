/** The task as text: a text area with the numbers of its lines, and marks where something is wrong. */
import { useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import type { Mark } from './source.js';

interface Props {
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly onChange: (text: string) => void;
}

const LINE_PX = 20;

export function Editor({ text, marks, onChange }: Props): JSX.Element {
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLDivElement>(null);
  const wrong = new Map(marks.map(({ line, message }) => [line, message]));
  const goTo = (line: number): void => {
    const box = area.current;
    if (!box) return;
    const before =
      text
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line > 1 ? 1 : 0);
    box.focus();
    box.setSelectionRange(before, before + (text.split('\n')[line - 1]?.length ?? 0));
    box.scrollTop = Math.max(0, (line - 6) * LINE_PX);
  };
  return (
    <div class="stack tight">
      <div class="editor">
        <div class="lines" ref={numbers} aria-hidden="true">
          {text.split('\n').map((_, i) => (
            <i key={i} class={wrong.has(i + 1) ? 'bad' : ''} title={wrong.get(i + 1)}>
              {i + 1}
            </i>
          ))}
        </div>
        <textarea
          ref={area}
          aria-label="The task as YAML"
          aria-invalid={marks.length > 0 ? true : undefined}
          value={text}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          onInput={(event) => onChange(event.currentTarget.value)}
          onScroll={(event) => {
            if (numbers.current) numbers.current.scrollTop = event.currentTarget.scrollTop;
          }}
        />
      </div>
      {marks.length > 0 && (
        <ul class="marks" aria-label="What is wrong">
          {marks.map(({ line, message }) => (
            <li key={`${line} ${message}`}>
              <button type="button" onClick={() => goTo(line)}>
                <span class="poor strong">line {line}</span> {message}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
