package simathena

import (
	"fmt"
	"math"
	"math/big"
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
	case duckdb.Decimal:
		s = new(big.Rat).SetFrac(v.Value, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(v.Scale)), nil)).FloatString(int(v.Scale))
	default:
		s = fmt.Sprint(v)
	}
	return &s
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
