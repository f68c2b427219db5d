package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// shownTests is how many of the slowest tests are told at the end.
const shownTests = 12

var testEnd = regexp.MustCompile(`^ *--- (?:PASS|FAIL): (\S+) \((\d+\.\d+)s\)`)

// slowest hands on what go test writes, and keeps how long each test took, and each part of one: by itself, without its own parts.
type slowest struct {
	out   io.Writer
	line  []byte
	tests []testTime
}

type testTime struct {
	name    string
	seconds float64
}

func (s *slowest) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		s.line, rest = append(s.line, line...), after
		if !ended {
			break
		}
		if m := testEnd.FindSubmatch(s.line); m != nil {
			seconds, _ := strconv.ParseFloat(string(m[2]), 64) // digits
			name := string(m[1])
			for i, t := range s.tests { // a test is told before its parts
				if t.name == name[:max(0, strings.LastIndex(name, "/"))] {
					s.tests[i].seconds = max(0, t.seconds-seconds) // of parts beside one another it waited
				}
			}
			s.tests = append(s.tests, testTime{name, seconds})
		}
		s.line = s.line[:0]
	}
	return s.out.Write(b)
}

// tell writes the slowest tests and the sum of all.
func (s *slowest) tell() {
	if len(s.tests) < 2 {
		return
	}
	slices.SortFunc(s.tests, func(x, y testTime) int { return cmp.Compare(y.seconds, x.seconds) })
	var sum float64
	for _, t := range s.tests {
		sum += t.seconds
	}
	fmt.Fprintf(s.out, "%d tests and parts of tests took %.0f s, several of them at a time; the slowest, without their parts:\n", len(s.tests), sum)
	for _, t := range s.tests[:min(shownTests, len(s.tests))] {
		fmt.Fprintf(s.out, "  %6.1f s  %s\n", t.seconds, t.name)
	}
}
