/** Whether traces are wanted: without loading what makes them. */
export function isTraced(variables: NodeJS.ProcessEnv = process.env): boolean {
  const endpoint = variables['OTEL_EXPORTER_OTLP_ENDPOINT'] || variables['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  return Boolean(endpoint) && variables['OTEL_SDK_DISABLED'] !== 'true';
}
