package bill

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// edpShare is the enterprise discount on an amount: six per cent.
func edpShare(amount Micros) Micros { return amount * 6 / 100 }

// privateShare is the privately negotiated discount on an item's list price: ten per cent on data transfer.
func privateShare(i LineItem) Micros {
	if i.Service != transfer {
		return 0
	}
	return i.Unblended / 10
}

// discounted sets an item's net cost; the discounts themselves are lines of their own.
func (i LineItem) discounted() LineItem {
	i.NetUnblended = i.Unblended - edpShare(i.Unblended) - privateShare(i)
	return i
}

// commitments returns the fees that a day's covered usage belongs to: the savings plan's for the day, and on the first of a
// month each reservation's for the month. A little of the savings plan stays unused.
func (m meter) commitments(usage []LineItem, day time.Time) []LineItem {
	var plan Micros
	var fees []LineItem
	for _, u := range usage {
		switch u.Type {
		case SavingsPlanCoveredUsage:
			plan += u.SavingsPlan.Effective
		case DiscountedUsage:
			if day.Day() > 1 {
				continue
			}
			days := Micros(day.AddDate(0, 1, -1).Day())
			fee := u
			fee.Type, fee.ResourceID, fee.Tags, fee.Zone = ReservationFee, "", nil, ""
			fee.Unblended, fee.OnDemand = u.Reservation.Effective*days, 0
			fee.End = day.AddDate(0, 1, 0)
			fees = append(fees, fee.recurring())
		}
	}
	if plan > 0 {
		fees = append(fees, LineItem{
			Account: m.payer, Start: day, End: day.AddDate(0, 0, 1), Type: SavingsPlanRecurringFee,
			Service: savingsPlans, ServiceName: serviceNames[savingsPlans], UsageType: "ComputeSP:1yrNoUpfront", Unit: "Hrs", Amount: 24,
			Description: "1 year No Upfront Compute Savings Plan", Unblended: plan + plan*3/100,
			SavingsPlan: commit(m.savingsPlanARN(), 0, day),
		}.recurring())
	}
	return fees
}

// recurring makes an item the fee of its commitment.
func (i LineItem) recurring() LineItem {
	i = i.discounted()
	for _, c := range []**Commitment{&i.Reservation, &i.SavingsPlan} {
		if *c != nil {
			fee := **c
			fee.Effective, fee.NetEffective, fee.Recurring, fee.NetRecurring = 0, 0, i.Unblended, i.NetUnblended
			*c = &fee
		}
	}
	return i
}

// discounts returns a day's discount lines: one for each account, service and kind. They take off the invoice what the net
// costs of the discounted lines leave out, so their own net cost is zero.
func discounts(items []LineItem) []LineItem {
	type key struct{ account, service, kind string }
	totals := map[key]Micros{}
	names := map[string]string{}
	for _, i := range items {
		private := privateShare(i)
		totals[key{i.Account, i.Service, PrivateRateDiscount}] += private
		totals[key{i.Account, i.Service, EDPDiscount}] += i.Unblended - i.NetUnblended - private
		names[i.Service] = i.ServiceName
	}
	keys := slices.SortedFunc(maps.Keys(totals), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.service, b.service), cmp.Compare(a.kind, b.kind))
	})
	var lines []LineItem
	for _, k := range keys {
		if totals[k] == 0 {
			continue
		}
		lines = append(lines, LineItem{
			Account: k.account, Start: items[0].Start, End: items[0].End, Type: k.kind, Service: k.service, ServiceName: names[k.service],
			UsageType: k.kind, Description: k.kind + " for " + names[k.service], Unblended: -totals[k],
		})
	}
	return lines
}

// invoiceItems returns what is on a bill once a month: support, tax, a credit and a refund, reckoned from the first day's
// items and the days billed.
func (m meter) invoiceItems(day []LineItem, first time.Time, days int) []LineItem {
	totals := map[string]Micros{}
	for _, i := range day {
		if i.Type != ReservationFee {
			totals[i.Account] += i.Unblended * Micros(days)
		}
	}
	monthly := func(account, kind, service, description string, amount Micros) LineItem {
		return LineItem{
			Account: account, Start: first, End: first.AddDate(0, 1, 0), Type: kind, Service: service, ServiceName: serviceNames[service],
			UsageType: kind, Description: description, Unblended: amount, NetUnblended: amount,
		}
	}
	var lines []LineItem
	var sum Micros
	accounts := slices.Sorted(maps.Keys(totals))
	for _, account := range accounts {
		lines = append(lines, monthly(account, Tax, "AmazonEC2", "Tax of type VAT", totals[account]*7/100))
		sum += totals[account]
	}
	lines = append(lines, monthly(m.payer, Fee, "AWSSupportBusiness", "AWS Support (Business) for the month", sum*5/100))
	if len(accounts) > 0 {
		lines = append(lines,
			monthly(accounts[0], Credit, "AmazonS3", "Promotional credit", -25_000_000),
			monthly(accounts[len(accounts)-1], Refund, "AmazonEC2", "Refund for a service interruption", -3_200_000))
	}
	return lines
}
