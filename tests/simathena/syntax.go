package simathena

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// node is a part of a parsed statement, in DuckDB's JSON form.
type node map[string]any

// statement is a parsed SELECT statement, which is analysed and rewritten before it runs.
type statement struct {
	text string
	tree node // the whole parse result
	root node // the statement's query node
}

// parse reads one SELECT statement.
func (s *session) parse(ctx context.Context, text string) (*statement, error) {
	var encoded string
	if err := s.QueryRowContext(ctx, `SELECT CAST(json_serialize_sql(CAST(? AS VARCHAR)) AS VARCHAR)`, text).Scan(&encoded); err != nil {
		return nil, fmt.Errorf("parsing the query: %w", err)
	}
	var tree node
	decoder := json.NewDecoder(strings.NewReader(encoded))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		return nil, fmt.Errorf("decoding the parsed query: %w", err)
	}
	st := &statement{text: text, tree: tree}
	if tree["error"] == true {
		if tree.str("error_type") != "parser" {
			return nil, failed("", "Queries of this type are not supported")
		}
		position, _ := json.Number(tree.str("position")).Int64()
		return nil, failed("SYNTAX_ERROR", "%s: %s", st.position(int(position)), tree.str("error_message"))
	}
	statements := tree.list("statements")
	if len(statements) != 1 {
		return nil, failed("", "Only one sql statement is allowed. Got: %s", text)
	}
	st.root = statements[0].child("node")
	return st, nil
}

// sql is the statement as text again.
func (s *session) sql(ctx context.Context, st *statement) (string, error) {
	encoded, err := json.Marshal(st.tree)
	if err != nil {
		return "", fmt.Errorf("encoding the query: %w", err)
	}
	var text string
	if err := s.QueryRowContext(ctx, `SELECT json_deserialize_sql(CAST(? AS JSON))`, string(encoded)).Scan(&text); err != nil {
		return "", fmt.Errorf("writing the query: %w", err)
	}
	return text, nil
}

// position is where in the text a byte offset is, as Athena says it.
func (st *statement) position(offset int) string {
	before := st.text[:min(max(offset, 0), len(st.text))]
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return fmt.Sprintf("line %d:%d", strings.Count(before, "\n")+1, utf8.RuneCountInString(line)+1)
}

// at is where in the text a node is.
func (st *statement) at(n node) string { return st.position(n.offset()) }

func (n node) str(key string) string {
	s, _ := n[key].(string)
	return s
}

func (n node) child(key string) node {
	return asNode(n[key])
}

func asNode(v any) node {
	switch x := v.(type) {
	case node:
		return x
	case map[string]any:
		return x
	}
	return nil
}

func (n node) list(key string) []node {
	values, _ := n[key].([]any)
	nodes := make([]node, len(values))
	for i, v := range values {
		nodes[i] = asNode(v)
	}
	return nodes
}

// offset is the node's place in the text; made-up nodes have none and sort last.
func (n node) offset() int {
	number, _ := n["query_location"].(json.Number)
	if offset, err := number.Int64(); err == nil {
		return int(offset)
	}
	return math.MaxInt
}

func (n node) is(kind string) bool { return n.str("type") == kind }

// name of a column reference, without its table, in lower case.
func (n node) columnName() string {
	names := n.columnNames()
	return strings.ToLower(names[len(names)-1])
}

func (n node) columnNames() []string {
	values, _ := n["column_names"].([]any)
	names := make([]string, len(values))
	for i, v := range values {
		names[i], _ = v.(string)
	}
	return names
}

// walk visits a value's nodes from the outside in; visit says whether to go into a node.
func walk(v any, visit func(node) bool) {
	switch x := v.(type) {
	case []any:
		for _, element := range x {
			walk(element, visit)
		}
	case map[string]any:
		walk(node(x), visit)
	case node:
		if !visit(x) {
			return
		}
		for _, value := range x {
			walk(value, visit)
		}
	}
}

// find returns the nodes of a type, in the order of the text.
func find(v any, kind string) []node {
	var found []node
	walk(v, func(n node) bool {
		if n.is(kind) {
			found = append(found, n)
		}
		return true
	})
	slices.SortFunc(found, func(a, b node) int { return a.offset() - b.offset() })
	return found
}
