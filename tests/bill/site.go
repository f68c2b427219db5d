package bill

import (
	"fmt"
	"maps"
	"math/rand/v2"
)

// site makes the resources of one account in one region. Its random numbers depend on the seed and the account alone, so
// that the resources are the same every month.
type site struct {
	account, region, zone string
	prefix                string // of usage types in the region
	tags                  map[string]string
	random                *rand.Rand
}

var usagePrefixes = map[string]string{"us-east-1": "", "us-east-2": "USE2-", "us-west-2": "USW2-", "eu-west-1": "EU-"}

func (m meter) site(account, region, team, environment string) *site {
	return &site{
		account: account, region: region, zone: region + "a", prefix: usagePrefixes[region],
		tags:   map[string]string{"team": team, "environment": environment, "CostCenter": "cc-" + team},
		random: m.random(account),
	}
}

func (s *site) hex(digits int) string {
	return fmt.Sprintf("%016x%016x", s.random.Uint64(), s.random.Uint64())[:digits]
}

func (s *site) uuid() string {
	h := s.hex(32)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func (s *site) arn(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, s.region, s.account, resource)
}

// resource fills in what all resources of the site have in common.
func (s *site) resource(r resource, tags ...map[string]string) resource {
	r.account, r.region, r.usageType = s.account, s.region, s.prefix+r.usageType
	r.tags = maps.Clone(s.tags)
	for _, more := range tags {
		maps.Copy(r.tags, more)
	}
	return r
}

func (s *site) instance(kind string, rate float64, tags ...map[string]string) resource {
	s.zone = s.region + string("abc"[s.random.IntN(3)])
	return s.resource(resource{
		service: "AmazonEC2", usageType: "BoxUsage:" + kind, operation: "RunInstances", zone: s.zone,
		id: "i-0" + s.hex(16), unit: "Hrs", perDay: 24, rate: rate,
		commitment: s.arn("ec2", "reserved-instances/"+s.uuid()),
		product:    map[string]string{"productFamily": "Compute Instance", "instanceType": kind, "operatingSystem": "Linux", "tenancy": "Shared"},
	}, tags...)
}

// volume is in the zone of the instance made last.
func (s *site) volume(gigabytes int, tags ...map[string]string) resource {
	return s.resource(resource{
		service: "AmazonEC2", usageType: "EBS:VolumeUsage.gp3", operation: "CreateVolume-Gp3", zone: s.zone,
		id: "vol-0" + s.hex(16), unit: "GB-Mo", perMonth: float64(gigabytes), rate: 80_000,
		product: map[string]string{"productFamily": "Storage", "volumeApiName": "gp3", "volumeType": "General Purpose"},
	}, tags...)
}

func (s *site) snapshot(gigabytes int) resource {
	return s.resource(resource{
		service: "AmazonEC2", usageType: "EBS:SnapshotUsage", operation: "CreateSnapshot",
		id: s.arn("ec2", "snapshot/snap-0"+s.hex(16)), unit: "GB-Mo", perMonth: float64(gigabytes), rate: 50_000,
		product: map[string]string{"productFamily": "Storage Snapshot"},
	})
}

func (s *site) bucket(name string, gigabytes, requests int) []resource {
	id := name + "-" + s.account
	return []resource{
		s.resource(resource{
			service: "AmazonS3", usageType: "TimedStorage-ByteHrs", operation: "StandardStorage",
			id: id, unit: "GB-Mo", perMonth: float64(gigabytes), rate: 23_000,
			product: map[string]string{"productFamily": "Storage", "storageClass": "General Purpose"},
		}),
		s.resource(resource{
			service: "AmazonS3", usageType: "Requests-Tier2", operation: "GetObject",
			id: id, unit: "Requests", perDay: float64(requests), rate: 0.4, varies: true,
			product: map[string]string{"productFamily": "API Request"},
		}),
	}
}

