/** Text of a task stays text on its way into a container. */

/** Kubernetes replaces `$(NAME)` in arguments and variables, and takes `$$` for a dollar sign. */
export function literalForKubernetes(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/**
 * OME reads the JSON of the engine's whole container as a template of Go's text/template, for runtimes that say `{{.Name}}`, and what
 * comes out as JSON again: a template in a value could add any field to the container, a privileged security context included.
 */
export function literalForOme(text: string): string {
  return literalForKubernetes(text).replaceAll('{{', '{{`{{`}}');
}
