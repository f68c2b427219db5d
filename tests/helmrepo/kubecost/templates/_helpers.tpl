{{- define "fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "serviceAccountName" -}}
{{- default (ternary (include "fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "cloudCost.serviceAccountName" -}}
{{- default (include "serviceAccountName" .) .Values.cloudCost.serviceAccountName -}}
{{- end -}}

{{/* Labels of one of the parts; takes its name and the root. */}}
{{- define "selectorLabels" -}}
app.kubernetes.io/name: {{ .part }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app: {{ .part }}
{{- end -}}

{{- define "image" -}}
{{- printf "%s/kubecost/%s:%s" .root.Values.global.imageRegistry .part .root.Chart.AppVersion -}}
{{- end -}}

{{/* The secret with cloud-integration.json: the user's, the chart's own, or none. */}}
{{- define "cloudCost.secretName" -}}
{{- if .Values.cloudCost.cloudIntegrationSecret -}}
{{- .Values.cloudCost.cloudIntegrationSecret -}}
{{- else if .Values.cloudCost.cloudIntegrationJSON -}}
{{- .Release.Name }}-cloud-cost-integration
{{- end -}}
{{- end -}}

{{- define "federatedStorage.secretName" -}}
{{- default (printf "%s-federated-storage-config" .Release.Name) .Values.global.federatedStorage.existingSecret -}}
{{- end -}}

{{/* What a claim asks for; takes its settings as volume, its size, and the root. */}}
{{- define "claimSpec" -}}
accessModes: [ReadWriteOnce]
{{- with default .root.Values.global.defaultStorageClass .volume.storageClass }}
storageClassName: {{ . }}
{{- end }}
resources:
  requests:
    storage: {{ .size }}
{{- end -}}

{{/* A volume claim; takes its name as well. */}}
{{- define "claim" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  {{- with .volume.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec: {{- include "claimSpec" . | nindent 2 }}
{{- end -}}

{{/* A service; takes its name, the part that answers, its ports and the root. */}}
{{- define "service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
spec:
  selector: {{- include "selectorLabels" . | nindent 4 }}
  ports:
    - {name: {{ .port }}, port: {{ .number }}, targetPort: {{ .target }}}
{{- end -}}
