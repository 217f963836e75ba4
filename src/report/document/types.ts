/** A report before it is HTML or Markdown: the same content for both. Every text in it is text, whatever it looks like. */
import type { Chart } from '../charts/types.js';
import type { Launch } from '../launch/types.js';

export type Block =
  | { readonly kind: 'heading'; readonly level: 2 | 3; readonly text: string }
  | { readonly kind: 'text'; readonly text: string; readonly tone?: 'plain' | 'strong' | 'note' }
  /** What is what: pairs. */
  | { readonly kind: 'facts'; readonly items: readonly Fact[] }
  | Table
  | { readonly kind: 'code'; readonly language: 'sh' | 'yaml' | 'text'; readonly text: string }
  | { readonly kind: 'launch'; readonly launch: Launch; readonly isOpen: boolean }
  | { readonly kind: 'chart'; readonly chart: Chart }
  /** Of interest to fewer readers. */
  | { readonly kind: 'details'; readonly summary: string; readonly blocks: readonly Block[] };

export type Fact = readonly [term: string, text: string];

export interface Table {
  readonly kind: 'table';
  /** For those who hear the page. */
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of numbers, from 0. */
  readonly numbers: readonly number[];
}

export interface Report {
  readonly title: string;
  /** The answer, in a sentence or two. */
  readonly lead: string;
  readonly blocks: readonly Block[];
}
