package shopifytest

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

//go:embed admin_2026-10.pruned.graphql
var prunedSchema string

// loadedSchema is parsed once for all servers; nobody changes it.
var loadedSchema = sync.OnceValue(func() *ast.Schema {
	return gqlparser.MustLoadSchema(&ast.Source{Name: "admin_2026-10.pruned.graphql", Input: prunedSchema})
})

// document is a GraphQL document that fits the schema, with the operation to run.
type document struct {
	op    *ast.OperationDefinition
	paths map[[2]int][]any // line and column of a field -> its path, for errors
}

// parse gives the document or the errors[] of an answer with HTTP 200.
func parse(p payload) (document, []any) {
	parsed, err := parser.ParseQuery(&ast.Source{Input: p.Query})
	if err != nil {
		return document{}, []any{parseError(err)}
	}
	op := parsed.Operations.ForName(p.OperationName)
	if op == nil {
		return document{}, []any{noOperation(p.OperationName)}
	}
	doc := document{op: op, paths: map[[2]int][]any{}}
	for _, o := range parsed.Operations {
		doc.notePaths(o.SelectionSet, []any{strings.TrimSpace(string(o.Operation) + " " + o.Name)})
	}
	for _, f := range parsed.Fragments {
		doc.notePaths(f.SelectionSet, []any{"fragment " + f.Name})
	}
	var out []any
	for _, e := range validator.ValidateWithRules(loadedSchema(), parsed, rules.NewDefaultRules()) {
		out = append(out, doc.validationError(e))
	}
	return doc, out
}

func (d document) notePaths(set ast.SelectionSet, path []any) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			here := append(append([]any{}, path...), s.Alias)
			d.paths[[2]int{s.Position.Line, s.Position.Column}] = here
			for _, arg := range s.Arguments {
				d.noteArgument(arg.Name, arg.Position, arg.Value, here)
			}
			d.notePaths(s.SelectionSet, here)
		case *ast.InlineFragment:
			d.notePaths(s.SelectionSet, append(append([]any{}, path...), "... on "+s.TypeCondition))
		}
	}
}

func (d document) noteArgument(name string, position *ast.Position, value *ast.Value, path []any) {
	here := append(append([]any{}, path...), name)
	for _, p := range []*ast.Position{position, value.Position} {
		if p != nil && d.paths[[2]int{p.Line, p.Column}] == nil {
			d.paths[[2]int{p.Line, p.Column}] = here
		}
	}
	for _, child := range value.Children {
		d.noteArgument(child.Name, child.Position, child.Value, here)
	}
}

func parseError(err error) map[string]any {
	message, locations := err.Error(), []any{}
	if e, ok := err.(*gqlerror.Error); ok {
		message = e.Message
		locations = locationsOf(e.Locations)
	}
	return map[string]any{"message": "syntax error: " + message, "locations": locations,
		"extensions": map[string]any{"code": "PARSE_ERROR"}}
}

func noOperation(name string) map[string]any {
	if name == "" {
		return map[string]any{"message": "An operation name is required", "extensions": map[string]any{"code": "BAD_REQUEST"}}
	}
	return map[string]any{"message": fmt.Sprintf("No operation named %q", name), "extensions": map[string]any{"code": "BAD_REQUEST"}}
}

func locationsOf(in []gqlerror.Location) []any {
	out := []any{}
	for _, l := range in {
		out = append(out, map[string]any{"line": l.Line, "column": l.Column})
	}
	return out
}

// translation turns a finding of gqlparser into Shopify's words and code. The groups of the pattern are named by keys
// and become extensions.
type translation struct {
	rule    string
	pattern *regexp.Regexp
	code    string
	message string // %[n]s are the groups
	keys    []string
}

