{{- define "autotuner.name" -}}
{{- if contains "autotuner" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-autotuner" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "autotuner.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{ include "autotuner.selector" . }}
{{- end }}

{{- define "autotuner.selector" -}}
app.kubernetes.io/name: inference-autotuner
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "autotuner.tag" -}}
{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "autotuner.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ include "autotuner.tag" . }}{{ end }}
{{- end }}

{{- define "autotuner.tuningNamespace" -}}
{{ .Values.tuning.namespace | default .Release.Namespace }}
{{- end }}

{{- define "autotuner.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (include "autotuner.name" .) }}
{{- end }}

{{- define "autotuner.temporalAddress" -}}
{{- if .Values.temporal.bundled.enabled -}}
{{ include "autotuner.name" . }}-temporal.{{ .Release.Namespace }}.svc:7233
{{- else -}}
{{ required "temporal.address names your Temporal server; or set temporal.bundled.enabled" .Values.temporal.address }}
{{- end }}
{{- end }}

{{- define "autotuner.postgresqlHost" -}}
{{- if .Values.postgresql.bundled.enabled -}}
{{ include "autotuner.name" . }}-postgresql.{{ .Release.Namespace }}.svc
{{- else -}}
{{ required "postgresql.host names your PostgreSQL server; or set postgresql.bundled.enabled" .Values.postgresql.host }}
{{- end }}
{{- end }}

{{- define "autotuner.postgresqlPassword" -}}
valueFrom:
  secretKeyRef:
    name: {{ required "postgresql.passwordSecret.name is the Secret with PostgreSQL's password" .Values.postgresql.passwordSecret.name | quote }}
    key: {{ .Values.postgresql.passwordSecret.key | quote }}
{{- end }}

{{/* Pod Security, the restricted policy. */}}
{{- define "autotuner.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "autotuner.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* How worker and API reach Temporal and PostgreSQL. */}}
{{- define "autotuner.connections" -}}
- name: TEMPORAL_ADDRESS
  value: {{ include "autotuner.temporalAddress" . | quote }}
- name: TEMPORAL_NAMESPACE
  value: {{ .Values.temporal.namespace | quote }}
{{- with .Values.temporal.tls }}
{{- if .enabled }}
- name: TEMPORAL_TLS
  value: 'true'
{{- if and .secretName .authority }}
- name: TEMPORAL_TLS_SERVER_CA_CERT_PATH
  value: /run/secrets/temporal-tls/ca.crt
{{- end }}
{{- if and .secretName .clientCertificate }}
- name: TEMPORAL_TLS_CLIENT_CERT_PATH
  value: /run/secrets/temporal-tls/tls.crt
- name: TEMPORAL_TLS_CLIENT_KEY_PATH
  value: /run/secrets/temporal-tls/tls.key
{{- end }}
{{- with .serverName }}
- name: TEMPORAL_TLS_SERVER_NAME
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- if .Values.temporal.apiKey.secretName }}
- name: AUTOTUNER_TEMPORAL_API_KEY_FILE
  value: /run/secrets/temporal-api-key/key
{{- end }}
{{- if .Values.codecKeys.secretName }}
- name: AUTOTUNER_CODEC_KEYS
  value: file:/run/secrets/codec/keys
{{- end }}
{{- if .Values.history.secretName }}
- name: AUTOTUNER_HISTORY_URL
  value: file:/run/secrets/history/url
{{- else if .Values.postgresql.bundled.enabled }}
- name: HISTORY_PASSWORD
  {{- include "autotuner.postgresqlPassword" . | nindent 2 }}
- name: AUTOTUNER_HISTORY_URL
  value: postgres://{{ .Values.postgresql.user }}:$(HISTORY_PASSWORD)@{{ include "autotuner.postgresqlHost" . }}:5432/autotuner
{{- end }}
- name: AUTOTUNER_NAMESPACES
  value: {{ include "autotuner.tuningNamespace" . | quote }}
- name: AUTOTUNER_STATE_DIR
  value: /data/state
- name: AUTOTUNER_ARTIFACTS_DIR
  value: /data/shared/artifacts
- name: AUTOTUNER_RESULTS_DIR
  value: /data/shared/results
- name: HOME
  value: /tmp
{{- with .Values.tracing.endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "autotuner.workerVersion" -}}
{{- if .Values.workers.versioning.enabled }}
- name: AUTOTUNER_DEPLOYMENT
  value: {{ .Values.workers.versioning.deployment | quote }}
- name: AUTOTUNER_BUILD_ID
  value: {{ .Values.workers.versioning.buildId | default (include "autotuner.tag" .) | quote }}
{{- end }}
{{- end }}

{{- define "autotuner.mounts" -}}
- name: tmp
  mountPath: /tmp
- name: state
  mountPath: /data/state
- name: shared
  mountPath: /data/shared
{{- if .Values.temporal.tls.secretName }}
- name: temporal-tls
  mountPath: /run/secrets/temporal-tls
  readOnly: true
{{- end }}
{{- if .Values.temporal.apiKey.secretName }}
- name: temporal-api-key
  mountPath: /run/secrets/temporal-api-key
  readOnly: true
{{- end }}
{{- if .Values.codecKeys.secretName }}
- name: codec
  mountPath: /run/secrets/codec
  readOnly: true
{{- end }}
{{- if .Values.history.secretName }}
- name: history
  mountPath: /run/secrets/history
  readOnly: true
{{- end }}
{{- end }}

{{/* All but `state`, which a host keeps. */}}
{{- define "autotuner.volumes" -}}
- name: tmp
  emptyDir: {}
- name: shared
{{- if .Values.data.persistent }}
  persistentVolumeClaim:
    claimName: {{ .Values.data.existingClaim | default (printf "%s-data" (include "autotuner.name" .)) | quote }}
{{- else }}
  emptyDir: {}
{{- end }}
{{- with .Values.temporal.tls.secretName }}
- name: temporal-tls
  secret:
    secretName: {{ . | quote }}
    defaultMode: 0440
{{- end }}
{{- with .Values.temporal.apiKey }}
{{- if .secretName }}
- name: temporal-api-key
  secret:
    secretName: {{ .secretName | quote }}
    defaultMode: 0440
    items: [{ key: {{ .key | quote }}, path: key }]
{{- end }}
{{- end }}
{{- with .Values.codecKeys }}
{{- if .secretName }}
- name: codec
  secret:
    secretName: {{ .secretName | quote }}
    defaultMode: 0440
    items: [{ key: {{ .key | quote }}, path: keys }]
{{- end }}
{{- end }}
{{- with .Values.history }}
{{- if .secretName }}
- name: history
  secret:
    secretName: {{ .secretName | quote }}
    defaultMode: 0440
    items: [{ key: {{ .key | quote }}, path: url }]
{{- end }}
{{- end }}
{{- end }}

{{/* Where a pod may be put. */}}
{{- define "autotuner.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
