/**
 * Rebuilds a Hugging Face tokenizer folder from the vocabulary inside a GGUF file. The load generator counts tokens with
 * it; a model hub is not asked. The result cuts text into the same tokens as llama.cpp does.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** Models whose pre-tokenizer cuts numbers into single digits before anything else. */
const SINGLE_DIGITS = ['smollm', 'starcoder', 'refact', 'command-r'];

/** llama.cpp's token types: control tokens and user-defined ones are never cut out of ordinary text. */
const SPECIAL_TYPES = new Set([3, 4]);

/** Contents of tokenizer.json. */
export function tokenizerFromGguf(metadata) {
  const get = (key) => metadata[`tokenizer.ggml.${key}`];
  if (get('model') !== 'gpt2') throw new TypeError(`tokenizer model "${get('model')}" is not byte-level BPE`);
  const tokens = get('tokens');
  const types = get('token_type');
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const digits = SINGLE_DIGITS.includes(get('pre')) ? [{ type: 'Digits', individual_digits: true }] : [];

  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: tokens.flatMap((content, id) =>
      SPECIAL_TYPES.has(types[id])
        ? [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }]
        : []
    ),
    normalizer: null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [...digits, byteLevel] },
    post_processor: null,
    decoder: { ...byteLevel, add_prefix_space: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: get('merges').map((merge) => merge.split(' ')),
    },
  };
}

/** Contents of tokenizer_config.json. */
export function tokenizerConfigFromGguf(metadata) {
  const get = (key) => metadata[`tokenizer.ggml.${key}`];
  const token = (key) => get('tokens')[get(key) ?? 0];
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: token('bos_token_id'),
    eos_token: token('eos_token_id'),
    unk_token: token('unknown_token_id'),
    pad_token: token('eos_token_id'),
    model_max_length: metadata[`${metadata['general.architecture']}.context_length`],
    chat_template: metadata['tokenizer.chat_template'],
    clean_up_tokenization_spaces: false,
  };
}

/** Write both files into an existing folder. */
export function writeTokenizer(metadata, folder) {
  const write = (name, content) => writeFileSync(path.join(folder, name), `${JSON.stringify(content, undefined, 1)}\n`);
  write('tokenizer.json', tokenizerFromGguf(metadata));
  write('tokenizer_config.json', tokenizerConfigFromGguf(metadata));
}
