/**
 * The closed list of failure codes. Every failed experiment and every refused or aborted tune carries one of them; docs/errors.md
 * explains each, and a test keeps the two in step.
 *
 * `scope` says who the failure belongs to:
 * - `experiment`: a property of the combination. It is a result, and an optimizer learns from it.
 * - `tune`: every further experiment would fail in the same way, so the tune ends at once with this code.
 * - `infrastructure`: nobody's fault but the machinery's. It is retried, and an optimizer never learns from it.
 */
export const FAILURES = {
  OUT_OF_MEMORY: {
    scope: 'experiment',
    meaning: 'The engine ran out of memory before it served, or the kernel killed it for want of memory.',
    nextStep:
      'Lower the memory-hungry parameters (context, slots, memory fraction) or exclude the region with a constraint.',
  },
  OUT_OF_MEMORY_UNDER_LOAD: {
    scope: 'experiment',
    meaning: 'The engine served at first and ran out of memory under load, or the kernel killed it for want of memory.',
    nextStep:
      'Leave more memory free for what requests need beside the cache: lower the memory fraction, the largest batch or prefill chunk, or the concurrency of the load.',
  },
  UNSUPPORTED_FLAG: {
    scope: 'experiment',
    meaning: 'The engine refused a command-line argument or its value.',
    nextStep:
      "Compare the engine's --help with the parameter names and engine_args of the task; `autotuner plan` prints the command.",
  },
  ENGINE_CRASHED: {
    scope: 'experiment',
    meaning: 'The engine exited by itself before or during the measurement.',
    nextStep: "Read the log lines in the experiment's evidence; the whole log is in the artifact store.",
  },
  ENGINE_START_TIMEOUT: {
    scope: 'experiment',
    meaning: 'The engine ran but answered no completion request within the start time limit.',
    nextStep: 'Raise timeouts.start if the model is large; otherwise read the engine log for what it was waiting for.',
  },
  ENGINE_UNRESPONSIVE: {
    scope: 'experiment',
    meaning: 'The engine served at first and then stopped answering under load.',
    nextStep: 'Reduce the concurrency or the batch sizes, and read the engine log.',
  },
  WRONG_ANSWERS: {
    scope: 'experiment',
    meaning: 'The endpoint answers, but not with a completion: the engine does not serve what the task asks for.',
    nextStep: 'Check the model, its served name and the engine arguments.',
  },
  PORT_CONFLICT: {
    scope: 'experiment',
    meaning: 'The port the engine has to listen on belongs to another process.',
    nextStep:
      'Remove process.port or docker.port from the task (a free port is then chosen), or end the process that holds it.',
  },
  BENCHMARK_FAILED: {
    scope: 'experiment',
    meaning: 'The benchmark tool failed, or its result files are missing, truncated or not what they should be.',
    nextStep: "Read the tool's log in the artifact store.",
  },
  LOAD_FAILED: {
    scope: 'experiment',
    meaning:
      'A load finished without a usable measurement: no request completed, too many failed, or its numbers are not finite.',
    nextStep: 'Give the load more time (max_time_per_iteration), or lower its concurrency or its lengths.',
  },
  BENCHMARK_TIMEOUT: {
    scope: 'experiment',
    meaning: 'The benchmark did not end within its time limit.',
    nextStep: 'Raise timeouts.benchmark, or lower max_requests_per_iteration or max_time_per_iteration.',
  },
  EXPERIMENT_TIMEOUT: {
    scope: 'experiment',
    meaning: 'The experiment as a whole exceeded timeouts.experiment.',
    nextStep: 'Raise timeouts.experiment or measure fewer loads.',
  },
  UNSCHEDULABLE: {
    scope: 'experiment',
    meaning:
      'No node of the cluster, or not this machine, has room for the engine: accelerators, memory, node selector or taints do not fit.',
    nextStep:
      'Compare what the combination asks for (tensor, pipeline and data parallelism) with `kubectl describe nodes` or `nvidia-smi`; raise ome.unschedulable_after if nodes are added on demand.',
  },
  ADMISSION_REFUSED: {
    scope: 'experiment',
    meaning: 'An admission webhook, a policy or a quota of the cluster refused the engine.',
    nextStep: 'Read the message: it is the policy that speaks. Change what it names, or ask its owner.',
  },
  MANIFEST_REJECTED: {
    scope: 'tune',
    meaning: "The cluster's own schema refused what the tuner wrote.",
    nextStep: 'Compare the version of OME with docs/kubernetes.md; `autotuner cluster check` shows it.',
  },
  NOT_OURS: {
    scope: 'experiment',
    meaning: 'An object with the name that the experiment needs exists already, and the tuner did not make it.',
    nextStep: 'Look at the object that the message names; the tuner never touches what it does not own.',
  },
  IMAGE_PULL_FAILED: {
    scope: 'tune',
    meaning: 'The image of the engine or of the benchmark cannot be pulled.',
    nextStep: 'Check the image name, the registry and its credentials, with `docker pull` or `kubectl describe pod`.',
  },
  RUNTIME_NOT_FOUND: {
    scope: 'tune',
    meaning: 'The serving runtime that the task builds on is not in the cluster, or is disabled.',
    nextStep: 'List them with `kubectl get clusterservingruntimes`, or apply examples/kubernetes/runtime.yaml.',
  },
  RUNTIME_UNSUITABLE: {
    scope: 'tune',
    meaning: 'The serving runtime cannot run this model, or starts its engine in a way that parameters cannot reach.',
    nextStep: 'Use a runtime whose supportedModelFormats fit the model and which starts the engine without a shell.',
  },
  CLAIM_NOT_FOUND: {
    scope: 'tune',
    meaning: 'The PersistentVolumeClaim for the result files of the benchmark jobs is not in the namespace.',
    nextStep: '`autotuner cluster install` makes it; ome.benchmark.claim names another one.',
  },
  NAMESPACE_NOT_FOUND: {
    scope: 'tune',
    meaning: 'The namespace in which engines are to be tuned is not in the cluster.',
    nextStep: '`autotuner cluster install` makes it; model.namespace of the task names it.',
  },
  CLUSTER_FORBIDDEN: {
    scope: 'tune',
    meaning: 'The Kubernetes API refused the request: the account of the worker lacks a permission.',
    nextStep: '`autotuner cluster check` lists what is missing; examples/kubernetes/rbac.yaml grants it.',
  },
  CLUSTER_KIND_MISSING: {
    scope: 'tune',
    meaning: 'The cluster does not know a kind that is needed: OME, KEDA or cert-manager is not installed completely.',
    nextStep: '`autotuner cluster check` says which; `autotuner cluster install --install-ome` installs it.',
  },
  WEBHOOK_UNAVAILABLE: {
    scope: 'tune',
    meaning: 'An admission webhook of the cluster does not answer, so that nothing can be created.',
    nextStep: 'Look at the pods of the webhook that the message names, and at the network between API server and pods.',
  },
  CONTROLLER_FAILED: {
    scope: 'experiment',
    meaning: 'OME could not make a deployment out of the InferenceService.',
    nextStep: "Read the events in the experiment's evidence; they are OME's own words.",
  },
  INVALID_TASK: {
    scope: 'tune',
    meaning: 'The task file cannot be used as it is.',
    nextStep: 'Mend what the message names; `autotuner validate FILE` checks the file without a server.',
  },
  ENGINE_NOT_FOUND: {
    scope: 'tune',
    meaning: "The engine's executable is not on the machine that has to run it.",
    nextStep:
      'Install it or name it by its environment variable; `autotuner doctor` shows where each tool is looked for. In a container, choose another image or docker.entrypoint.',
  },
  MODEL_NOT_FOUND: {
    scope: 'tune',
    meaning: 'The model is not on the machine, or not in the cluster, that has to serve it; or it is not ready there.',
    nextStep:
      'Give model.path, or put the model into the models folder that `autotuner doctor` shows; with OME, `kubectl get clusterbasemodels`.',
  },
  MODEL_UNUSABLE: {
    scope: 'tune',
    meaning:
      'The engine cannot read the model: it does not know its architecture, or a file is damaged or none at all.',
    nextStep: 'Download the model again, or use a version of the engine that supports it.',
  },
  MACHINE_UNFIT: {
    scope: 'tune',
    meaning:
      'The machine cannot run the engine: no usable accelerator, a driver or device at fault, a full disk, too few open files.',
    nextStep: 'Look at the machine (`nvidia-smi`, `dmesg`, `df -h`, /dev/shm); every engine would fail there.',
  },
  TOKENIZER_NOT_FOUND: {
    scope: 'tune',
    meaning: 'The tokenizer that the benchmark needs is not on this machine.',
    nextStep: 'Give benchmark.model_tokenizer a folder that holds tokenizer.json.',
  },
  BENCHMARK_TOOL_NOT_FOUND: {
    scope: 'tune',
    meaning: 'The load generator is not on the machine that has to make the load.',
    nextStep:
      'Run `npm run setup` for genai-bench or `npm run setup -- --only aiperf` for aiperf there, or set GENAI_BENCH_PATH or AIPERF_PATH.',
  },
  NOT_ALLOWED: {
    scope: 'tune',
    meaning: 'The worker refuses what the task asks for, because it could harm its machine.',
    nextStep: 'Start the worker with the option that the message names if you trust everyone who can start tunes.',
  },
  SECRET_UNAVAILABLE: {
    scope: 'tune',
    meaning: 'A secret that the task refers to is not on the machine that has to use it, or cannot be used as it is.',
    nextStep: 'Set the variable or the file that the message names where the worker runs, and start the worker again.',
  },
  OPTIMIZER_FAILED: {
    scope: 'tune',
    meaning: 'The search strategy gave no usable suggestion, or what it needs is not installed where the worker runs.',
    nextStep:
      'Read the message. `node scripts/setup.mjs` installs the optimizer; the strategies grid_search, random and quasi_random need none.',
  },
  BACKEND_UNAVAILABLE: {
    scope: 'tune',
    meaning: 'No worker offers the serving backend that the task asks for.',
    nextStep: 'Choose another backend, or start a worker that has it.',
  },
  RESULTS_UNWRITABLE: {
    scope: 'tune',
    meaning: 'The results could not be written: the disk is full or the folder is not writable.',
    nextStep:
      'Make room, then run `autotuner results TASK --write`: every measurement is kept in the workflow history.',
  },
  HOST_LOST: {
    scope: 'infrastructure',
    meaning: 'The machine that ran the experiment went away and did not come back in time.',
    nextStep: 'Nothing: another host took a fresh attempt. Should it repeat itself, look at that machine.',
  },
  ACCELERATOR_BUSY: {
    scope: 'infrastructure',
    meaning: 'Too few accelerators of the place are free: something else uses their memory.',
    nextStep:
      'End what the message names; the experiment waits, and starts by itself once the accelerator is clear again.',
  },
  INTERNAL: {
    scope: 'infrastructure',
    meaning: 'Something unforeseen went wrong in the tuner itself.',
    nextStep: 'Look at the workflow in the Temporal UI and at the worker log, and report it.',
  },
} as const satisfies Record<string, FailureInfo>;

interface FailureInfo {
  readonly scope: 'experiment' | 'tune' | 'infrastructure';
  readonly meaning: string;
  readonly nextStep: string;
}

export type FailureCode = keyof typeof FAILURES;

export function isFailureCode(value: unknown): value is FailureCode {
  return typeof value === 'string' && Object.hasOwn(FAILURES, value);
}

/** Whether a failure says something about the combination, the whole tune, or the machinery. */
export function failureScope(code: FailureCode): FailureInfo['scope'] {
  return FAILURES[code].scope;
}

/**
 * A failure with its code, thrown by adapters (backends, benchmark runners, stores). One place in the activities maps it to
 * Temporal's `ApplicationFailure`.
 */
export class TunerError extends Error {
  override readonly name = 'TunerError';
  constructor(
    readonly code: FailureCode,
    message: string,
    /** Log lines or facts that show it, the newest last. Kept small: it travels in the workflow history. */
    readonly evidence: readonly string[] = [],
    options?: ErrorOptions
  ) {
    super(message, options);
  }
}
