import { describe, expect, it } from '@jest/globals';
import { logLine, notice, readLogFormat } from './log-format.js';

const LINE = {
  atMs: 0,
  level: 'WARN',
  message: 'cannot',
  details: { workflowId: 'tune/x', error: new TypeError('no') },
};

describe('a line of the log', () => {
  it('is for people', () => {
    expect(logLine('text', LINE)).toBe(
      '1970-01-01T00:00:00.000Z WARN cannot {"workflowId":"tune/x","error":"TypeError: no"}'
    );
    expect(notice('serving', 'text')).toBe('serving');
  });

  it('is one object, whose own fields no detail replaces', () => {
    const details = { ...LINE.details, level: 'FAKE', nanos: 1n, text: 'two\nlines' };
    const line = logLine('json', { ...LINE, details });
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      ...{ time: '1970-01-01T00:00:00.000Z', level: 'WARN', message: 'cannot', workflowId: 'tune/x' },
      ...{ error: 'TypeError: no', nanos: '1', text: 'two\nlines' },
    });
    expect(JSON.parse(notice('serving', 'json'))).toMatchObject({ level: 'INFO', message: 'serving' });
  });

  it('has no third form', () => {
    expect(readLogFormat({})).toBe('text');
    expect(() => readLogFormat({ AUTOTUNER_LOG_FORMAT: 'xml' })).toThrow(/must be 'text' or 'json'/);
  });
});