var translations = []translation{
	{"FieldsOnCorrectType", regexp.MustCompile(`^Cannot query field "(\w+)" on type "(\w+)"`),
		"undefinedField", "Field '%[1]s' doesn't exist on type '%[2]s'", []string{"fieldName", "typeName"}},
	{"KnownArgumentNames", regexp.MustCompile(`^Unknown argument "(\w+)" on field "\w+\.(\w+)"`),
		"argumentNotAccepted", "Field '%[2]s' doesn't accept argument '%[1]s'", []string{"argumentName", "name"}},
	{"KnownArgumentNames", regexp.MustCompile(`^Unknown argument "(\w+)" on directive "@(\w+)"`),
		"argumentNotAccepted", "Directive '%[2]s' doesn't accept argument '%[1]s'", []string{"argumentName", "name"}},
	{"ProvidedRequiredArguments", regexp.MustCompile(`^Field "(\w+)" argument "(\w+)"`),
		"missingRequiredArguments", "Field '%[1]s' is missing required arguments: %[2]s", []string{"name", "arguments"}},
	{"ProvidedRequiredArguments", regexp.MustCompile(`^Directive "@(\w+)" argument "(\w+)"`),
		"missingRequiredArguments", "Directive '%[1]s' is missing required arguments: %[2]s", []string{"name", "arguments"}},
	{"ScalarLeafs", regexp.MustCompile(`^Field "(\w+)" of type "([^"]+)" must have a selection`),
		"selectionMismatch", "Field must have selections (field '%[1]s' returns %[2]s but has no selections. Did you mean '%[1]s { ... }'?)", []string{"nodeName", "typeName"}},
	{"ScalarLeafs", regexp.MustCompile(`^Field "(\w+)" must not have a selection since type "([^"]+)"`),
		"selectionMismatch", "Selections can't be made on scalars (field '%[1]s' returns %[2]s but has selections)", []string{"nodeName", "typeName"}},
	{"NoUnusedVariables", regexp.MustCompile(`^Variable "\$(\w+)" is never used(?: in operation "(\w+)")?`),
		"variableNotUsed", "Variable $%[1]s is declared by %[2]s but not used", []string{"variableName"}},
	{"NoUndefinedVariables", regexp.MustCompile(`^Variable "\$(\w+)" is not defined(?: by operation "(\w+)")?`),
		"variableNotDefined", "Variable $%[1]s is used by %[2]s but not declared", []string{"variableName"}},
	{"VariablesInAllowedPosition", regexp.MustCompile(`^Variable "\$(\w+)" of type "([^"]+)" used in position expecting type "([^"]+)"`),
		"variableMismatch", "Type mismatch on variable $%[1]s (%[2]s / %[3]s)", []string{"variableName", "typeName", "argumentType"}},
	{"KnownDirectives", regexp.MustCompile(`^Unknown directive "@(\w+)"`),
		"undefinedDirective", "Directive @%[1]s is not defined", []string{"directiveName"}},
	{"KnownDirectives", regexp.MustCompile(`^Directive "@(\w+)" may not be used on (\w+)`),
		"directiveCannotBeApplied", "'@%[1]s' can't be applied to %[2]s (allowed: fields)", []string{"name", "targetName"}},
	{"KnownFragmentNames", regexp.MustCompile(`^Unknown fragment "(\w+)"`),
		"useAndDefineFragment", "Fragment %[1]s was used, but not defined", []string{"fragmentName"}},
	{"NoUnusedFragments", regexp.MustCompile(`^Fragment "(\w+)" is never used`),
		"useAndDefineFragment", "Fragment %[1]s was defined, but not used", []string{"fragmentName"}},
	{"KnownTypeNames", regexp.MustCompile(`^Unknown type "(\w+)"`),
		"undefinedType", "No such type %[1]s, so it can't be a fragment condition", []string{"typeName"}},
	{"ValuesOfCorrectType", regexp.MustCompile(`^Field "(\w+)\.(\w+)" of required type "([^"]+)"`),
		"missingRequiredInputObjectAttribute", "Argument '%[2]s' on InputObject '%[1]s' is required. Expected type %[3]s", []string{"inputObjectType", "argumentName", "argumentType"}},
	{"ValuesOfCorrectType", regexp.MustCompile(`^Field "(\w+)" is not defined by type "(\w+)"`),
		"argumentNotAccepted", "InputObject '%[2]s' doesn't accept argument '%[1]s'", []string{"argumentName", "name"}},
	{"ValuesOfCorrectType", regexp.MustCompile(`^OneOf Input Object "(\w+)"`),
		"invalidOneOfInputObject", "'%[1]s' requires exactly one argument, but more or none were provided.", []string{"inputObjectType"}},
	{"ValuesOfCorrectType", regexp.MustCompile(`^(.*)$`),
		"argumentLiteralsIncompatible", "Argument has an invalid value. %[1]s", nil},
}

func (d document) validationError(e *gqlerror.Error) map[string]any {
	out := map[string]any{"message": e.Message, "locations": locationsOf(e.Locations)}
	extensions := map[string]any{"code": "invalidDocument"}
	for _, t := range translations {
		groups := t.pattern.FindStringSubmatch(e.Message)
		if t.rule != e.Rule || groups == nil {
			continue
		}
		args := make([]any, len(groups)-1)
		for i := range args {
			args[i] = orElse(groups[i+1], "anonymous operation")
		}
		out["message"] = fmt.Sprintf(t.message, args...)
		extensions["code"] = t.code
		for i, key := range t.keys {
			extensions[key] = groups[i+1]
		}
		break
	}
	if len(e.Locations) > 0 {
		if path := d.paths[[2]int{e.Locations[0].Line, e.Locations[0].Column}]; path != nil {
			out["path"] = path
		}
	}
	out["extensions"] = extensions
	return out
}
