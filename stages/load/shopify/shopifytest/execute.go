package shopifytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// object is a value of an object type: field name -> value. A value may be a resolver, to be called with the arguments
// of the field. "__typename" names the concrete type.
type object = map[string]any

// resolver computes a field. The error is a *fieldError.
type resolver func(args map[string]any) (any, error)

// fieldError is a failure of one field: errors[] gets it, the field becomes null.
type fieldError struct {
	message, code string
	extensions    map[string]any
}

func (e *fieldError) Error() string { return e.message }

// execution runs one operation.
type execution struct {
	s        *Server
	req      *request
	doc      document
	vars     map[string]any
	errors   []any
	warnings []any // extensions.search
}

// member and ordered keep the fields of an answer in the order of the document, as Shopify does.
type member struct {
	name  string
	value any
}

type ordered []member

// MarshalJSON writes the members in their order.
func (o ordered) MarshalJSON() ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			buf.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		buf.Write(name)
		buf.WriteByte(':')
		buf.Write(value)
	}
	buf.WriteByte('}')
	return buf.Bytes(), nil
}

// run resolves the root fields, one after the other. data is nil when a null had nowhere to stop; cost is what was
// really used.
func (x *execution) run() (data any, cost int) {
	op := x.doc.op
	root, resolvers := loadedSchema().Query, x.s.queries()
	if op.Operation == ast.Mutation {
		root, resolvers = loadedSchema().Mutation, x.s.mutations(x)
	}
	out, whole := ordered{}, true
	for _, field := range flatten(op.SelectionSet, x.vars, root) {
		value, fieldCost, ok := x.field(root, resolvers, field, nil)
		if op.Operation == ast.Mutation {
			fieldCost += mutationPrice(field.Name) + inputPoints(field.Name, field.ArgumentMap(x.vars))
		}
		cost += fieldCost
		whole = whole && ok
		out = append(out, member{field.Alias, value})
	}
	if !whole {
		return nil, cost
	}
	return out, cost
}

// field resolves and completes one field. ok is false when a null must go up to the parent.
func (x *execution) field(owner *ast.Definition, parent object, field *ast.Field, path []any) (value any, cost int, ok bool) {
	path = append(append([]any{}, path...), field.Alias)
	if field.Name == "__typename" {
		return owner.Name, 0, true
	}
	root := owner == loadedSchema().Query || owner == loadedSchema().Mutation
	value, err := x.resolve(owner, parent, field, root)
	if err != nil {
		x.fail(field, path, err)
		return nil, 0, !field.Definition.Type.NonNull
	}
	value, below, ok := x.complete(field.Definition.Type, value, field, path)
	if value == nil || isConnection(loadedSchema().Types[field.Definition.Type.Name()]) {
		return value, below, ok
	}
	firstLevel := len(path) == 2 && x.doc.op.Operation == ast.Mutation
	if firstLevel || owner == loadedSchema().Mutation {
		return value, below, ok
	}
	if list, isList := value.([]any); isList && len(list) == 0 {
		return value, below, ok
	}
	return value, below + objectPrice(owner, field), ok
}

func (x *execution) resolve(owner *ast.Definition, parent object, field *ast.Field, root bool) (any, error) {
	if scopes := scopesFor(owner.Name, field.Name, root); scopes != nil && !x.s.granted(scopes) {
		return nil, accessDenied(field.Name, scopes)
	}
	if reason := field.Definition.Directives.ForName("deprecated"); reason != nil {
		x.s.record.noteDeprecated(x.req.call, owner.Name+"."+field.Name)
	}
	for _, arg := range field.Arguments {
		if def := field.Definition.Arguments.ForName(arg.Name); def != nil && def.Directives.ForName("deprecated") != nil {
			x.s.record.noteDeprecated(x.req.call, owner.Name+"."+field.Name+"("+arg.Name+":)")
		}
	}
	value, known := parent[field.Name]
	if !known {
		name := owner.Name + "." + field.Name
		x.s.record.notImplemented(x.req.call, name)
		return nil, &fieldError{message: "not implemented by the stand-in: " + name, code: "INTERNAL_SERVER_ERROR",
			extensions: map[string]any{"requestId": x.req.call.RequestID}}
	}
	args := field.ArgumentMap(x.vars)
	if owner == loadedSchema().Mutation {
		if err := x.lookThrough(field, args); err != nil {
			return nil, err
		}
	}
	if resolve, ok := value.(rootResolver); ok {
		return resolve(field, args)
	}
	if resolve, ok := value.(resolver); ok {
		var err error
		if value, err = resolve(args); err != nil {
			return nil, err
		}
	}
	if c, ok := value.(connection); ok {
		return c.page(x, field, args)
	}
	return value, nil
}

