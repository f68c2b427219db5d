package simathena

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// printed is a value as Athena prints it in its results; nil is NULL.
func printed(value any, kind string) *string {
	var s string
	switch v := value.(type) {
	case nil:
		return nil
	case float64:
		s = javaDouble(v, 64)
	case float32:
		s = javaDouble(float64(v), 32)
	case time.Time:
		switch kind {
		case "date":
			s = v.Format("2006-01-02")
		case "timestamp with time zone":
			s = v.UTC().Format("2006-01-02 15:04:05.000 UTC")
		default:
			s = v.Format("2006-01-02 15:04:05.000")
		}
	case duckdb.Map:
		s = printedMap(v)
	case map[string]any: // of the type JSON, whose keys Trino sorts too
		encoded, err := json.Marshal(v)
		if err != nil {
			return nil
		}
		s = string(encoded)
	case duckdb.Decimal:
		s = new(big.Rat).SetFrac(v.Value, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(v.Scale)), nil)).FloatString(int(v.Scale))
	default:
		s = fmt.Sprint(v)
	}
	return &s
}

// printedMap prints a map as Athena does: {key=value, key=value}.
func printedMap(m duckdb.Map) string {
	var entries []string
	for key, value := range m {
		entries = append(entries, fmt.Sprintf("%v=%v", key, value))
	}
	slices.Sort(entries)
	return "{" + strings.Join(entries, ", ") + "}"
}

// javaDouble prints a number as Java does: with a decimal point always, and with an exponent outside 0.001 to 10,000,000.
func javaDouble(v float64, bits int) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	if size := math.Abs(v); size != 0 && (size < 1e-3 || size >= 1e7) {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'E', -1, bits), "E")
		n, _ := strconv.Atoi(exponent)
		return withPoint(mantissa) + "E" + strconv.Itoa(n)
	}
	return withPoint(strconv.FormatFloat(v, 'f', -1, bits))
}

func withPoint(digits string) string {
	if strings.Contains(digits, ".") {
		return digits
	}
	return digits + ".0"
}
