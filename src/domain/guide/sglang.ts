/** SGLang: https://github.com/sgl-project/sglang */
import type { Guide } from './guide.schema.js';

const DOCS = 'https://github.com/sgl-project/sglang/blob/main/docs_new/docs/advanced_features';
const ARGUMENTS = { title: 'SGLang: Server Arguments', url: `${DOCS}/server_arguments.mdx` };
const TUNING = { title: 'SGLang: Hyperparameter Tuning', url: `${DOCS}/hyperparameter_tuning.mdx` };
const KV_CACHE = { title: 'SGLang: Quantized KV Cache', url: `${DOCS}/quantized_kv_cache.mdx` };
const ATTENTION = { title: 'SGLang: Attention Backend', url: `${DOCS}/attention_backend.mdx` };
const SERVER_ARGS = {
  title: 'SGLang: server_args.py',
  url: 'https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/server_args.py',
};

export const SGLANG: Guide = {
  engine: 'sglang',
  title: 'SGLang',
  versions: '0.5',
  intro:
    'Throughput comes from a large batch, and a large batch needs room for its KV cache: `mem_fraction_static` decides how much there is, ' +
    '`chunked_prefill_size` and the CUDA graphs take from what is left. Begin with these three and the parallelism, then the scheduler.',
  parameters: [
    {
      flag: '--mem-fraction-static',
      names: ['mem_fraction_static', 'mem_frac'],
      what: 'Share of the accelerator memory for the weights and the pool of the KV cache.',
      trades: 'More lets more requests run at once; too much leaves no room for activations and CUDA graphs.',
      default:
        'a heuristic of the memory, `chunked_prefill_size` and the CUDA graphs; 0.88 where the memory is unknown',
      limits: { above: 0, below: 1 },
      risky: {
        above: 0.94,
        words: 'leaves little room for activations and CUDA graphs, and often runs out of memory under load',
      },
      ranges: [
        {
          scale: 'one accelerator',
          spec: { type: 'choice', values: [0.8, 0.85, 0.88, 0.9, 0.92] },
          words: 'Good is what leaves 5 to 8 GB in `available_gpu_mem` of the log before it serves.',
        },
        { scale: 'several accelerators', spec: { type: 'choice', values: [0.75, 0.8, 0.85, 0.9] } },
      ],
      crashes: [
        'Too high: out of memory while CUDA graphs are captured, at a long prompt, or only under the heaviest load.',
        'Too low for the weights alone: it does not start, and asks for a larger value.',
      ],
      sources: [TUNING, ARGUMENTS],
    },
    {
      flag: '--tp-size',
      names: ['tp_size', 'tp', 'tensor_parallel_size'],
      what: 'Accelerators that share each layer.',
      trades: 'Shorter latency and more room for the KV cache, for communication in each layer.',
      default: '1',
      limits: { min: 1 },
      ranges: [{ scale: 'several accelerators', spec: { type: 'choice', values: [1, 2, 4, 8] } }],
      crashes: ['A size that does not divide the attention heads of the model does not start.'],
      sources: [TUNING, ARGUMENTS],
    },
    {
      flag: '--dp-size',
      names: ['dp_size', 'dp', 'data_parallel_size'],
      what: 'Copies of the model, each with its own requests.',
      trades:
        'Better for throughput than tensor parallelism wherever the memory suffices; a single request is not faster.',
      default: '1',
      limits: { min: 1 },
      ranges: [
        {
          scale: 'several accelerators',
          spec: { type: 'choice', values: [1, 2, 4, 8] },
          words: 'With a constraint such as `tp_size * dp_size <= 8`.',
        },
      ],
      crashes: ['With `enable_dp_attention` the sizes of data and tensor parallelism have to fit each other.'],
      sources: [TUNING, ARGUMENTS],
    },
    {
      flag: '--chunked-prefill-size',
      names: ['chunked_prefill_size'],
      what: 'Most tokens of a prompt that are computed in one step; -1 computes each prompt as a whole.',
      trades:
        'Larger shortens the time to the first token of long prompts; smaller saves memory and interrupts running answers less.',
      default: 'by the memory: 2048 on small accelerators to 16384 on the largest',
      limits: { min: 1, or: [-1, 0] },
      ranges: [
        { scale: 'one accelerator', spec: { type: 'choice', values: [2048, 4096, 8192, 16384] } },
        { scale: 'several accelerators', spec: { type: 'choice', values: [4096, 8192, 16384, 32768] } },
      ],
      crashes: [
        'Out of memory in the prefill of long prompts: 4096 or 2048 helps.',
        'It has to be a multiple of `page_size`, or SGLang does not start.',
      ],
      sources: [TUNING, ARGUMENTS, SERVER_ARGS],
    },
    {
      flag: '--max-running-requests',
      names: ['max_running_requests'],
      what: 'Most requests that run at once.',
      trades: 'More is throughput until the KV cache is full; fewer keeps the time per token short and others waiting.',
      default: 'by the size of the KV cache pool',
      limits: { min: 1 },
      ranges: [
        { scale: 'one accelerator', spec: { type: 'choice', values: [32, 64, 128, 256] } },
        { scale: 'several accelerators', spec: { type: 'choice', values: [64, 128, 256, 512] } },
      ],
      crashes: ['Out of memory while answers are generated: fewer help.'],
      sources: [TUNING, ARGUMENTS],
    },
    {
      flag: '--max-total-tokens',
      names: ['max_total_tokens'],
      what: 'Tokens that the pool of the KV cache holds.',
      trades: 'Overrides what `mem_fraction_static` gives; meant for development and debugging.',
      default: 'by the memory',
      limits: { min: 1 },
      ranges: [{ scale: 'one accelerator', spec: { type: 'choice', values: [16384, 32768, 65536] } }],
      crashes: ['Fewer than a prompt and its answer take: such requests are refused.'],
      sources: [ARGUMENTS],
    },
    {
      flag: '--schedule-policy',
      names: ['schedule_policy'],
      what: 'Which waiting request is next.',
      trades:
        '`lpm` (longest prefix match) finds more in the prefix cache where prompts begin alike, for more scheduling work.',
      default: '`fcfs`',
      ranges: [{ scale: 'one accelerator', spec: { type: 'choice', values: ['fcfs', 'lpm'] } }],
      crashes: [],
      sources: [TUNING, ARGUMENTS],
    },
    {
      flag: '--schedule-conservativeness',
      names: ['schedule_conservativeness'],
      what: 'How carefully requests are let in, given that their answers will grow.',
      trades: 'Lower fills the KV cache further; too low and requests are retracted and computed again.',
      default: '1.0',
      limits: { min: 0 },
      ranges: [
        {
          scale: 'one accelerator',
          spec: { type: 'choice', values: [0.3, 0.6, 1, 1.3] },
          words: '0.3 where answers end long before `max_tokens`, 1.3 where requests are retracted often.',
        },
      ],
      crashes: [],
      sources: [TUNING, ARGUMENTS],
    },
    {
      flag: '--cuda-graph-max-bs',
      names: ['cuda_graph_max_bs', 'cuda_graph_max_bs_decode'],
      what: 'Largest batch for which CUDA graphs are captured. Later versions call it `cuda_graph_max_bs_decode`.',
      trades: 'Batches above it run without a graph, slower; graphs take memory and time at the start.',
      default: 'by the memory and `tp_size`, often 160 or 256',
      limits: { min: 1 },
      ranges: [
        { scale: 'one accelerator', spec: { type: 'choice', values: [64, 160, 256] } },
        { scale: 'several accelerators', spec: { type: 'choice', values: [160, 256, 512] } },
      ],
      crashes: ['Out of memory while the graphs are captured: lower it, or `mem_fraction_static`.'],
      sources: [TUNING, ARGUMENTS],
    },
    {
      flag: '--attention-backend',
      names: ['attention_backend'],
      what: 'The kernels of the attention layers.',
      trades: 'Which is fastest depends on accelerator, model and lengths.',
      default: 'chosen by accelerator and model',
      ranges: [{ scale: 'one accelerator', spec: { type: 'choice', values: ['flashinfer', 'fa3', 'triton'] } }],
      crashes: [
        'A backend that does not know the accelerator, the model or the type of the KV cache ends at the start.',
      ],
      sources: [ATTENTION, ARGUMENTS],
    },
    {
      flag: '--kv-cache-dtype',
      names: ['kv_cache_dtype'],
      what: 'Type of the numbers in the KV cache.',
      trades: 'FP8 makes room for about twice as many tokens, for some accuracy.',
      default: '`auto`: that of the model',
      changesAnswers: true,
      ranges: [{ scale: 'one accelerator', spec: { type: 'choice', values: ['auto', 'fp8_e4m3', 'fp8_e5m2'] } }],
      crashes: ['Not every attention backend knows every type.'],
      sources: [KV_CACHE, ARGUMENTS],
    },
    {
      flag: '--quantization',
      names: ['quantization'],
      what: 'How the weights are quantized.',
      trades:
        '`fp8` on a 16-bit checkpoint halves the weights and is faster where the accelerator computes it, for some accuracy.',
      default: 'that of the checkpoint',
      changesAnswers: true,
      ranges: [{ scale: 'one accelerator', spec: { type: 'choice', values: ['fp8', 'w8a8_int8'] } }],
      crashes: ['A method that does not fit the checkpoint ends at the start.'],
      sources: [TUNING, ARGUMENTS],
    },
    {
      flag: '--enable-mixed-chunk',
      names: ['enable_mixed_chunk'],
      what: 'Computes chunks of prompts and tokens of answers in the same batch.',
      trades: 'Fewer interruptions of running answers, for a later first token.',
      default: 'off',
      ranges: [{ scale: 'one accelerator', spec: { type: 'bool' } }],
      crashes: [],
      sources: [ARGUMENTS],
    },
    {
      flag: '--num-continuous-decode-steps',
      names: ['num_continuous_decode_steps'],
      what: 'Steps of generation between two looks at the queue.',
      trades: 'More is less scheduling work and throughput, for a later first token.',
      default: '1',
      limits: { min: 1 },
      ranges: [{ scale: 'one accelerator', spec: { type: 'choice', values: [1, 2, 4] } }],
      crashes: [],
      sources: [ARGUMENTS],
    },
    {
      flag: '--stream-interval',
      names: ['stream_interval'],
      what: 'Tokens that are sent together while an answer streams.',
      trades: 'More is less work per token and throughput, for an answer that comes in pieces.',
      default: '1',
      limits: { min: 1 },
      ranges: [{ scale: 'one accelerator', spec: { type: 'choice', values: [1, 4, 8] } }],
      crashes: [],
      sources: [ARGUMENTS],
    },
    {
      flag: '--disable-radix-cache',
      names: ['disable_radix_cache'],
      what: 'Switches the prefix cache off.',
      trades: 'Saves its upkeep where no two prompts begin alike; costs all of its gain where they do.',
      default: 'off: the prefix cache is on',
      ranges: [{ scale: 'one accelerator', spec: { type: 'bool' } }],
      crashes: [],
      sources: [ARGUMENTS],
    },
    {
      flag: '--page-size',
      names: ['page_size'],
      what: 'Tokens in a page of the KV cache.',
      trades: 'Larger pages are less upkeep and coarser sharing of prefixes; some attention backends set it.',
      default: '1',
      limits: { min: 1 },
      ranges: [{ scale: 'one accelerator', spec: { type: 'choice', values: [1, 16, 32, 64] } }],
      crashes: ['It has to divide `chunked_prefill_size`.'],
      sources: [ARGUMENTS, SERVER_ARGS],
    },
    {
      flag: '--context-length',
      names: ['context_length'],
      what: 'Most tokens of a prompt and its answer together.',
      trades: 'Shorter than the model can is room for more requests.',
      default: "the model's",
      limits: { min: 1 },
      ranges: [{ scale: 'one accelerator', spec: { type: 'choice', values: [4096, 8192, 32768] } }],
      crashes: ['Shorter than the loads: their requests are refused.'],
      sources: [ARGUMENTS],
    },
  ],
  presets: [
    {
      id: 'throughput',
      title: 'Throughput on one accelerator',
      words: 'Many requests at once: how full the KV cache may get, and how large the steps are.',
      scale: 'one accelerator',
      parameters: {
        mem_fraction_static: { type: 'choice', values: [0.8, 0.85, 0.88, 0.9, 0.92] },
        chunked_prefill_size: { type: 'choice', values: [2048, 4096, 8192, 16384] },
        schedule_conservativeness: { type: 'choice', values: [0.3, 0.6, 1, 1.3] },
      },
      constraints: ['mem_fraction_static <= 0.9 or chunked_prefill_size <= 8192'],
      engineArgs: {},
    },
    {
      id: 'latency',
      title: 'Latency of a chat',
      words: 'Few requests, each to be answered soon.',
      scale: 'one accelerator',
      parameters: {
        chunked_prefill_size: { type: 'choice', values: [1024, 2048, 4096, 8192] },
        max_running_requests: { type: 'choice', values: [8, 16, 32, 64] },
        enable_mixed_chunk: { type: 'bool' },
        stream_interval: { type: 'choice', values: [1, 4] },
      },
      constraints: [],
      engineArgs: {},
    },
    {
      id: 'several-accelerators',
      title: 'Eight accelerators',
      words: 'How to divide a machine between the shares of one model and copies of it.',
      scale: 'several accelerators',
      parameters: {
        tp_size: { type: 'choice', values: [1, 2, 4, 8] },
        dp_size: { type: 'choice', values: [1, 2, 4, 8] },
        mem_fraction_static: { type: 'choice', values: [0.8, 0.85, 0.9] },
      },
      constraints: ['tp_size * dp_size == 8'],
      engineArgs: {},
    },
    {
      id: 'shared-prefixes',
      title: 'Prompts that begin alike',
      words: 'System prompts, documents, agents: what the prefix cache gains.',
      scale: 'one accelerator',
      parameters: {
        schedule_policy: { type: 'choice', values: ['fcfs', 'lpm'] },
        mem_fraction_static: { type: 'choice', values: [0.8, 0.85, 0.88, 0.9] },
        chunked_prefill_size: { type: 'choice', values: [2048, 4096, 8192] },
      },
      constraints: [],
      engineArgs: {},
    },
  ],
  metrics: {
    words:
      'SGLang offers them with `--enable-metrics`, which the process backend adds unless the task sets `enable_metrics` itself; a ' +
      'ClusterServingRuntime has to have it.',
    sources: [
      {
        title: 'SGLang: Production Metrics',
        url: 'https://github.com/sgl-project/sglang/blob/main/docs_new/docs/references/production_metrics.mdx',
      },
    ],
  },
};
