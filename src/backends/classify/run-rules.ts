/** What ends an engine, or makes it silent, while it runs: the machine, hangs, nonsense, crashes. */
import type { FailureCode } from '../../domain/failures.js';
import type { Rule } from './rule.js';

const rule = (code: FailureCode, says: string, pattern: RegExp): Rule => ({ code, says, pattern });

const MACHINE = 'the machine is not fit for it';
const HANG = 'it noticed itself that it hangs';
const NONSENSE = 'the model computes what is no number';
const FAULT = 'a fault in code for the accelerator';

export const RUN_RULES: readonly Rule[] = [
  rule('MACHINE_UNFIT', MACHINE, /CUDA driver version is insufficient|NVIDIA driver on your system is too old/),
  rule('MACHINE_UNFIT', MACHINE, /Found no NVIDIA driver|No CUDA GPUs are available|Failed to infer device type/),
  rule('MACHINE_UNFIT', MACHINE, /Driver\/library version mismatch|libcuda\.so\.1: cannot open shared object file/),
  rule(
    'MACHINE_UNFIT',
    MACHINE,
    /uncorrectable (?:NVLink|ECC) error|GPU is lost|fallen off the bus|NVML_ERROR_GPU_IS_LOST/i
  ),
  rule('MACHINE_UNFIT', 'a disk of the machine is full', /No space left on device/),
  rule('MACHINE_UNFIT', 'too many files are open', /Too many open files/),

  rule(
    'ENGINE_CRASHED',
    FAULT,
    /an illegal memory access was encountered|device-side assert triggered|misaligned address/
  ),
  rule('ENGINE_CRASHED', FAULT, /unspecified launch failure|an illegal instruction was encountered/),

  rule('ENGINE_START_TIMEOUT', HANG, /\bwatchdog timeout\b|Watchdog caught collective operation timeout/i),
  rule(
    'ENGINE_START_TIMEOUT',
    HANG,
    /RPC call to \w+ timed out|Timed out waiting for engine core|Did not receive response from front-end/
  ),
  rule('ENGINE_START_TIMEOUT', HANG, /couldn't get a response from (?:the )?detokenizer|DistStoreError: Timed out/),

  rule('WRONG_ANSWERS', NONSENSE, /contains either `inf`, `nan`|NaN in the logits|Detected errors during sampling/),
  rule('WRONG_ANSWERS', NONSENSE, /Out of range float values are not JSON compliant/),
];

/** Weaker: what engines also say when they end for another reason. */
export const RUN_SIGNS: readonly Rule[] = [
  rule(
    'ENGINE_CRASHED',
    'a crash',
    /Segmentation fault|core dumped|Fatal Python error|double free or corruption|Bus error/
  ),
  rule('ENGINE_CRASHED', 'an assertion failed', /\bGGML_ASSERT\b|Assertion `.{1,300}' failed/),
  rule('ENGINE_CRASHED', 'a crash', /terminate called (?:after throwing|without an active)/),
  rule('ENGINE_CRASHED', FAULT, /\bCUDA error\b|\bHIP error\b|CUBLAS_STATUS_(?!ALLOC)\w+|CUDNN_STATUS_\w+/),
  rule(
    'ENGINE_CRASHED',
    'the accelerators do not reach each other',
    /\bNCCL error\b|ncclUnhandledCudaError|ncclSystemError/
  ),
  rule('ENGINE_START_TIMEOUT', HANG, /No available shared memory broadcast block found/),
];

/**
 * Weakest: an exception of Python. The first one in the log is the root of a chain: Python prints the cause before what it caused, and a
 * worker's log comes before its parent's. What only tells that another process ended is left out.
 */
export const EXCEPTION_RULES: readonly Rule[] = [
  rule(
    'ENGINE_CRASHED',
    'an exception',
    /(?:^|[\s\])|])(?!\S{0,80}(?:EngineDeadError|BrokenPipeError|EOFError|CancelledError|KeyboardInterrupt|SystemExit))(?:[A-Za-z_]\w{0,60}\.){0,6}[A-Z]\w{0,60}(?:Error|Exception)(?:: (?!Engine core initialization failed)|$)/
  ),
];
