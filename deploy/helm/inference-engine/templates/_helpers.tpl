{{- define "inference-engine.name" -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "inference-engine.labels" -}}
app.kubernetes.io/name: inference-engine
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "inference-engine.image" -}}
{{- $repository := required "image.repository is missing" .Values.image.repository -}}
{{- $tag := required "image.tag is missing" .Values.image.tag -}}
{{- if hasPrefix "@" $tag }}{{ printf "%s%s" $repository $tag }}{{ else }}{{ printf "%s:%s" $repository $tag }}{{ end -}}
{{- end -}}
