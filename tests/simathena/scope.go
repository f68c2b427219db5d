package simathena

import (
	"slices"
	"strings"
)

// checkScopes refuses what Athena refuses and DuckDB would let pass, in every SELECT that reads this reference and nothing
// else: columns that are not declared, such as a result's name in GROUP BY, and comparisons of values of different types.
func (r *run) checkScopes(ref reference, t *table) error {
	for _, query := range find(r.root, "SELECT_NODE") {
		from := query.child("from_table")
		if !from.is("BASE_TABLE") || from.offset() != ref.at.offset() {
			continue
		}
		var nodes []node
		for _, part := range []string{"select_list", "where_clause", "group_expressions", "having"} {
			walk(query[part], func(n node) bool {
				if n.is("SUBQUERY") {
					return false
				}
				nodes = append(nodes, n)
				return true
			})
		}
		slices.SortStableFunc(nodes, func(a, b node) int { return a.offset() - b.offset() })
		for _, n := range nodes {
			if err := r.checkNode(n, t); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) checkNode(n node, t *table) error {
	switch kind := n.str("type"); {
	case kind == "COLUMN_REF":
		if _, ok := t.column(n.columnName()); !ok {
			return columnNotFound(r.at(n), strings.Join(n.columnNames(), "."))
		}
	case operators[kind] != "":
		left, right := n.child("left"), n.child("right")
		if !comparable(t, left, right) {
			return failed("TYPE_MISMATCH", "%s: Cannot apply operator: %s %s %s", r.at(n), typeName(t, left), operators[kind], typeName(t, right))
		}
	case kind == "COMPARE_IN" || kind == "COMPARE_NOT_IN":
		values := n.list("children")
		for _, v := range values[1:] {
			if !comparable(t, values[0], v) {
				return failed("TYPE_MISMATCH", "%s: IN value and list items must be the same type: %s, %s", r.at(v), typeName(t, values[0]), typeName(t, v))
			}
		}
	case kind == "COMPARE_BETWEEN":
		for _, bound := range []node{n.child("lower"), n.child("upper")} {
			if !comparable(t, n.child("input"), bound) {
				return failed("TYPE_MISMATCH", "%s: Cannot check if %s is BETWEEN %s", r.at(n), typeName(t, n.child("input")), typeName(t, bound))
			}
		}
	}
	return nil
}

var operators = map[string]string{
	"COMPARE_EQUAL": "=", "COMPARE_NOTEQUAL": "<>", "COMPARE_LESSTHAN": "<", "COMPARE_GREATERTHAN": ">",
	"COMPARE_LESSTHANOREQUALTO": "<=", "COMPARE_GREATERTHANOREQUALTO": ">=",
}

// comparable is false only for values known to be of different families: DuckDB would convert one of them, Athena does not.
func comparable(t *table, a, b node) bool {
	x, y := typeOf(t, a).family, typeOf(t, b).family
	return x == "" || y == "" || x == y
}

func typeName(t *table, n node) string { return typeOf(t, n).athena }

// typeOf is the type of a column, a literal or a cast; of other expressions it is empty.
func typeOf(t *table, n node) sqlType {
	switch n.str("type") {
	case "COLUMN_REF":
		c, _ := t.column(n.columnName())
		known, _ := hiveType(c.Type)
		return known
	case "VALUE_CONSTANT":
		return literalTypes[n.child("value").child("type").str("id")]
	case "OPERATOR_CAST":
		return literalTypes[n.child("cast_type").str("id")]
	}
	return sqlType{}
}

var literalTypes = map[string]sqlType{
	"VARCHAR": {"", "varchar", textFamily}, "INTEGER": {"", "integer", numberFamily}, "BIGINT": {"", "bigint", numberFamily},
	"DECIMAL": {"", "decimal", numberFamily}, "DOUBLE": {"", "double", numberFamily}, "BOOLEAN": {"", "boolean", booleanFamily},
	"DATE": {"", "date", timeFamily}, "TIMESTAMP": {"", "timestamp", timeFamily},
}
