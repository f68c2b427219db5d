package stacks

import (
	"errors"
	"strings"
	"testing"
)

func FuzzTheErrorOfALookUpIsToldInItsOwnWords(f *testing.F) {
	carried := []string{
		"", "rpc error: code = Unknown desc = ", "invocation of aws:eks/getCluster:getCluster returned an error: ", "invoking aws:iam/getRole:getRole: ", "1 error occurred:\n\t* ",
		"rpc error: code = Unknown desc = invocation of a:b/c:d returned an error: invoking a:b/c:d: 1 error occurred:\n\t* ",
	}
	for way, by := range carried {
		for _, words := range []string{"", ":", "reading EKS Cluster (prod): couldn't find resource: ", "2 errors occurred:\n\t* one\n\t* two\n\n", "\x00", "invoking ", by, by + by, "x " + by} {
			f.Add(words, uint8(way))
		}
	}
	f.Fuzz(func(t *testing.T, words string, way uint8) {
		alone, cause := inWords(errors.New(words)), errors.New(carried[int(way)%len(carried)]+words)
		err := inWords(cause)
		if !errors.Is(err, cause) {
			t.Errorf("%q is not wrapped", cause)
		}
		if err.Error() == "" && strings.Trim(cause.Error(), ": \t\n") != "" {
			t.Errorf("of %q nothing is told", cause)
		}
		if strings.TrimRight(carriers.ReplaceAllString(words, ""), ": \t\n") == "" {
			return // it has no words of its own
		}
		if err.Error() != alone.Error() {
			t.Errorf("%q is told as %q, and without what carries it as %q", cause, err, alone)
		}
		if again := inWords(err); again.Error() != err.Error() {
			t.Errorf("told again, %q is %q", err, again)
		}
	})
}
