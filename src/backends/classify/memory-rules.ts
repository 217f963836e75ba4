/** How engines, their libraries and the kernel say that memory ran out. */
import type { Rule } from './rule.js';

const rule = (says: string, pattern: RegExp): Rule => ({ code: 'OUT_OF_MEMORY', says, pattern });

const ACCELERATOR = "the accelerator's memory was not enough";
const CACHE = 'no memory was left for the KV cache';
const HOST = "the machine's memory was not enough";

export const MEMORY_RULES: readonly Rule[] = [
  // PyTorch: SGLang and vLLM.
  rule(ACCELERATOR, /\b(?:CUDA|HIP|XPU|NPU|MPS backend) out of memory\b|\b(?:torch\.)?OutOfMemoryError\b/),
  rule(ACCELERATOR, /CUBLAS_STATUS_ALLOC_FAILED|\bcudaErrorMemoryAllocation\b|Cuda failure (?:2 )?'out of memory'/i),
  // vLLM.
  rule(CACHE, /No available memory for the cache blocks/),
  rule(CACHE, /larger than the (?:maximum number of tokens that can be stored in|available) KV cache/),
  rule(ACCELERATOR, /Free memory on device .{0,200}less than desired GPU memory utilization/),
  // SGLang.
  rule(CACHE, /Not enough memory\. Please try to (?:in|de)crease --mem-fraction-static/),
  rule(CACHE, /(?:Prefill|Decode) out of memory/),
  rule(ACCELERATOR, /Failed to allocate memory for \S{1,100} with size \d+/),
  // llama.cpp: its backends first, then what gives up after them.
  rule(ACCELERATOR, /cudaMalloc failed: out of memory|CUDA error: out of memory|ErrorOutOf(?:Device|Host)Memory/i),
  rule(ACCELERATOR, /Insufficient Memory \(\d+:kIOGPU|Device memory allocation of size \d+ failed/),
  rule(
    ACCELERATOR,
    /(?:failed|unable) to allocate (?!(?:CPU|\w*Host) )\S{1,40} buffer|failed to allocate compute buffers/
  ),
  rule(CACHE, /failed to allocate buffer for kv cache/i),
  rule(
    HOST,
    /(?:failed|unable) to allocate (?:CPU|\w{1,40}Host)\S{0,40} buffer|insufficient memory \(attempted to allocate/
  ),
  // The C++ and Python run-times and the kernel.
  rule(HOST, /\bstd::bad_alloc\b|^(?:\w+: )?MemoryError\b|DefaultCPUAllocator: (?:can't|not enough)/),
  rule(HOST, /(?<!mlock.{0,200})Cannot allocate memory/i),
  rule(
    HOST,
    /\bOOM[ -]?kill|Out of memory: Killed process|Memory cgroup out of memory|OutOfMemoryError: Task was killed/i
  ),
];

/** Nothing but the kernel ends a child with this signal unasked; weaker than words, since engines also do so to their children. */
export const KILLED_CHILD_RULES: readonly Rule[] = [
  rule(
    'the kernel ended one of its processes',
    /exit ?code:? ?=?-9\b|\bcore proc\(s\): \{[^}]{0,200}: -9\b|signal SIGKILL|SIGKILL\(-9\)/i
  ),
];
