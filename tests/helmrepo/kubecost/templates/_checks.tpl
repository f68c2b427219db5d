{{/* What the chart refuses. Rendered by the notes, as in the real one. */}}
{{- define "checks" -}}
{{- $v := .Values -}}
{{- $products := $v.kubecostProductConfigs -}}
{{- if and $products.productKey.enabled (not $v.global.acknowledged) -}}
{{- fail "Kubecost 3.0 contains breaking changes. To acknowledge and proceed, set global.acknowledged=true" -}}
{{- end -}}
{{- range $old, $new := dict
      "cloudIntegrationSecret" "cloudCost.cloudIntegrationSecret" "cloudIntegrationJSON" "cloudCost.cloudIntegrationJSON"
      "clusterName" "global.clusterId" -}}
{{- if get $products $old -}}
{{- fail (printf "kubecostProductConfigs.%s is no longer supported. Please use %s instead." $old $new) -}}
{{- end -}}
{{- end -}}
{{- range $old, $new := dict
      "kubecostAggregator" "aggregator" "kubecostFrontend" "frontend" "service" "frontend.service" "pricingCsv" "enterpriseCustomPricing"
      "finops-agent" "finopsagent" -}}
{{- if get $v $old -}}
{{- fail (printf "%s is no longer supported. Please use %s instead." $old $new) -}}
{{- end -}}
{{- end -}}
{{- range list "federatedETL" "kubecostModel" "etlUtils" "kubecostMetrics" "prometheus" "grafana" "sigV4Proxy" "awsstore" -}}
{{- if get $v . -}}
{{- fail (printf "%s is no longer supported. Please remove this configuration." .) -}}
{{- end -}}
{{- end -}}
{{- range list "prometheus" "grafana" "gmp" "amp" "mimirProxy" "ammsp" -}}
{{- if get $v.global . -}}
{{- fail (printf "global.%s is no longer supported. Please remove this configuration." .) -}}
{{- end -}}
{{- end -}}
{{- if not $v.global.clusterId -}}
{{- fail "In Kubecost 3.0, global.clusterId is required to be set" -}}
{{- end -}}
{{- if and $v.cloudCost.cloudIntegrationSecret $v.cloudCost.cloudIntegrationJSON -}}
{{- fail "cloudCost.cloudIntegrationSecret and cloudCost.cloudIntegrationJSON are mutually exclusive. Please specify only one." -}}
{{- end -}}
{{- end -}}
