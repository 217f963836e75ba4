{{- /* A Service's name has no dot and begins with a letter; a release's may. */ -}}
{{- define "inference-engine.name" -}}
{{- $name := .Release.Name | replace "." "-" -}}
{{- if regexMatch "^[0-9]" $name }}{{ $name = printf "engine-%s" $name }}{{ end -}}
{{- $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "inference-engine.labels" -}}
app.kubernetes.io/name: inference-engine
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "inference-engine.image" -}}
{{- $repository := required "image.repository is missing" .Values.image.repository -}}
{{- $tag := required "image.tag is missing" .Values.image.tag | toString -}}
{{- if hasPrefix "@" $tag }}{{ printf "%s%s" $repository $tag }}{{ else }}{{ printf "%s:%s" $repository $tag }}{{ end -}}
{{- end -}}

{{- /*
As JSON, which is YAML: of what toYaml cannot write it makes nothing, and says nothing. JSON leaves two characters as they are that
YAML does not take, or takes for the end of a line.
*/ -}}
{{- define "inference-engine.json" -}}
{{- toJson . | replace "\u007f" "\\u007f" | replace "\u0085" "\\u0085" -}}
{{- end -}}
