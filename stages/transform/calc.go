package transform

import (
	"errors"
	"fmt"
	"strings"

	"wasl/pipeline"

	"github.com/expr-lang/expr"
	"github.com/quagmt/udecimal"
)

// builtins are those of the language that an expression may call. Others would
// bring floats or the clock.
var builtins = []string{"trim", "upper", "lower", "replace", "split", "join"}

// own are the names of our functions.
var own = []string{"number", "text", "round", "abs", "len", "first", "hasTag", "col", "has", "when", "cond"}

// functions are what an expression may call besides the builtins: number(text),
// text(number), round(number, places), abs(number), len(text), first(text, ...),
// hasTag(list, tag, ...), and col, has, when and cond, which the rewriter replaces. What is behind an operator bears
// its name, which cannot be written in an expression.
var functions = []expr.Option{
	expr.Function("number", func(p ...any) (any, error) {
		written := pipeline.Clean(p[0].(string))
		d, fault := pipeline.ParseNumber(written, "", nil)
		if fault == pipeline.NotNumber { // 14% is 0.14, as a workbook reckons with it
			d, fault = pipeline.ParseNumber(written, "", percentWords)
			d = d.Mul(hundredth)
		}
		if fault != "" {
			return nil, fmt.Errorf("number() was given a text that is none")
		}
		return d, nil
	}, new(func(string) pipeline.Decimal)),
	expr.Function("text", func(p ...any) (any, error) {
		return p[0].(pipeline.Decimal).String(), nil
	}, new(func(pipeline.Decimal) string)),
	expr.Function("round", func(p ...any) (any, error) {
		return round(p[0].(pipeline.Decimal), p[1].(pipeline.Decimal))
	}, new(func(pipeline.Decimal, pipeline.Decimal) pipeline.Decimal)),
	expr.Function("abs", func(p ...any) (any, error) {
		return p[0].(pipeline.Decimal).Abs(), nil
	}, new(func(pipeline.Decimal) pipeline.Decimal)),
	expr.Function("len", func(p ...any) (any, error) {
		return udecimal.MustFromInt64(int64(len([]rune(p[0].(string)))), 0), nil
	}, new(func(string) pipeline.Decimal)),
	expr.Function("first", func(p ...any) (any, error) {
		for _, s := range p {
			if s, ok := s.(string); ok && strings.TrimSpace(s) != "" {
				return s, nil
			}
		}
		return "", nil
	}, new(func(...string) string)),
	expr.Function("hasTag", func(p ...any) (any, error) {
		var want []string
		for _, tag := range p[1:] {
			want = append(want, pipeline.Fold(tag.(string)))
		}
		return tagged(p[0].(string), want), nil
	}, new(func(string, string, ...string) bool)),
	expr.Function("col", func(...any) (any, error) { return "", nil }, new(func(...string) string)),
	expr.Function("has", func(...any) (any, error) { return false, nil }, new(func(any) bool)),
	expr.Function("when", func(...any) (any, error) { return nil, nil }, new(func(...any) any)),
	expr.Function("cond", func(...any) (any, error) { return nil, nil }, new(func(...any) any)),

	calc("number+", func(a, b pipeline.Decimal) (any, error) { return a.Add(b), nil }),
	calc("number-", func(a, b pipeline.Decimal) (any, error) { return a.Sub(b), nil }),
	calc("number*", func(a, b pipeline.Decimal) (any, error) { return a.Mul(b), nil }),
	calc("number/", divide),
	expr.Function("minus", func(p ...any) (any, error) {
		return p[0].(pipeline.Decimal).Neg(), nil
	}, new(func(pipeline.Decimal) pipeline.Decimal)),
	compare("number==", func(c int) bool { return c == 0 }),
	compare("number!=", func(c int) bool { return c != 0 }),
	compare("number<", func(c int) bool { return c < 0 }),
	compare("number<=", func(c int) bool { return c <= 0 }),
	compare("number>", func(c int) bool { return c > 0 }),
	compare("number>=", func(c int) bool { return c >= 0 }),

	expr.Operator("+", "number+"), expr.Operator("-", "number-"), expr.Operator("*", "number*"), expr.Operator("/", "number/"),
	expr.Operator("==", "number=="), expr.Operator("!=", "number!="), expr.Operator("<", "number<"), expr.Operator("<=", "number<="),
	expr.Operator(">", "number>"), expr.Operator(">=", "number>="),
}

// calc is an operator that makes a number of two.
func calc(name string, f func(a, b pipeline.Decimal) (any, error)) expr.Option {
	return expr.Function(name, func(p ...any) (any, error) {
		return f(p[0].(pipeline.Decimal), p[1].(pipeline.Decimal))
	}, new(func(a, b pipeline.Decimal) pipeline.Decimal))
}

// compare is an operator that compares two numbers: 1.5 equals 1.50.
func compare(name string, f func(c int) bool) expr.Option {
	return expr.Function(name, func(p ...any) (any, error) {
		return f(p[0].(pipeline.Decimal).Cmp(p[1].(pipeline.Decimal))), nil
	}, new(func(a, b pipeline.Decimal) bool))
}

var errZero = errors.New("division by zero")

func divide(a, b pipeline.Decimal) (any, error) {
	if b.IsZero() {
		return nil, errZero
	}
	return a.Div(b)
}

// round rounds half away from zero, as invoices do.
func round(d, places pipeline.Decimal) (any, error) {
	n, err := places.Int64()
	if err != nil || n < 0 || n > pipeline.MostFraction || !places.Equal(udecimal.MustFromInt64(n, 0)) {
		return nil, fmt.Errorf("round takes 0 to %d places, not %s", pipeline.MostFraction, places)
	}
	return d.RoundHAZ(uint8(n)), nil
}
