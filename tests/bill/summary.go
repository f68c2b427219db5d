package bill

import "time"

// Summary is what a reader of the delivered files must find.
type Summary struct {
	Items    int    // line items of all types
	Total    Micros // unblended cost of them all: the invoice
	Kubecost Costs  // of those that Kubecost asks for

	ByDay         map[DayService]Micros
	KubecostByDay map[DayService]Costs
}

// DayService is a service's product code on one day (UTC midnight).
type DayService struct {
	Day     time.Time
	Service string
}

// Summarize adds up line items.
func Summarize(items []LineItem) Summary {
	s := Summary{Items: len(items), ByDay: map[DayService]Micros{}, KubecostByDay: map[DayService]Costs{}}
	for _, item := range items {
		key := DayService{item.Start.Truncate(24 * time.Hour), item.Service}
		s.Total += item.Unblended
		s.ByDay[key] += item.Unblended
		if costs, ok := item.Kubecost(); ok {
			s.Kubecost = s.Kubecost.plus(costs)
			s.KubecostByDay[key] = s.KubecostByDay[key].plus(costs)
		}
	}
	return s
}
