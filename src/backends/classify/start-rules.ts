/** What keeps an engine from starting: its arguments, its port, its model. */
import type { FailureCode } from '../../domain/failures.js';
import type { Rule } from './rule.js';

const rule = (code: FailureCode, says: string, pattern: RegExp): Rule => ({ code, says, pattern, startOnly: true });

const ARGUMENT = 'an argument was refused';
const VALUE = "an argument's value was refused";
const COMBINATION = 'the arguments do not go together, or not with this model';
const PORT = 'the port belongs to another process';
const MODEL = 'the model was not found';
const ACCESS = 'the model could not be had from where it is named';
const FORMAT = 'the engine cannot read the model';

/** Stronger than any cause before it: it says whose file that was, and that the task's own model is not to blame. */
export const START_VERDICTS: readonly Rule[] = [
  rule('UNSUPPORTED_FLAG', 'the draft model that an argument names was refused', /failed to load draft model/),
];

export const START_RULES: readonly Rule[] = [
  // argparse: SGLang and vLLM.
  rule(
    'UNSUPPORTED_FLAG',
    ARGUMENT,
    /\berror: (?:unrecognized arguments|ambiguous option|the following arguments are)/
  ),
  rule('UNSUPPORTED_FLAG', VALUE, /\berror: argument \S{1,200}: |argument \S{1,200}: invalid choice/),
  // llama.cpp.
  rule('UNSUPPORTED_FLAG', ARGUMENT, /\berror: (?:invalid argument|unknown argument|unrecognized option): ?-/),
  rule('UNSUPPORTED_FLAG', VALUE, /error while handling argument "/),
  rule('UNSUPPORTED_FLAG', VALUE, /Unsupported cache type|unknown value for --/i),
  rule('UNSUPPORTED_FLAG', COMBINATION, /cache .{0,60}requires flash[ _]att/i),
  // What the configuration of SGLang and vLLM says about values.
  rule('UNSUPPORTED_FLAG', COMBINATION, /must be divisible by|is greater than the derived (?:max_model_len|context)/),
  rule('UNSUPPORTED_FLAG', COMBINATION, /max_num_batched_tokens \(\d+\) is smaller than max_model_len/),
  rule('UNSUPPORTED_FLAG', COMBINATION, /does not match the quantization method specified/),
  rule('UNSUPPORTED_FLAG', VALUE, /Unknown quantization method|Bfloat16 is only supported on GPUs/),
  rule(
    'UNSCHEDULABLE',
    'it asks for more accelerators than there are',
    /World size \(\d+\) is larger than the number of/
  ),
  rule('UNSCHEDULABLE', 'it asks for more accelerators than there are', /number of required GPUs exceeds the total/),
  rule('UNSCHEDULABLE', 'it asks for more accelerators than there are', /invalid device ordinal/),

  rule('PORT_CONFLICT', PORT, /address already in use|\bEADDRINUSE\b/i),
  rule(
    'PORT_CONFLICT',
    PORT,
    /couldn't bind (?:to server|HTTP server) socket|port \d+ is (?:already )?in use(?!, trying)/i
  ),

  rule(
    'MODEL_NOT_FOUND',
    ACCESS,
    /Repository Not Found for url|\bGatedRepoError\b|access a gated repo|RepositoryNotFoundError/
  ),
  rule('MODEL_NOT_FOUND', ACCESS, /We couldn't connect to 'https?:|LocalEntryNotFoundError|OfflineModeIsEnabled/),
  rule('MODEL_NOT_FOUND', ACCESS, /\b40[13] Client Error\b|model is private or does not exist/),
  rule('MODEL_NOT_FOUND', MODEL, /is not a local folder and is not a valid model identifier|HFValidationError/),
  rule('MODEL_NOT_FOUND', MODEL, /does not appear to have a file named|Invalid repository ID or local directory/),
  // vLLM also says the former of a local folder that it can read, and goes on.
  rule(
    'MODEL_NOT_FOUND',
    MODEL,
    /(?<!Error retrieving file list: )Repo id must be in the form|No supported config format found in/
  ),
  rule('MODEL_NOT_FOUND', MODEL, /Can't load (?:the )?(?:configuration|config|tokenizer) (?:of|for) /),
  rule('MODEL_NOT_FOUND', MODEL, /Cannot find any model weights with|No safetensors (?:files|weights) found/i),
  rule('MODEL_NOT_FOUND', MODEL, /No such file or directory: '[^']{0,300}(?:\.json|\.safetensors|\.gguf|\.bin)'/),
  rule('MODEL_NOT_FOUND', MODEL, /failed to open GGUF file|failed to open \S{1,300}\.gguf/),
  rule(
    'MODEL_UNUSABLE',
    FORMAT,
    /unknown (?:model )?(?:pre-tokenizer type|architecture)|invalid magic characters?|bad magic/i
  ),
  rule('MODEL_UNUSABLE', FORMAT, /model is corrupted or incomplete|wrong number of tensors|missing tensor '/),
  rule('MODEL_UNUSABLE', FORMAT, /Model architectures? .{0,200}(?:not supported|failed to be inspected)/i),
  rule(
    'MODEL_UNUSABLE',
    FORMAT,
    /but Transformers does not recognize this architecture|Should have a `model_type` key/
  ),
  rule('MODEL_UNUSABLE', FORMAT, /SafetensorError|Error while deserializing header/),
];

/** Weaker: where it was raised, or that something failed to load. Without a reason that may be the combination's fault. */
export const START_SIGNS: readonly Rule[] = [
  rule('UNSUPPORTED_FLAG', COMBINATION, /\b\d+ validation errors? for \w*(?:Config|Args)\b/),
  rule(
    'UNSUPPORTED_FLAG',
    COMBINATION,
    /File "[^"]{0,300}\b(?:server_args|arg_utils)\.py", line \d+, in (?:__post_init__|_?check_|_handle_)/
  ),
  rule('ENGINE_CRASHED', 'it could not load the model', /failed to load model|error loading model/),
];
