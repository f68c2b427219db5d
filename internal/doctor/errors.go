package doctor

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// maxSeen is how much of a raw error is shown, in characters.
const maxSeen = 400

var noise = []*regexp.Regexp{
	regexp.MustCompile(`(?i)operation error [^:]+: [A-Za-z]+, `),
	regexp.MustCompile(`https response error StatusCode: \d+, (RequestID: [^,]*, )?(HostID: [^,]*, )?(api error )?`),
	regexp.MustCompile(`\s*\(Service: [^)]*\)`),
	regexp.MustCompile(`(?i),? ?request ?id:? [0-9a-f-]{16,}`),
	regexp.MustCompile("\x1b\\[[0-9;]*m"), // a log's colours
}

// shorten is a raw error without what only a support engineer wants, on one line.
func shorten(text string) string {
	for _, n := range noise {
		text = n.ReplaceAllString(text, "")
	}
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxSeen {
		text = string(runes[:maxSeen]) + "…"
	}
	return text
}

// plain is a string with what a terminal does not print escaped: names and errors come from elsewhere. Line breaks stay.
func plain(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\n' || unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// CodeOf is the code that AWS or Kubernetes gave an error, such as AccessDenied; empty if it gave none.
func CodeOf(err error) string {
	var aws interface{ ErrorCode() string }
	if errors.As(err, &aws) {
		return aws.ErrorCode()
	}
	return ""
}

// isMissing says whether an error means that what was asked for is not there.
func isMissing(err error) bool {
	return slices.Contains([]string{"NotFound", "NoSuchBucket", "NoSuchKey", "NoSuchEntity", "EntityNotFoundException", "ResourceNotFoundException"}, CodeOf(err))
}

// isDenied says whether an error means that the caller may not ask. The doctor's caller then lacks rights, which is no fault of the chain.
func isDenied(err error) bool {
	code := CodeOf(err)
	return slices.Contains([]string{"AccessDenied", "AccessDeniedException", "Forbidden", "UnauthorizedOperation"}, code)
}

// unasked is the finding for an error of the doctor's own caller: what could not be asked is not known to be broken.
func unasked(err error, action string) Finding {
	f := Finding{State: NotChecked, Seen: shorten(err.Error())}
	switch {
	case isDenied(err):
		f.Remedy = "needs the right to " + action
	case strings.Contains(CodeOf(err), "Expired"):
		f.Remedy = "needs credentials that have not expired"
	default:
		f.Remedy = "needs an answer to " + action
	}
	return f
}

// Shorten is an error's text as findings show it.
func Shorten(err error) string { return shorten(err.Error()) }
