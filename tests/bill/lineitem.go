package bill

import "time"

// Micros is an amount of money in millionths of a US dollar.
type Micros int64

// Dollars returns the amount as AWS writes it into a report.
func (m Micros) Dollars() float64 { return float64(m) / 1e6 }

// The line item types of a Cost and Usage Report that occur here.
const (
	Usage                   = "Usage"
	DiscountedUsage         = "DiscountedUsage" // usage that a reservation covers
	SavingsPlanCoveredUsage = "SavingsPlanCoveredUsage"
	SavingsPlanNegation     = "SavingsPlanNegation" // takes back the on-demand price of covered usage
	SavingsPlanRecurringFee = "SavingsPlanRecurringFee"
	ReservationFee          = "RIFee"
	EDPDiscount             = "EdpDiscount"         // of an enterprise discount programme
	PrivateRateDiscount     = "PrivateRateDiscount" // negotiated for one service
	Credit                  = "Credit"
	Refund                  = "Refund"
	Fee                     = "Fee"
	Tax                     = "Tax"
)

// LineItem is one row of a bill: what one resource, discount or fee cost on one day.
type LineItem struct {
	ID      string
	Payer   string    // account ID
	Account string    // ID of the account that is charged
	Month   time.Time // first instant of the billing period
	Start   time.Time
	End     time.Time
	Type    string

	Service     string // product code, as AmazonEC2
	ServiceName string // as Amazon Elastic Compute Cloud
	UsageType   string
	Operation   string
	Description string
	ResourceID  string // ARN or bare ID, as AWS has it for the kind of resource; empty for discounts and fees
	Region      string
	Zone        string

	Amount       float64 // of Unit
	Unit         string
	Rate         Micros // list price of a unit
	Unblended    Micros // what the line adds to the invoice
	NetUnblended Micros // the same after the discounts that have lines of their own
	OnDemand     Micros // the public on-demand price of the usage

	Product     map[string]string // product attributes, by AWS's names: instanceType, volumeApiName
	Reservation *Commitment       // of DiscountedUsage and RIFee
	SavingsPlan *Commitment       // of the SavingsPlan types
	Split       *SplitCost        // of pods, in a report with split cost allocation data
	Tags        map[string]string // cost allocation tags, by key
}

// Commitment is a reservation's or savings plan's part in a line item.
type Commitment struct {
	ARN          string
	Effective    Micros // the part of the commitment that the usage takes up
	NetEffective Micros // the same after discounts
	Recurring    Micros // the commitment itself, on the line of its fee
	NetRecurring Micros
	Start, End   time.Time
}

// Costs are the four sums that Kubecost asks for.
type Costs struct {
	List         Micros // what the usage costs before discounts
	Net          Micros // after them
	Amortized    Micros // usage under a commitment at its part of the commitment
	AmortizedNet Micros
}

func (c Costs) plus(d Costs) Costs {
	return Costs{c.List + d.List, c.Net + d.Net, c.Amortized + d.Amortized, c.AmortizedNet + d.AmortizedNet}
}

// Kubecost returns what a line item adds to Kubecost's sums, and whether Kubecost asks for items of its type at all: not for
// fees, taxes, credits and refunds, and not for a commitment's own lines, which would count the covered usage twice.
func (i LineItem) Kubecost() (costs Costs, selected bool) {
	switch i.Type {
	case Usage:
		return Costs{i.Unblended, i.NetUnblended, i.Unblended, i.NetUnblended}, true
	case EDPDiscount, PrivateRateDiscount:
		return Costs{0, i.NetUnblended, i.Unblended, i.NetUnblended}, true
	case DiscountedUsage:
		return Costs{i.Unblended, i.NetUnblended, i.Reservation.Effective, i.Reservation.NetEffective}, true
	case SavingsPlanCoveredUsage:
		return Costs{i.Unblended, i.NetUnblended, i.SavingsPlan.Effective, i.SavingsPlan.NetEffective}, true
	}
	return Costs{}, false
}
