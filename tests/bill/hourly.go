package bill

import "time"

// hoursADay is by how much an hourly report is longer.
const hoursADay = 24

// Hourly returns the line items of the same bill in an hourly report: those of a day of usage become one for each hour, and
// their sums stay the same to the micro-dollar.
func Hourly(items []LineItem) []LineItem {
	var hours []LineItem
	for _, item := range items {
		if item.End.Sub(item.Start) != hoursADay*time.Hour || item.Type == Tax || item.Type == Fee {
			hours = append(hours, item)
			continue
		}
		for h := range hoursADay {
			hour := item
			hour.Start = item.Start.Add(time.Duration(h) * time.Hour)
			hour.End = hour.Start.Add(time.Hour)
			hour.ID = lineItemID(0, hour.Start, len(hours))
			hour.Amount = item.Amount / hoursADay
			for _, m := range []*Micros{&hour.Unblended, &hour.NetUnblended, &hour.OnDemand} {
				*m = share(*m, h)
			}
			hour.Reservation, hour.SavingsPlan = item.Reservation.hour(h), item.SavingsPlan.hour(h)
			hours = append(hours, hour)
		}
	}
	return hours
}

// share is an hour's part of a day's sum; the last hour takes what does not divide.
func share(day Micros, hour int) Micros {
	part := day / hoursADay
	if hour == hoursADay-1 {
		part += day % hoursADay
	}
	return part
}

func (c *Commitment) hour(h int) *Commitment {
	if c == nil {
		return nil
	}
	hour := *c
	for _, m := range []*Micros{&hour.Effective, &hour.NetEffective, &hour.Recurring, &hour.NetRecurring} {
		*m = share(*m, h)
	}
	return &hour
}
