package bill

import "fmt"

// workload is what an account runs: one of four, in turn. Between them they have what Kubecost tells apart: clusters of EKS and
// of eksctl, their nodes, volumes and load balancers, other compute, and usage under each kind of commitment and discount.
func (m meter) workload(n int, account string) []resource {
	switch n % 4 {
	case 0:
		return m.production(m.site(account, "us-east-2", "platform", "production"))
	case 1:
		return m.shop(m.site(account, "us-east-1", "shop", "production"))
	case 2:
		return m.analytics(m.site(account, "eu-west-1", "analytics", "production"))
	default:
		return m.staging(m.site(account, "us-west-2", "platform", "staging"))
	}
}

func (m meter) production(s *site) []resource {
	cluster := map[string]string{
		"aws:eks:cluster-name":             "production",
		"eks:cluster-name":                 "production",
		"kubernetes.io/cluster/production": "owned",
	}
	r := []resource{s.controlPlane("production", cluster)}
	for i := range 6 {
		node := s.instance("m6i.xlarge", 192_000, cluster, map[string]string{"eks:nodegroup-name": "general"})
		if i < 4 {
			node.covered = savingsPlan
		}
		r = append(r, node, s.volume(100, cluster))
	}
	for i := range 10 {
		r = append(r, s.volume(20+10*i, map[string]string{
			"kubernetes.io/created-for/pvc/name":      fmt.Sprintf("data-orders-%d", i),
			"kubernetes.io/created-for/pvc/namespace": "orders",
			"kubernetes.io/created-for/pv/name":       "pvc-" + s.uuid(),
			"kubernetes.io/cluster/production":        "owned",
		}))
	}
	for _, service := range []string{"ingress/nginx", "orders/gateway"} {
		r = append(r, s.loadBalancer("net", map[string]string{"kubernetes.io/service-name": service, "kubernetes.io/cluster/production": "owned"})...)
	}
	r = append(r, s.natGateway()...)
	r = append(r, s.logGroup("/aws/eks/production/cluster"), s.snapshot(400), s.transferOut(320))
	return r
}

func (m meter) shop(s *site) []resource {
	var r []resource
	for range 5 {
		r = append(r, s.instance("c6i.large", 85_000), s.volume(30))
	}
	reserved := s.database("orders", "db.r6g.large", 240_000)
	reserved.covered = reservation
	r = append(r, reserved, s.database("catalogue", "db.t4g.medium", 65_000), s.databaseStorage("orders", 500))
	r = append(r, s.bucket("shop-assets", 900, 4_000_000)...)
	r = append(r, s.bucket("shop-backups", 3_200, 20_000)...)
	r = append(r, s.loadBalancer("app")...)
	r = append(r, s.natGateway()...)
	r = append(r, s.logGroup("/shop/web"), s.snapshot(250), s.transferOut(1_100))
	return r
}

func (m meter) analytics(s *site) []resource {
	var r []resource
	for range 3 {
		node := s.instance("r6i.2xlarge", 564_000)
		node.covered = reservation
		r = append(r, node, s.volume(500))
	}
	r = append(r, s.bucket("lake-raw", 42_000, 900_000)...)
	r = append(r, s.bucket("lake-curated", 18_000, 2_500_000)...)
	r = append(r, s.query("analysts", 0.9), s.snapshot(1_500), s.logGroup("/lake/jobs"), s.transferOut(60))
	return r
}

func (m meter) staging(s *site) []resource {
	cluster := map[string]string{
		"alpha.eksctl.io/cluster-name":  "staging",
		"aws:eks:cluster-name":          "staging",
		"kubernetes.io/cluster/staging": "owned",
	}
	r := []resource{s.controlPlane("staging", cluster)}
	for range 2 {
		r = append(r, s.instance("t3.large", 83_200, cluster), s.volume(50, cluster))
	}
	r = append(r, s.volume(40, map[string]string{
		"kubernetes.io/created-for/pvc/name":      "scratch",
		"kubernetes.io/created-for/pvc/namespace": "default",
		"kubernetes.io/created-for/pv/name":       "pvc-" + s.uuid(),
	}))
	r = append(r, s.natGateway()...)
	r = append(r, s.logGroup("/aws/eks/staging/cluster"), s.transferOut(15))
	return r
}
