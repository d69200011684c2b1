package shopifytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

var gidPattern = regexp.MustCompile(`^gid://shopify/\w+/.+$`)

// problem is one place in a variable that does not fit its type.
type problem struct {
	Path        []any  `json:"path"`
	Explanation string `json:"explanation"`
}

// coerceVariables reads the variables of an operation strictly: whole numbers for Int, exact names for enums, global
// ids for ID. It gives the values or the errors[] of an answer.
//
// gqlparser has such a check; it is too kind here: it stops at the first problem, takes "5" for an Int and any case of
// an enum.
func coerceVariables(op *ast.OperationDefinition, raw json.RawMessage) (map[string]any, []any) {
	given := map[string]any{}
	if len(bytes.TrimSpace(raw)) > 0 {
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		if err := decoder.Decode(&given); err != nil {
			return nil, []any{map[string]any{"message": "Variables are invalid JSON: " + err.Error(),
				"extensions": map[string]any{"code": "BAD_REQUEST"}}}
		}
	}
	values, errs := map[string]any{}, []any{}
	for _, def := range op.VariableDefinitions {
		value, present := given[def.Variable]
		if !present {
			if def.DefaultValue != nil {
				values[def.Variable], _ = def.DefaultValue.Value(nil) // validated before
				continue
			}
			if !def.Type.NonNull {
				continue
			}
		}
		c := coercer{}
		coerced := c.coerce(def.Type, value, nil)
		if len(c.problems) > 0 {
			errs = append(errs, variableError(def, value, c.problems))
			continue
		}
		values[def.Variable] = coerced
	}
	return values, errs
}

func variableError(def *ast.VariableDefinition, value any, problems []problem) map[string]any {
	message := fmt.Sprintf("Variable $%s of type %s was provided invalid value", def.Variable, def.Type)
	var places []string
	for _, p := range problems {
		if len(p.Path) > 0 {
			steps := make([]string, len(p.Path))
			for i, step := range p.Path {
				steps[i] = fmt.Sprint(step)
			}
			places = append(places, strings.Join(steps, ".")+" ("+p.Explanation+")")
		}
	}
	if len(places) > 0 {
		message += " for " + strings.Join(places, ", ")
	}
	return map[string]any{
		"message":    message,
		"locations":  []any{map[string]any{"line": def.Position.Line, "column": def.Position.Column}},
		"extensions": map[string]any{"code": "INVALID_VARIABLE", "value": value, "problems": problems},
	}
}

// coercer walks one variable and collects all its problems.
type coercer struct{ problems []problem }

func (c *coercer) fail(path []any, format string, args ...any) any {
	c.problems = append(c.problems, problem{Path: append([]any{}, path...), Explanation: fmt.Sprintf(format, args...)})
	return nil
}

func (c *coercer) coerce(t *ast.Type, value any, path []any) any {
	if value == nil {
		if t.NonNull {
			return c.fail(path, "Expected value to not be null")
		}
		return nil
	}
	if t.Elem != nil {
		list, ok := value.([]any)
		if !ok {
			list = []any{value} // a single value stands for a list of one
		}
		out := make([]any, len(list))
		for i, v := range list {
			out[i] = c.coerce(t.Elem, v, append(path, i))
		}
		return out
	}
	def := loadedSchema().Types[t.NamedType]
	switch def.Kind {
	case ast.InputObject:
		return c.object(def, value, path)
	case ast.Enum:
		return c.enum(def, value, path)
	}
	return c.scalar(def.Name, value, path)
}

func (c *coercer) object(def *ast.Definition, value any, path []any) any {
	given, ok := value.(map[string]any)
	if !ok {
		return c.fail(path, "Expected %v to be a key-value object.", quoted(value))
	}
	out := map[string]any{}
	for _, name := range sortedKeys(given) {
		if def.Fields.ForName(name) == nil {
			c.fail(append(path, name), "Field is not defined on %s", def.Name)
		}
	}
	for _, field := range def.Fields {
		v, present := given[field.Name]
		if !present {
			if field.DefaultValue != nil {
				out[field.Name], _ = field.DefaultValue.Value(nil)
			} else if field.Type.NonNull {
				c.fail(append(path, field.Name), "Expected value to not be null")
			}
			continue
		}
		out[field.Name] = c.coerce(field.Type, v, append(path, field.Name))
	}
	if def.Directives.ForName("oneOf") != nil && len(given) != 1 {
		c.fail(path, "'%s' requires exactly one argument, but %d were provided.", def.Name, len(given))
	}
	return out
}

func (c *coercer) enum(def *ast.Definition, value any, path []any) any {
	var names []string
	for _, v := range def.EnumValues {
		names = append(names, v.Name)
	}
	if text, ok := value.(string); ok && slices.Contains(names, text) {
		return text
	}
	return c.fail(path, "Expected %v to be one of: %s", quoted(value), strings.Join(names, ", "))
}

func (c *coercer) scalar(name string, value any, path []any) any {
	number, isNumber := value.(json.Number)
	text, isText := value.(string)
	switch name {
	case "Int":
		if n, err := strconv.ParseInt(number.String(), 10, 64); isNumber && err == nil && n >= math.MinInt32 && n <= math.MaxInt32 {
			return int(n)
		}
	case "Float":
		if f, err := number.Float64(); isNumber && err == nil {
			return f
		}
	case "Boolean":
		if b, ok := value.(bool); ok {
			return b
		}
	case "String":
		if isText {
			return text
		}
	case "ID":
		if isNumber {
			text, isText = number.String(), true
		}
		if isText && gidPattern.MatchString(text) {
			return text
		}
		if isText {
			return c.fail(path, "Invalid global id '%s'", text)
		}
	case "Money", "Decimal":
		if isNumber {
			text, isText = number.String(), true
		}
		if isText && plainDecimal.MatchString(text) {
			return text
		}
	default: // DateTime, URL and the like are text, or numbers
		if isText {
			return text
		}
		if isNumber {
			return number.String()
		}
		return value
	}
	return c.fail(path, "Could not coerce value %v to %s", quoted(value), name)
}

func quoted(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}
