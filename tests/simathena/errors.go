package simathena

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/kubecost-cur/kubecost-cur/tests/simaws"
)

// failed is the end of a query execution in Athena's words: a code, if there is one, and a message.
func failed(code, format string, args ...any) error {
	reason := fmt.Sprintf(format, args...)
	if code != "" {
		reason = code + ": " + reason
	}
	return simaws.QueryFailed(reason)
}

func columnNotFound(position, column string) error {
	return failed("COLUMN_NOT_FOUND", "%s: Column '%s' cannot be resolved or requester is not authorized to access requested resources", position, column)
}

var (
	unknownColumn   = regexp.MustCompile(`Referenced column "([^"]+)" not found|does not have a column named "([^"]+)"`)
	unknownFunction = regexp.MustCompile(`Function with name (\S+) does not exist`)
	wrongArguments  = regexp.MustCompile(`No function matches the given name and argument types '(\w+)\(([^']*)\)'`)
)

// worded turns what DuckDB says about a query into what Athena would say.
func (st *statement) worded(err error) error {
	message, _, _ := strings.Cut(err.Error(), "\n")
	if m := unknownColumn.FindStringSubmatch(message); m != nil {
		name := strings.ToLower(m[1] + m[2])
		for _, ref := range find(st.root, "COLUMN_REF") {
			if ref.columnName() == name {
				return columnNotFound(st.at(ref), name)
			}
		}
	}
	if m := unknownFunction.FindStringSubmatch(message); m != nil {
		return failed("FUNCTION_NOT_FOUND", "%s: Function '%s' not registered", st.position(0), m[1])
	}
	if m := wrongArguments.FindStringSubmatch(message); m != nil {
		return failed("FUNCTION_NOT_FOUND", "%s: Unexpected parameters (%s) for function %s", st.position(0), strings.ToLower(m[2]), m[1])
	}
	return failed("SYNTAX_ERROR", "%s: %s", st.position(0), message)
}
