package shopifytest

import (
	"fmt"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// Limits of the arrays in arguments.
const (
	maxInput        = 250
	maxVariantInput = 2048
)

// oversizedInput finds the first array in the arguments of the root fields that is over its limit.
func oversizedInput(op *ast.OperationDefinition, vars map[string]any) map[string]any {
	for _, field := range flatten(op.SelectionSet, vars, nil) {
		for name, value := range field.ArgumentMap(vars) {
			path, size, limit := oversized([]any{field.Alias, name}, name, value)
			if path == nil {
				continue
			}
			return map[string]any{
				"message":    fmt.Sprintf("The input array size of %d is greater than the maximum allowed of %d.", size, limit),
				"locations":  []any{map[string]any{"line": field.Position.Line, "column": field.Position.Column}},
				"path":       path,
				"extensions": map[string]any{"code": "MAX_INPUT_SIZE_EXCEEDED"},
			}
		}
	}
	return nil
}

func oversized(path []any, name string, value any) (found []any, size, limit int) {
	switch v := value.(type) {
	case []any:
		limit := maxInput
		if name == "variants" {
			limit = maxVariantInput
		}
		if len(v) > limit {
			return path, len(v), limit
		}
		for i, element := range v {
			if found, size, limit := oversized(append(append([]any{}, path...), strconv.Itoa(i)), "", element); found != nil {
				return found, size, limit
			}
		}
	case object:
		for _, key := range sortedKeys(v) {
			if found, size, limit := oversized(append(append([]any{}, path...), key), key, v[key]); found != nil {
				return found, size, limit
			}
		}
	}
	return nil, 0, 0
}