// complete fits a value to its type and selects from it.
func (x *execution) complete(t *ast.Type, value any, field *ast.Field, path []any) (any, int, bool) {
	if value == nil {
		return nil, 0, !t.NonNull
	}
	if t.Elem != nil {
		return x.list(t, value, field, path)
	}
	def := loadedSchema().Types[t.NamedType]
	if def.IsLeafType() {
		return value, 0, true
	}
	parent, isObject := value.(object)
	if !isObject {
		panic(fmt.Sprintf("shopifytest: %v: %T is no object", path, value))
	}
	if concrete, named := parent["__typename"].(string); named && loadedSchema().Types[concrete] != nil {
		def = loadedSchema().Types[concrete]
	}
	if page, isPage := parent[pageKey].(int); isPage {
		return x.pageObject(def, parent, page, field, path, t.NonNull)
	}
	out, cost, ok := x.selection(def, parent, field.SelectionSet, path)
	if !ok {
		return nil, cost, !t.NonNull
	}
	return out, cost, true
}

// list completes a list; it costs what its dearest element costs.
func (x *execution) list(t *ast.Type, value any, field *ast.Field, path []any) (any, int, bool) {
	out, dearest := []any{}, 0
	for i, v := range value.([]any) {
		completed, cost, ok := x.complete(t.Elem, v, field, append(append([]any{}, path...), i))
		if !ok {
			return nil, dearest, !t.NonNull
		}
		dearest = max(dearest, cost)
		out = append(out, completed)
	}
	return out, dearest, true
}

func (x *execution) selection(def *ast.Definition, parent object, set ast.SelectionSet, path []any) (ordered, int, bool) {
	out, total, whole := ordered{}, 0, true
	for _, child := range flatten(set, x.vars, def) {
		value, cost, ok := x.field(def, parent, child, path)
		total += cost
		whole = whole && ok
		out = append(out, member{child.Alias, value})
	}
	return out, total, whole
}

// fail notes an error of a field.
func (x *execution) fail(field *ast.Field, path []any, err error) {
	e, ok := err.(*fieldError)
	if !ok {
		e = &fieldError{message: err.Error(), code: "INTERNAL_SERVER_ERROR"}
	}
	if what, not := strings.CutPrefix(e.message, notServedPrefix); not {
		x.s.record.notImplemented(x.req.call, what)
	}
	extensions := map[string]any{"code": e.code}
	for key, value := range e.extensions {
		extensions[key] = value
	}
	x.errors = append(x.errors, map[string]any{
		"message":    e.message,
		"locations":  []any{map[string]any{"line": field.Position.Line, "column": field.Position.Column}},
		"path":       path,
		"extensions": extensions,
	})
}

// flatten gives the fields of a selection set that apply to the type: fragments opened, fields of the same answer name
// put together, @skip and @include obeyed. With def nil every fragment applies.
func flatten(set ast.SelectionSet, vars map[string]any, def *ast.Definition) []*ast.Field {
	var out []*ast.Field
	index := map[string]int{}
	add := func(field *ast.Field) {
		if at, seen := index[field.Alias]; seen {
			merged := *out[at]
			merged.SelectionSet = append(append(ast.SelectionSet{}, merged.SelectionSet...), field.SelectionSet...)
			out[at] = &merged
			return
		}
		index[field.Alias] = len(out)
		out = append(out, field)
	}
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if included(s.Directives, vars) {
				add(s)
			}
		case *ast.InlineFragment:
			if included(s.Directives, vars) && applies(s.TypeCondition, def) {
				for _, field := range flatten(s.SelectionSet, vars, def) {
					add(field)
				}
			}
		case *ast.FragmentSpread:
			if included(s.Directives, vars) && applies(s.Definition.TypeCondition, def) {
				for _, field := range flatten(s.Definition.SelectionSet, vars, def) {
					add(field)
				}
			}
		}
	}
	return out
}

func applies(condition string, def *ast.Definition) bool {
	if def == nil || condition == "" || condition == def.Name {
		return true
	}
	for _, possible := range loadedSchema().GetPossibleTypes(loadedSchema().Types[condition]) {
		if possible.Name == def.Name {
			return true
		}
	}
	return false
}

func included(directives ast.DirectiveList, vars map[string]any) bool {
	if d := directives.ForName("skip"); d != nil && d.ArgumentMap(vars)["if"] == true {
		return false
	}
	if d := directives.ForName("include"); d != nil && d.ArgumentMap(vars)["if"] == false {
		return false
	}
	return true
}
