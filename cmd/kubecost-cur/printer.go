package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
)

// printer writes findings for people.
type printer struct {
	out    io.Writer
	styles map[doctor.State]lipgloss.Style
	dim    lipgloss.Style
	lacked string // the last need of a check that was not made, which is said once
}

// newPrinter colours what it writes on a terminal only.
func newPrinter(out io.Writer, colour bool) *printer {
	p := &printer{out: out, styles: map[doctor.State]lipgloss.Style{}}
	if !colour {
		return p
	}
	renderer := lipgloss.NewRenderer(out)
	for state, c := range map[doctor.State]string{doctor.OK: "2", doctor.Waiting: "3", doctor.Failed: "1", doctor.NotChecked: "8"} {
		p.styles[state] = renderer.NewStyle().Foreground(lipgloss.Color(c)).Bold(state == doctor.Failed)
	}
	p.dim = renderer.NewStyle().Faint(true)
	return p
}

var marks = map[doctor.State]string{doctor.OK: "✓", doctor.Waiting: "…", doctor.Failed: "✗", doctor.NotChecked: "-"}

// finding writes a finding: a line, and below it what a person needs to mend it.
func (p *printer) finding(f doctor.Finding) {
	line := fmt.Sprintf("%s %s", marks[f.State], f.Title)
	fmt.Fprint(p.out, p.styles[f.State].Render(line))
	if f.State == doctor.OK && f.Seen != "" {
		fmt.Fprint(p.out, p.dim.Render(": "+f.Seen))
	}
	fmt.Fprintln(p.out)
	if f.State == doctor.OK {
		return
	}
	if f.State == doctor.NotChecked {
		if f.Remedy == p.lacked {
			return
		}
		p.lacked = f.Remedy
	}
	until := ""
	if f.Until != nil {
		until = f.Until.UTC().Format(time.RFC3339)
	}
	label := map[bool]string{true: "do", false: "it"}[f.State == doctor.Failed]
	for _, row := range []struct{ label, text string }{
		{"seen", f.Seen}, {"why", f.Cause}, {label, f.Remedy}, {"until", until}, {"more", f.Docs},
	} {
		if row.text != "" {
			fmt.Fprintf(p.out, "    %-6s%s\n", row.label, strings.ReplaceAll(row.text, "\n", "\n          "))
		}
	}
}

// summary writes what all of it comes to.
func (p *printer) summary(r doctor.Report) {
	counts := map[doctor.State]int{}
	first := ""
	for _, f := range r.Findings {
		counts[f.State]++
		if f.State == doctor.Failed && first == "" {
			first = f.Title
		}
	}
	var parts []string
	for _, state := range []doctor.State{doctor.OK, doctor.Waiting, doctor.Failed, doctor.NotChecked} {
		if n := counts[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	text := strings.Join(parts, ", ")
	if first != "" {
		text += "; begin with the first that failed: " + first
	}
	fmt.Fprintln(p.out, p.styles[r.State].Render(text))
}
