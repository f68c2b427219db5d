package arn

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"
)

var tagText = regexp.MustCompile(`^[\p{L}\p{N}_.:/=+@ -]*$`)

// CheckTag returns an error for a tag that not all AWS services take.
// Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices
func CheckTag(key, value string) error {
	if key == "" || strings.TrimSpace(key) != key || strings.HasPrefix(strings.ToLower(key), "aws:") ||
		utf8.RuneCountInString(key) > 128 || utf8.RuneCountInString(value) > 256 {
		return errors.New("a tag is key=value; the key has 1 to 128 characters, no spaces around it, and does not start with aws:, the " +
			"value has at most 256")
	}
	if !tagText.MatchString(key) || !tagText.MatchString(value) {
		return errors.New("a tag is letters, digits, spaces and _.:/=+@-")
	}
	return nil
}
