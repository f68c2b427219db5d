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

{{- define "namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "serviceAccountName" -}}
{{- default (ternary (include "fullname" .) "opencost" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* The secret with cloud-integration.json: the user's, the chart's own, or none. */}}
{{- define "secretName" -}}
{{- if .Values.opencost.cloudIntegrationSecret -}}
{{- .Values.opencost.cloudIntegrationSecret -}}
{{- else if .Values.opencost.cloudIntegrationJSON -}}
{{- printf "%s-cloud-integration" (include "fullname" .) -}}
{{- end -}}
{{- end -}}

{{/* What the chart refuses. */}}
{{- define "checks" -}}
{{- $p := .Values.opencost.prometheus -}}
{{- $enabled := 0 -}}
{{- range list $p.internal $p.external $p.amp -}}{{- if .enabled -}}{{- $enabled = add1 $enabled -}}{{- end -}}{{- end -}}
{{- if gt (int $enabled) 1 -}}
{{- fail "Only use one of the prometheus setups: internal, external, or amp" -}}
{{- end -}}
{{- if and .Values.opencost.cloudIntegrationSecret .Values.opencost.cloudIntegrationJSON -}}
{{- fail "opencost.cloudIntegrationSecret and opencost.cloudIntegrationJSON are mutually exclusive. Please specify only one." -}}
{{- end -}}
{{- end -}}

{{- define "prometheusEndpoint" -}}
{{- $p := .Values.opencost.prometheus -}}
{{- if $p.external.enabled -}}
{{- $p.external.url -}}
{{- else if $p.amp.enabled -}}
{{- printf "http://localhost:%v/workspaces/%s" .Values.opencost.sigV4Proxy.port $p.amp.workspaceId -}}
{{- else -}}
{{- printf "%s://%s.%s.svc.%s:%v" $p.internal.scheme $p.internal.serviceName $p.internal.namespaceName .Values.clusterName $p.internal.port -}}
{{- end -}}
{{- end -}}
