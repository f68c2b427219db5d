package sandbox

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/bill"
)

// shownDays is how many of the newest days the demo prints in full.
const shownDays = 2

// ask asks as Kubecost does and compares the total with what was delivered.
func (d *demo) ask(ctx context.Context, delivered Delivered) error {
	d.title("Ask for the bill as Kubecost does, from its pod")
	begin := time.Now()
	var a Answer
	err := request(ctx, d.env.Dir, "ask", askRequest{
		Namespace: "kubecost", From: delivered.Month, To: delivered.Month.AddDate(0, 1, 0),
	}, &a)
	if err != nil {
		return fmt.Errorf("asking as Kubecost does: %w", err)
	}
	d.say("pod %s has a token for %s", a.Pod, a.RoleARN)
	d.say("that role assumes %s", a.Payer)
	d.say("the table has %d columns; the query scanned %d KiB (%.1f s)", a.Columns, a.Scanned/1024, time.Since(begin).Seconds())
	fmt.Fprintln(d.out)
	a.table(d.out)

	fmt.Fprintf(d.out, "\n  Kubecost's total is %s; delivered was %s of usage (the invoice adds fees, tax and credits: %s)\n",
		dollars(a.Total), dollars(delivered.Kubecost), dollars(delivered.Invoice))
	if cents(a.Total) != cents(delivered.Kubecost) {
		return fmt.Errorf("what Kubecost reads is %s of the delivered %s", dollars(a.Total), dollars(delivered.Kubecost))
	}
	return nil
}

// table prints the newest days by service, the others in one line, and the month by service.
func (a Answer) table(out io.Writer) {
	byDay, byService := map[time.Time]bill.Micros{}, map[string]bill.Micros{}
	for _, c := range a.Costs {
		byDay[c.Day] += c.Cost
		byService[c.Service] += c.Cost
	}
	days := slices.SortedFunc(maps.Keys(byDay), time.Time.Compare)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(day, service string, cost bill.Micros) {
		fmt.Fprintf(w, "  %s\t%s\t%s\t\n", day, service, dollars(cost))
	}
	earlier := days[:max(0, len(days)-shownDays)]
	if len(earlier) > 0 {
		var sum bill.Micros
		for _, day := range earlier {
			sum += byDay[day]
		}
		row(earlier[0].Format("2006-01-02")+" and "+fmt.Sprint(len(earlier)-1)+" more", "all services", sum)
	}
	for _, day := range days[len(earlier):] {
		for _, c := range a.Costs {
			if c.Day.Equal(day) {
				row(day.Format("2006-01-02"), c.Service, c.Cost)
			}
		}
	}
	services := slices.SortedFunc(maps.Keys(byService), func(x, y string) int { return cmp.Compare(byService[y], byService[x]) })
	for _, s := range services {
		row("month", s, byService[s])
	}
	row("month", "total", a.Total)
	_ = w.Flush() // to the demo's own output
}

// dollars writes an amount to the cent.
func dollars(m bill.Micros) string {
	c := cents(m)
	sign := ""
	if c < 0 {
		sign, c = "-", -c
	}
	whole := fmt.Sprint(c / 100)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return fmt.Sprintf("%s%s.%02d USD", sign, whole, c%100)
}

// cents rounds an amount to the cent.
func cents(m bill.Micros) int64 {
	if m < 0 {
		return -cents(-m)
	}
	return (int64(m) + 5000) / 10000
}

// indent passes lines on, two spaces in, and leaves out those that say nothing.
func indent(out io.Writer) io.Writer { return &indenter{out: out} }

type indenter struct {
	out  io.Writer
	rest []byte
}

func (i *indenter) Write(p []byte) (int, error) {
	i.rest = append(i.rest, p...)
	for {
		line, rest, ok := bytes.Cut(i.rest, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		i.rest = rest
		if text := strings.TrimSpace(string(line)); text != "" && !strings.HasPrefix(text, "@") {
			if _, err := fmt.Fprintln(i.out, "    "+strings.TrimRight(string(line), " ")); err != nil {
				return 0, err
			}
		}
	}
}
