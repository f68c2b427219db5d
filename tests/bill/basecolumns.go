package bill

import "time"

// baseColumns are those that AWS's own attributes make. AWS leaves out product attributes that no line item has.
// Source: the data dictionary, https://docs.aws.amazon.com/cur/latest/userguide/data-dictionary.html
var baseColumns = []Column{
	text("identity/LineItemId", func(i LineItem) string { return i.ID }),
	text("identity/TimeInterval", func(i LineItem) string { return stamp(i.Start) + "/" + stamp(i.End) }),

	empty("bill/InvoiceId"),
	text("bill/InvoicingEntity", func(LineItem) string { return "Amazon Web Services, Inc." }),
	text("bill/BillingEntity", func(LineItem) string { return "AWS" }),
	text("bill/BillType", billType),
	text("bill/PayerAccountId", func(i LineItem) string { return i.Payer }),
	date("bill/BillingPeriodStartDate", func(i LineItem) time.Time { return i.Month }),
	date("bill/BillingPeriodEndDate", func(i LineItem) time.Time { return i.Month.AddDate(0, 1, 0) }),

	text("lineItem/UsageAccountId", func(i LineItem) string { return i.Account }),
	text("lineItem/LineItemType", func(i LineItem) string { return i.Type }),
	date("lineItem/UsageStartDate", func(i LineItem) time.Time { return i.Start }),
	date("lineItem/UsageEndDate", func(i LineItem) time.Time { return i.End }),
	text("lineItem/ProductCode", func(i LineItem) string { return i.Service }),
	text("lineItem/UsageType", func(i LineItem) string { return i.UsageType }),
	text("lineItem/Operation", func(i LineItem) string { return i.Operation }),
	text("lineItem/AvailabilityZone", func(i LineItem) string { return i.Zone }),
	text("lineItem/ResourceId", func(i LineItem) string { return i.ResourceID }),
	text("lineItem/LineItemDescription", func(i LineItem) string { return i.Description }),
	text("lineItem/CurrencyCode", func(LineItem) string { return "USD" }),
	text("lineItem/LegalEntity", func(LineItem) string { return "Amazon Web Services, Inc." }),
	text("lineItem/TaxType", taxType),
	number("lineItem/UsageAmount", func(i LineItem) float64 { return i.Amount }),
	number("lineItem/NormalizationFactor", func(LineItem) float64 { return 0 }),
	number("lineItem/NormalizedUsageAmount", func(LineItem) float64 { return 0 }),
	text("lineItem/UnblendedRate", func(i LineItem) string { return decimal(i.Rate) }),
	cost("lineItem/UnblendedCost", func(i LineItem) Micros { return i.Unblended }),
	text("lineItem/BlendedRate", func(i LineItem) string { return decimal(i.Rate) }),
	cost("lineItem/BlendedCost", func(i LineItem) Micros { return i.Unblended }),
	empty("lineItem/NetUnblendedRate"),
	cost("lineItem/NetUnblendedCost", func(i LineItem) Micros { return i.NetUnblended }),

	text("product/ProductName", func(i LineItem) string { return i.ServiceName }),
	text("product/servicecode", func(i LineItem) string { return i.Service }),
	text("product/servicename", func(i LineItem) string { return i.ServiceName }),
	text("product/region", func(i LineItem) string { return i.Region }),
	text("product/regionCode", func(i LineItem) string { return i.Region }),
	text("product/usagetype", func(i LineItem) string { return i.UsageType }),
	text("product/operation", func(i LineItem) string { return i.Operation }),
	product("productFamily"),
	product("instanceType"),
	product("operatingSystem"),
	product("tenancy"),
	product("volumeApiName"),
	product("volumeType"),
	product("storageClass"),
	product("databaseEngine"),
	product("transferType"),

	empty("pricing/RateCode"),
	empty("pricing/RateId"),
	text("pricing/currency", func(LineItem) string { return "USD" }),
	text("pricing/term", pricingTerm),
	text("pricing/unit", func(i LineItem) string { return i.Unit }),
	cost("pricing/publicOnDemandCost", func(i LineItem) Micros { return i.OnDemand }),
	text("pricing/publicOnDemandRate", func(i LineItem) string { return decimal(i.Rate) }),

	reservationCost("AmortizedUpfrontCostForUsage", nothing),
	reservationCost("AmortizedUpfrontFeeForBillingPeriod", nothing),
	reservationCost("EffectiveCost", func(c Commitment) Micros { return c.Effective }),
	reservationCost("NetAmortizedUpfrontCostForUsage", nothing),
	reservationCost("NetAmortizedUpfrontFeeForBillingPeriod", nothing),
	reservationCost("NetEffectiveCost", func(c Commitment) Micros { return c.NetEffective }),
	reservationCost("NetRecurringFeeForUsage", func(c Commitment) Micros { return c.NetEffective }),
	reservationCost("NetUnusedRecurringFee", nothing),
	reservationCost("RecurringFeeForUsage", func(c Commitment) Micros { return c.Effective }),
	reservationCost("UnusedAmortizedUpfrontFeeForBillingPeriod", nothing),
	reservationCost("UnusedRecurringFee", nothing),
	empty("reservation/ModificationStatus"),
	empty("reservation/SubscriptionId"),
	text("reservation/ReservationARN", func(i LineItem) string { return of(i.Reservation, arn) }),
	text("reservation/StartTime", func(i LineItem) string { return of(i.Reservation, start) }),
	text("reservation/EndTime", func(i LineItem) string { return of(i.Reservation, end) }),

	savingsPlanCost("NetRecurringCommitmentForBillingPeriod", func(c Commitment) Micros { return c.NetRecurring }),
	savingsPlanCost("NetSavingsPlanEffectiveCost", func(c Commitment) Micros { return c.NetEffective }),
	savingsPlanCost("RecurringCommitmentForBillingPeriod", func(c Commitment) Micros { return c.Recurring }),
	savingsPlanCost("SavingsPlanEffectiveCost", func(c Commitment) Micros { return c.Effective }),
	savingsPlanCost("UsedCommitment", func(c Commitment) Micros { return c.Effective }),
	number("savingsPlan/SavingsPlanRate", savingsPlanRate),
	text("savingsPlan/SavingsPlanARN", func(i LineItem) string { return of(i.SavingsPlan, arn) }),
	text("savingsPlan/StartTime", func(i LineItem) string { return of(i.SavingsPlan, start) }),
	text("savingsPlan/EndTime", func(i LineItem) string { return of(i.SavingsPlan, end) }),
	text("savingsPlan/OfferingType", func(i LineItem) string {
		return of(i.SavingsPlan, func(Commitment) string { return "ComputeSavingsPlans" })
	}),
	text("savingsPlan/PaymentOption", func(i LineItem) string {
		return of(i.SavingsPlan, func(Commitment) string { return "No Upfront" })
	}),
}

func nothing(Commitment) Micros { return 0 }
func arn(c Commitment) string   { return c.ARN }
func start(c Commitment) string { return stamp(c.Start) }
func end(c Commitment) string   { return stamp(c.End) }

func billType(i LineItem) string {
	switch i.Type {
	case Refund:
		return "Refund"
	case Fee:
		return "Purchase"
	}
	return "Anniversary"
}

func taxType(i LineItem) string {
	if i.Type == Tax {
		return "VAT"
	}
	return ""
}

func pricingTerm(i LineItem) string {
	switch i.Type {
	case Usage, SavingsPlanCoveredUsage:
		return "OnDemand"
	case DiscountedUsage, ReservationFee:
		return "Reserved"
	}
	return ""
}

func savingsPlanRate(i LineItem) float64 {
	if i.SavingsPlan == nil || i.Amount == 0 {
		return 0
	}
	return i.SavingsPlan.Effective.Dollars() / i.Amount
}
