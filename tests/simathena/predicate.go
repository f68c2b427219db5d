package simathena

import "strings"

// onPartitions is what a WHERE clause says of partition keys alone: a condition that is true wherever the clause is, and
// nil if there is none. It shares nothing with the clause.
func onPartitions(clause node, t *table) node {
	switch {
	case clause == nil:
		return nil
	case clause.is("CONJUNCTION_AND"):
		var parts []any
		for _, child := range clause.list("children") {
			if part := onPartitions(child, t); part != nil {
				parts = append(parts, part)
			}
		}
		return conjunction(clause.str("type"), parts)
	case clause.is("CONJUNCTION_OR"):
		var parts []any
		for _, child := range clause.list("children") {
			part := onPartitions(child, t)
			if part == nil {
				return nil
			}
			parts = append(parts, part)
		}
		return conjunction(clause.str("type"), parts)
	case about(clause, t):
		return unqualified(clause).(node)
	}
	return nil
}

func conjunction(kind string, parts []any) node {
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0].(node)
	}
	return node{"class": "CONJUNCTION", "type": kind, "alias": "", "children": parts}
}

// about says whether an expression reads partition keys and nothing else.
func about(expression node, t *table) bool {
	found, only := false, true
	walk(expression, func(n node) bool {
		switch {
		case n.is("SUBQUERY"):
			only = false
		case n.is("COLUMN_REF"):
			found = true
			only = only && t.isPartitionKey(n.columnName())
		}
		return only
	})
	return found && only
}

// unqualified copies an expression with its columns named without their tables.
func unqualified(v any) any {
	switch x := v.(type) {
	case []any:
		list := make([]any, len(x))
		for i, element := range x {
			list[i] = unqualified(element)
		}
		return list
	case map[string]any:
		return unqualified(node(x))
	case node:
		object := node{}
		for key, value := range x {
			object[key] = unqualified(value)
		}
		if x.is("COLUMN_REF") {
			object["column_names"] = []any{x.columnName()}
		}
		return object
	}
	return v
}

// constants are the texts that a statement or a condition compares a column with by = or IN; ok is false if there is no
// such comparison.
func constants(v any, column string) (values []string, ok bool) {
	walk(v, func(n node) bool {
		var sides []node
		switch n.str("type") {
		case "COMPARE_EQUAL":
			sides = []node{n.child("left"), n.child("right")}
			if !sides[0].is("COLUMN_REF") {
				sides[0], sides[1] = sides[1], sides[0]
			}
		case "COMPARE_IN":
			sides = n.list("children")
		}
		if len(sides) < 2 || !sides[0].is("COLUMN_REF") || sides[0].columnName() != strings.ToLower(column) {
			return true
		}
		for _, side := range sides[1:] {
			if side.is("VALUE_CONSTANT") {
				values, ok = append(values, side.child("value").str("value")), true
			}
		}
		return true
	})
	return values, ok
}
