{{- define "cost-analyzer.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "cost-analyzer.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "cost-analyzer.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "cloudCost.serviceAccountName" -}}
{{- default (include "cost-analyzer.serviceAccountName" .) .Values.kubecostAggregator.cloudCost.serviceAccountName -}}
{{- end -}}

{{- define "cost-analyzer.labels" -}}
app.kubernetes.io/name: cost-analyzer
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- with .Values.global.additionalLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "cost-analyzer.selectorLabels" -}}
app.kubernetes.io/name: cost-analyzer
app.kubernetes.io/instance: {{ .Release.Name }}
app: cost-analyzer
{{- end -}}

{{- define "cost-analyzer.podAnnotations" -}}
checksum/configs: {{ toJson .Values.kubecostProductConfigs | sha256sum }}
{{- with .Values.global.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The secret with cloud-integration.json: the user's, the chart's own, or none. */}}
{{- define "cloudIntegration.secretName" -}}
{{- $configs := .Values.kubecostProductConfigs -}}
{{- if $configs.cloudIntegrationSecret -}}
{{- $configs.cloudIntegrationSecret -}}
{{- else if or $configs.cloudIntegrationJSON (include "cloudIntegration.fromAthena" .) -}}
cloud-integration
{{- end -}}
{{- end -}}

{{/* Whether one of the athena values is set. */}}
{{- define "cloudIntegration.fromAthena" -}}
{{- range $key, $value := .Values.kubecostProductConfigs -}}
{{- if and (hasPrefix "athena" $key) $value -}}yes{{- end -}}
{{- end -}}
{{- end -}}

{{- define "cloudIntegration.volume" -}}
{{- with include "cloudIntegration.secretName" . -}}
- name: cloud-integration
  secret:
    secretName: {{ . }}
    items:
      - key: cloud-integration.json
        path: cloud-integration.json
{{- end -}}
{{- end -}}

{{- define "cloudIntegration.mount" -}}
{{- if include "cloudIntegration.secretName" . -}}
- name: cloud-integration
  mountPath: /var/configs/cloud-integration
{{- end -}}
{{- end -}}

{{- define "cloudCost.container" -}}
name: cloud-cost
image: {{ printf "%s:prod-%s" .Values.kubecostModel.image .Chart.AppVersion }}
args: [cloud-cost]
ports:
  - name: http-api
    containerPort: 9005
env:
  - name: CONFIG_PATH
    value: /var/configs/
  - name: CLOUD_COST_REFRESH_RATE_HOURS
    value: {{ default 6 .Values.kubecostAggregator.cloudCost.refreshRateHours | quote }}
  - name: CLOUD_COST_QUERY_WINDOW_DAYS
    value: {{ default 7 .Values.kubecostAggregator.cloudCost.queryWindowDays | quote }}
  - name: CLOUD_COST_RUN_WINDOW_DAYS
    value: {{ default 3 .Values.kubecostAggregator.cloudCost.runWindowDays | quote }}
  {{- with .Values.kubecostAggregator.cloudCost.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
resources: {{- toYaml .Values.kubecostAggregator.cloudCost.resources | nindent 2 }}
{{- with include "cloudIntegration.mount" . }}
volumeMounts: {{- . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* A volume claim; takes its name, its settings as volume, and the root. */}}
{{- define "cost-analyzer.claim" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "cost-analyzer.labels" .root | nindent 4 }}
  {{- with .volume.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  accessModes: [ReadWriteOnce]
  {{- with .volume.storageClass }}
  storageClassName: {{ . }}
  {{- end }}
  resources:
    requests:
      storage: {{ .volume.size }}
{{- end -}}

{{- define "prometheus.labels" -}}
app: prometheus
component: server
release: {{ .Release.Name }}
{{- end -}}
