package bill

import (
	"encoding/binary"
	"encoding/hex"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"
)

// resource is what is metered: one usage type of one AWS resource.
type resource struct {
	account, region, zone string
	service               string // product code
	usageType, operation  string
	id                    string
	unit                  string
	perDay                float64 // units a day, or
	perMonth              float64 // units a month, for storage
	rate                  float64 // micro-dollars a unit
	varies                bool    // usage differs from day to day
	covered               commitment
	commitment            string // ARN of the reservation that may cover it
	product               map[string]string
	tags                  map[string]string
}

type commitment int

const (
	none commitment = iota
	savingsPlan
	reservation
)

const (
	transfer     = "AWSDataTransfer"
	savingsPlans = "ComputeSavingsPlans"
)

var serviceNames = map[string]string{
	"AmazonEC2":          "Amazon Elastic Compute Cloud",
	"AmazonS3":           "Amazon Simple Storage Service",
	"AmazonRDS":          "Amazon Relational Database Service",
	"AmazonEKS":          "Amazon Elastic Container Service for Kubernetes",
	"AmazonCloudWatch":   "AmazonCloudWatch",
	"AmazonAthena":       "Amazon Athena",
	"AWSELB":             "Elastic Load Balancing",
	transfer:             "AWS Data Transfer",
	savingsPlans:         "Savings Plans for AWS Compute usage",
	"AWSSupportBusiness": "AWS Support (Business)",
}

// meter turns resources into line items.
type meter struct {
	seed  uint64
	payer string
}

func (m meter) random(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(m.seed, h.Sum64()))
}

// usage returns one day's line items of resources.
func (m meter) usage(resources []resource, day time.Time) []LineItem {
	var items []LineItem
	monthDays := float64(day.AddDate(0, 1, -day.Day()).Day())
	for _, r := range resources {
		amount := r.perDay + r.perMonth/monthDays
		if r.varies {
			amount *= 0.7 + 0.6*m.random(r.id+r.usageType+day.String()).Float64()
		}
		amount = math.Round(amount*1e6) / 1e6
		item := LineItem{
			Account: r.account, Start: day, End: day.AddDate(0, 0, 1), Type: Usage,
			Service: r.service, ServiceName: serviceNames[r.service], UsageType: r.usageType, Operation: r.operation,
			Description: r.usageType + " in " + r.region, ResourceID: r.id, Region: r.region, Zone: r.zone,
			Amount: amount, Unit: r.unit, Rate: Micros(math.Round(r.rate)), OnDemand: Micros(math.Round(amount * r.rate)),
			Product: r.product, Tags: r.tags,
		}
		switch r.covered {
		case savingsPlan:
			item.Type, item.SavingsPlan = SavingsPlanCoveredUsage, commit(m.savingsPlanARN(), item.OnDemand*72/100, day)
			item.Unblended, item.NetUnblended = item.OnDemand, item.OnDemand
			negation := item
			negation.Type, negation.SavingsPlan = SavingsPlanNegation, commit(m.savingsPlanARN(), 0, day)
			negation.Unblended, negation.NetUnblended, negation.OnDemand = -item.OnDemand, -item.OnDemand, 0
			items = append(items, item, negation)
		case reservation:
			item.Type, item.Reservation = DiscountedUsage, commit(r.commitment, item.OnDemand*63/100, day)
			items = append(items, item)
		default:
			item.Unblended = item.OnDemand
			items = append(items, item.discounted())
		}
	}
	return items
}

func (m meter) savingsPlanARN() string {
	s := site{random: m.random("savings plan of " + m.payer)}
	return "arn:aws:savingsplans::" + m.payer + ":savingsplan/" + s.uuid()
}

// commit is a commitment of a year, bought at the start of the year before.
func commit(arn string, effective Micros, day time.Time) *Commitment {
	start := time.Date(day.Year()-1, time.January, 1, 0, 0, 0, 0, time.UTC)
	return &Commitment{ARN: arn, Effective: effective, NetEffective: effective - edpShare(effective), Start: start, End: start.AddDate(3, 0, 0)}
}

func lineItemID(seed uint64, day time.Time, n int) string {
	var b [24]byte
	binary.BigEndian.PutUint64(b[:], seed)
	binary.BigEndian.PutUint64(b[8:], uint64(day.Unix()))
	binary.BigEndian.PutUint64(b[16:], uint64(n))
	h := fnv.New128a()
	h.Write(b[:])
	return hex.EncodeToString(h.Sum(nil))
}
