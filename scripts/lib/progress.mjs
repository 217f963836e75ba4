/** Progress on stderr: plain lines in a pipe; on a terminal also one live line with what is running. */
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 120;

const seconds = (sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;

/**
 * @param {{ quiet?: boolean, stream?: NodeJS.WriteStream }} [options] `quiet` shows nothing but failures
 */
export function createProgress({ quiet = false, stream = process.stderr } = {}) {
  const live = stream.isTTY === true && !quiet && process.env.TERM !== 'dumb';
  const colour = live && !process.env.NO_COLOR;
  const paint = (code, text) => (colour ? `\u001B[${code}m${text}\u001B[0m` : text);
  const running = new Map();
  const firstStart = performance.now();
  let frame = 0;
  let timer;

  const clear = () => live && stream.write('\r\u001B[2K');
  function draw() {
    if (!live || running.size === 0) return;
    const parts = [...running].map(([step, since]) => `${step} ${((performance.now() - since) / 1000).toFixed(0)} s`);
    const text = `${FRAMES[frame++ % FRAMES.length]} ${parts.join(', ')}`;
    clear();
    stream.write(text.slice(0, (stream.columns || 80) - 1));
  }
  function line(text, always = false) {
    if (quiet && !always) return;
    clear();
    stream.write(`${text}\n`);
    draw();
  }
  const name = (step) => step.padEnd(12);

  return {
    /** A remark that belongs to no step. */
    note: (text) => line(`  ${text}`),
    start(step, summary) {
      running.set(step, performance.now());
      line(`${paint('2', '→')} ${name(step)} ${summary} ...`);
      if (live && !timer) timer = setInterval(draw, FRAME_MS).unref();
    },
    done(step, detail) {
      const took = seconds(running.get(step));
      running.delete(step);
      line(`${paint('32', '✓')} ${name(step)} ${detail} ${paint('2', `(${took})`)}`);
    },
    failed(step, message) {
      running.delete(step);
      line(`${paint('31', '✗')} ${name(step)} ${message}`, true);
    },
    /** Stop drawing; `text` is the closing line. */
    end(text) {
      clearInterval(timer);
      running.clear();
      clear();
      if (text) line(`${text} (${seconds(firstStart)})`);
    },
  };
}
