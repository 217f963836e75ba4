/** The engine of the contract tests: it serves no model, and listens wherever containers are really run. */

/** Listens on the port that it is told. */
const LISTENING_IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.53';

/** OME_TEST_ENGINE_IMAGE names a copy of the image, for nodes that do not reach its registry. */
export function engineImage(): string {
  return process.env['OME_TEST_ENGINE_IMAGE'] || LISTENING_IMAGE;
}

/** The command of the engine's image. */
export const ENGINE_COMMAND: readonly string[] = ['/agnhost'];

/**
 * The engine of a runtime. It asks for no GPU, so that it can be scheduled in any cluster.
 * @param runner added to the container.
 */
export function listeningEngine(port: number, runner: object = {}): object {
  return {
    // Fake nodes may have this taint, to keep pods away that are to be run.
    tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists' }],
    runner: {
      name: 'ome-container',
      image: engineImage(),
      command: ENGINE_COMMAND,
      args: ['netexec', `--http-port=${port}`],
      ports: [{ name: 'http1', containerPort: port, protocol: 'TCP' }],
      env: [{ name: 'FROM_RUNTIME', value: 'yes' }],
      resources: { limits: { cpu: '500m' }, requests: { cpu: '50m' } },
      ...runner,
    },
  };
}
