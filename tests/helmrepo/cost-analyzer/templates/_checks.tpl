{{/* What the chart refuses. Rendered by the Deployment, so that each release passes all of them. */}}
{{- define "cost-analyzer.checks" -}}
{{- include "deployMethodCheck" . -}}
{{- include "cloudIntegrationSourceCheck" . -}}
{{- include "cloudIntegrationSecretCheck" . -}}
{{- include "federatedStorageCheck" . -}}
{{- end -}}

{{- define "deployMethodCheck" -}}
{{- $method := .Values.kubecostAggregator.deployMethod -}}
{{- if not (has $method (list "singlepod" "statefulset" "disabled")) -}}
{{- fail (printf "\n\nUnknown kubecostAggregator.deployMethod %q: it is singlepod, statefulset or disabled." $method) -}}
{{- end -}}
{{- end -}}

{{- define "cloudIntegrationSourceCheck" -}}
{{- $configs := .Values.kubecostProductConfigs -}}
{{- if and $configs.cloudIntegrationSecret $configs.cloudIntegrationJSON -}}
{{- fail "\n\ncloudIntegrationSecret and cloudIntegrationJSON are mutually exclusive. Please specify only one." -}}
{{- end -}}
{{- if and (include "cloudIntegration.fromAthena" .) (or $configs.cloudIntegrationSecret $configs.cloudIntegrationJSON) -}}
{{- fail "\n\nThe athena values cannot be combined with cloudIntegrationSecret or cloudIntegrationJSON. Please specify only one of them." -}}
{{- end -}}
{{- end -}}

{{/* A live check: a client that renders without a cluster knows no v1/Secret and skips it. */}}
{{- define "cloudIntegrationSecretCheck" -}}
{{- $cicd := .Values.global.platforms.cicd -}}
{{- $name := .Values.kubecostProductConfigs.cloudIntegrationSecret -}}
{{- if and $name (not (and $cicd.enabled $cicd.skipSanityChecks)) (.Capabilities.APIVersions.Has "v1/Secret") -}}
{{- $secret := lookup "v1" "Secret" .Release.Namespace $name -}}
{{- if not (hasKey (default dict $secret.data) "cloud-integration.json") -}}
{{- fail (printf "\n\nThe cloud integration secret %q does not exist in namespace %q or has no key cloud-integration.json." $name .Release.Namespace) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "federatedStorageCheck" -}}
{{- $cluster := .Values.prometheus.server.global.external_labels.cluster_id -}}
{{- if and .Values.kubecostModel.federatedStorageConfigSecret (or (not $cluster) (eq $cluster "cluster-one")) -}}
{{- fail "\n\nFederated storage needs a unique prometheus.server.global.external_labels.cluster_id." -}}
{{- end -}}
{{- if semverCompare ">=2.9.0-0" .Chart.Version -}}
{{- $store := .Values.global.federatedStorage -}}
{{- if not (or $store.existingSecret $store.config) -}}
{{- fail "\n\nMissing global federated-store: version 2.9 only bridges to version 3, which needs one." -}}
{{- end -}}
{{- if not .Values.finopsagent.enabled -}}
{{- fail "\n\nVersion 2.9 needs finopsagent.enabled=true." -}}
{{- end -}}
{{- if .Values.kubecostModel.federatedStorageConfigSecret -}}
{{- fail "\n\nVersion 2.9 no longer uses kubecostModel.federatedStorageConfigSecret: it must be removed." -}}
{{- end -}}
{{- if ne .Values.global.clusterId $cluster -}}
{{- fail "\n\nVersion 2.9 needs global.clusterId to be prometheus.server.global.external_labels.cluster_id." -}}
{{- end -}}
{{- end -}}
{{- end -}}
