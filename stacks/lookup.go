package stacks

import (
	"cmp"
	"regexp"
	"strings"
)

// lookupError is why a look-up failed, in the words of the AWS provider, or of the engine where stacks are looked up.
type lookupError struct {
	words string
	cause error
}

func (e *lookupError) Error() string { return e.words }
func (e *lookupError) Unwrap() error { return e.cause }

// carriers are what comes before those words from the engine, its protocol, and a provider that collects its errors.
var carriers = regexp.MustCompile(`^(rpc error: code = Unknown desc = |invocation of \S+ returned an error: |invoking \S+: |1 error occurred:\s+\* )+`)

// inWords returns the error of an invoke without what carried it here; nil for none. It wraps the error as it came, which it tells as it is
// if nothing else is in it.
func inWords(err error) error {
	if err == nil {
		return nil
	}
	const ends = ": \t\n"
	words := strings.TrimRight(carriers.ReplaceAllString(err.Error(), ""), ends)
	return &lookupError{cmp.Or(words, strings.TrimRight(err.Error(), ends)), err}
}