func (s *site) database(name, class string, rate float64) resource {
	return s.resource(resource{
		service: "AmazonRDS", usageType: "InstanceUsage:" + class, operation: "CreateDBInstance:0014", zone: s.zone,
		id: s.arn("rds", "db:"+name), unit: "Hrs", perDay: 24, rate: rate,
		commitment: s.arn("rds", "ri:ri-"+s.uuid()),
		product:    map[string]string{"productFamily": "Database Instance", "instanceType": class, "databaseEngine": "PostgreSQL"},
	})
}

func (s *site) databaseStorage(name string, gigabytes int) resource {
	return s.resource(resource{
		service: "AmazonRDS", usageType: "RDS:GP3-Storage", operation: "CreateDBInstance:0014",
		id: s.arn("rds", "db:"+name), unit: "GB-Mo", perMonth: float64(gigabytes), rate: 115_000,
		product: map[string]string{"productFamily": "Database Storage", "databaseEngine": "PostgreSQL"},
	})
}

// loadBalancer is a network (net) or application (app) load balancer: its hours and its capacity units.
func (s *site) loadBalancer(kind string, tags ...map[string]string) []resource {
	r := s.resource(resource{
		service: "AWSELB", usageType: "LoadBalancerUsage", operation: "LoadBalancing:" + map[string]string{"net": "Network", "app": "Application"}[kind],
		id: s.arn("elasticloadbalancing", "loadbalancer/"+kind+"/k8s-"+s.hex(8)+"/"+s.hex(16)), unit: "Hrs", perDay: 24, rate: 22_500,
		product: map[string]string{"productFamily": "Load Balancer"},
	}, tags...)
	capacity := r
	capacity.usageType, capacity.unit, capacity.perDay, capacity.rate, capacity.varies = s.prefix+"LCUUsage", "LCU-Hrs", 31, 6_000, true
	return []resource{r, capacity}
}

func (s *site) natGateway() []resource {
	r := s.resource(resource{
		service: "AmazonEC2", usageType: "NatGateway-Hours", operation: "NatGateway",
		id: s.arn("ec2", "natgateway/nat-0"+s.hex(16)), unit: "Hrs", perDay: 24, rate: 45_000,
		product: map[string]string{"productFamily": "NAT Gateway"},
	})
	traffic := r
	traffic.usageType, traffic.unit, traffic.perDay, traffic.varies = s.prefix+"NatGateway-Bytes", "GB", 140, true
	return []resource{r, traffic}
}

func (s *site) controlPlane(cluster string, tags ...map[string]string) resource {
	return s.resource(resource{
		service: "AmazonEKS", usageType: "AmazonEKS-Hours:perCluster", operation: "CreateOperation",
		id: s.arn("eks", "cluster/"+cluster), unit: "Hours", perDay: 24, rate: 100_000,
		product: map[string]string{"productFamily": "Compute"},
	}, tags...)
}

func (s *site) logGroup(name string) resource {
	return s.resource(resource{
		service: "AmazonCloudWatch", usageType: "DataProcessing-Bytes", operation: "PutLogEvents",
		id: s.arn("logs", "log-group:"+name), unit: "GB", perDay: 12, rate: 500_000, varies: true,
		product: map[string]string{"productFamily": "Data Payload"},
	})
}

func (s *site) transferOut(gigabytes float64) resource {
	return s.resource(resource{
		service: transfer, usageType: "DataTransfer-Out-Bytes", operation: "RunInstances",
		id: "i-0" + s.hex(16), unit: "GB", perDay: gigabytes, rate: 90_000, varies: true,
		product: map[string]string{"productFamily": "Data Transfer", "transferType": "AWS Outbound"},
	})
}

func (s *site) query(workGroup string, terabytes float64) resource {
	return s.resource(resource{
		service: "AmazonAthena", usageType: "DataScannedInTB", operation: "StartQueryExecution",
		id: s.arn("athena", "workgroup/"+workGroup), unit: "Terabytes", perDay: terabytes, rate: 5_000_000, varies: true,
		product: map[string]string{"productFamily": "Athena Queries"},
	})
}
